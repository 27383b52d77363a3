"""IDs of channels' names that this process has learned from Redis, for a minute: each call would ask for its own."""

import time
from typing import Final

LIFE_S: Final = 60.0
"""So long, seconds, another worker's word that a name has moved may go unheard here."""
_MAX_REMEMBERED: Final = 10_000

_Place = tuple[str, str]


class ChannelNames:
    """Names by workspace; the oldest make room."""

    def __init__(self) -> None:
        self._known: dict[_Place, tuple[str, float]] = {}

    def find(self, workspace: str, name: str) -> str | None:
        """The ID, if it is known here."""
        channel, until = self._known.get((workspace, name), (None, 0.0))
        return channel if time.monotonic() < until else None

    def learn(self, workspace: str, name: str, channel: str) -> None:
        """Redis has this ID for the name."""
        self.forget(workspace, name)
        if len(self._known) >= _MAX_REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[workspace, name] = channel, time.monotonic() + LIFE_S

    def forget(self, workspace: str, name: str) -> None:
        """The ID may be another one by now."""
        self._known.pop((workspace, name), None)
