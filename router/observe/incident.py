"""What goes wrong again and again is one incident: reported when it begins, and once a minute while it lasts."""

import time
from collections.abc import Callable
from typing import Final

_EVERY_S: Final = 60.0


class Incident:
    """Counts how often it went wrong; `clock` counts seconds and never steps."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kind: str | None = None
        self._reported_at = 0.0
        self.times = 0

    def happens(self, kind: str) -> bool:
        """Take note of it, and say whether to report it: at first, when it is of another kind, or after a minute."""
        self.times += 1
        now = self._clock()
        if kind == self._kind and now - self._reported_at < _EVERY_S:
            return False
        self._kind, self._reported_at = kind, now
        return True

    def ends(self) -> int:
        """It went well: how often it had gone wrong before, 0 where there was no incident."""
        times, self.times, self._kind = self.times, 0, None
        return times


MAX_KINDS: Final = 1_000
"""Kinds of incidents that are kept apart within a minute; those beyond are one together."""


class Incidents:
    """Incidents of many kinds, each reported once a minute while it lasts."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began_at = clock()
        self._minute: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def happens(self, kind: str) -> int:
        """Take note of it; if it is to be reported how often it has happened since the last report, else 0."""
        now = self._clock()
        if now - self._began_at >= _EVERY_S:
            self._began_at, self._before, self._minute = now, self._minute, {}
        one = kind if kind in self._minute or len(self._minute) < MAX_KINDS else ""
        times = self._minute[one] = self._minute.get(one, 0) + 1
        return times + max(0, self._before.get(one, 0) - 1) if times == 1 else 0
