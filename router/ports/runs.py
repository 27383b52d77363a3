"""The runs of Redis: each start of a server is another one."""

from typing import Protocol


class Runs(Protocol):
    """Which runs hold our data."""

    async def current(self) -> frozenset[str]:
        """The runs of the servers that answer."""

    async def noted(self) -> frozenset[str]:
        """The runs that were noted last, as what Redis holds has them; none where nobody has noted any lately."""

    async def note(self, runs: frozenset[str]) -> None:
        """Note the runs in what Redis holds."""
