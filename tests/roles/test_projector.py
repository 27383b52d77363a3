"""What a projector shows of itself: how long changes wait, and how long the record has not answered."""

import pytest

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.errors import UnavailableError
from router.ports.record import Standing, TenantState
from router.roles.projector import Projector
from tests.fakes.record import FakeProjection, FakeWanting

ACME = TenantId("acme")


class Clock:
    now = Instant(1_000)

    def __call__(self) -> Instant:
        return self.now

    def advance(self) -> None:
        self.now = Instant(self.now + 30)


class Running:
    """A projector over a record and a Redis that may be away."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.record, self.redis = FakeWanting(), FakeProjection()
        self.projector = Projector(self.record, self.redis, self.clock)

    async def round(self) -> None:
        self.clock.advance()
        await self.projector.round()

    async def fails(self) -> None:
        with pytest.raises(UnavailableError):
            await self.round()

    @property
    def shown(self) -> tuple[int, int, int]:
        """Tenants behind, the oldest wait, and for how long the record has been away."""
        return self.projector.behind, self.projector.oldest_wait, self.projector.record_away


def changed(generation: int, projected: int) -> Standing:
    return Standing(ACME, TenantState.ACTIVE, 1, generation, projected, NEVER)


async def test_a_change_waits_for_as_long_as_redis_is_away_and_no_longer() -> None:
    running = Running()
    await running.round()
    assert (running.shown, running.projector.succeeded_at) == ((0, 0, 0), 1_030)

    running.record.stand, running.redis.is_away = [changed(2, 1)], True
    await running.fails()
    await running.fails()
    assert (running.shown, running.projector.succeeded_at) == ((1, 30, 0), 1_030)

    running.redis.is_away = False
    await running.round()
    assert (running.shown, running.projector.succeeded_at) == ((0, 0, 0), 1_120)


async def test_what_redis_has_lost_waits_as_well_while_it_cannot_be_brought() -> None:
    running = Running()
    running.record.stand, running.record.brings = [changed(1, 1)], False
    await running.round()
    await running.round()
    assert running.shown == (1, 30, 0)


async def test_a_record_that_does_not_answer_is_away_from_when_it_was_last_heard() -> None:
    running = Running()
    await running.round()
    running.record.is_away = True
    await running.fails()
    await running.fails()
    assert running.shown == (0, 0, 60)

    running.record.is_away = False
    await running.round()
    assert running.shown == (0, 0, 0)
