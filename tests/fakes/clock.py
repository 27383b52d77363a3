"""A clock that moves only when it is told to."""

from router.core.model.instant import Instant
from tests.adapters.builders import NOON
from tests.fakes.faults import Faults, Faulty, asked


class FakeClock(Faulty):
    """Noon, until somebody lets time pass."""

    def __init__(self, engine: Faults | None = None) -> None:
        super().__init__(engine)
        self.time = NOON

    @asked
    async def now(self) -> Instant:
        return self.time

    @asked
    async def read(self) -> Instant:
        return self.time

    @asked
    async def check(self) -> None:
        """Redis answers and takes writes, unless it was made to fail."""

    def advance(self, span: int) -> None:
        """Let time pass."""
        assert span >= 0, "time does not go back"
        self.time = Instant(self.time + span)
