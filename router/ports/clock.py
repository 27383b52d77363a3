"""The one clock that decides due times, leases and budgets."""

from typing import Protocol

from router.core.model.instant import Instant


class Clock(Protocol):
    """Redis' time, so that all processes agree."""

    async def now(self) -> Instant:
        """The time."""
