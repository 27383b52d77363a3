"""The one clock that decides due times, leases and budgets."""

from typing import Protocol

from router.core.model.instant import Instant


class Clock(Protocol):
    """Redis' time, so that all processes agree."""

    async def now(self) -> Instant:
        """The time."""


class MeasuredClock(Protocol):
    """Redis' time for those who measure how far they are from it."""

    async def read(self) -> Instant:
        """The time, asked for now and not reckoned from an earlier answer.

        Raises:
            UnavailableError: Redis does not answer.
        """
