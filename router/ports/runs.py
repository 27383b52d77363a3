"""The runs of Redis: each start of a server is another one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from router.core.model.instant import NEVER, Instant


@dataclass(frozen=True, slots=True)
class Noted:
    """The runs that were noted last, and when others had been noted before them; NEVER for never.

    `whole_until`: when all servers were last seen in known runs, with no change of late; what may be lost was folded
    later, or shortly before. NEVER where an older release has noted them.
    """

    runs: frozenset[str] = frozenset()
    changed_at: Instant = NEVER
    whole_until: Instant = NEVER


class Runs(Protocol):
    """Which runs hold our data."""

    async def current(self) -> Mapping[str, str]:
        """The run of each server, by the server's name; "" for one that does not answer.

        Raises:
            UnavailableError: none of them answers.
        """

    async def noted(self) -> Noted:
        """What Redis holds of its runs; nothing where nobody has noted any lately."""

    async def note(self, noted: Noted) -> None:
        """Note them in what Redis holds."""
