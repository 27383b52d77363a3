"""The gateway's quota: by the limiter's algorithm, over all gateways, and alone while Redis does not answer."""

import asyncio
from collections.abc import Sequence

from router.core.budget.quota import Charge, Over, Resource
from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Instant, Span
from router.core.model.rules.limits import Rate
from router.errors import UnavailableError
from router.roles.gateway.quota import AWAY, LocalQuota, SharedQuota
from tests.adapters.builders import ACME, BETA
from tests.bounds import tries, tries_time

TWO_A_SECOND = Rate(Span(SECOND // 2), burst=4)


class Clock:
    """Stands still until it is moved; its zero means nothing."""

    def __init__(self) -> None:
        self.now = Instant(7 * SECOND)

    def __call__(self) -> Instant:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now = Instant(self.now + round(seconds * SECOND))


async def wait(
    quota: LocalQuota | SharedQuota, alerts: int, tenant: TenantId = ACME, rate: Rate = TWO_A_SECOND
) -> int:
    """Take alerts; in how many seconds to come back, 0 when they were taken."""
    over = await quota.take(tenant, [Charge(Resource.ALERTS, rate, alerts)])
    return -(-over.retry_after // SECOND) if over else 0


async def test_a_burst_is_taken_and_then_it_says_when_to_come_back() -> None:
    clock = Clock()
    quota = LocalQuota(clock)
    assert await wait(quota, 4) == 0

    assert await wait(quota, 3) == 2, "three alerts are there again after 1.5 s, in whole seconds"
    clock.advance(1.5)
    assert await wait(quota, 3) == 0


async def test_what_was_refused_has_used_nothing() -> None:
    quota = LocalQuota(Clock())
    await wait(quota, 3)

    assert await wait(quota, 2) > 0
    assert await wait(quota, 1) == 0


async def test_one_resource_too_many_takes_none_of_the_others() -> None:
    quota = LocalQuota(Clock())
    await wait(quota, 4)
    both = [Charge(Resource.REQUESTS, TWO_A_SECOND, 1), Charge(Resource.ALERTS, TWO_A_SECOND, 1)]

    for _ in range(5):
        over = await quota.take(ACME, both)
        assert over is not None
        assert over.resource is Resource.ALERTS
    assert await quota.take(ACME, [Charge(Resource.REQUESTS, TWO_A_SECOND, 4)]) is None


async def test_tenants_have_a_quota_each() -> None:
    quota = LocalQuota(Clock())
    await wait(quota, 4)

    assert await wait(quota, 1) > 0
    assert await wait(quota, 4, BETA) == 0


async def test_a_body_above_the_burst_is_taken_when_the_quota_is_full_and_is_waited_for_afterwards() -> None:
    clock = Clock()
    quota = LocalQuota(clock)

    assert await wait(quota, 10) == 0

    assert await wait(quota, 1) == 4, "six alerts of debt, and one more"
    clock.advance(4)
    assert await wait(quota, 1) == 0


async def test_what_costs_nothing_waits_only_for_a_debt() -> None:
    quota = LocalQuota(Clock())
    await wait(quota, 4)
    assert await wait(quota, 0) == 0

    other = LocalQuota(Clock())
    await wait(other, 5)
    assert await wait(other, 0) == 1


async def test_a_larger_quota_counts_from_the_next_body_on() -> None:
    quota = LocalQuota(Clock())
    await wait(quota, 4)

    assert await wait(quota, 100, rate=Rate(Span(1), burst=5_000_000)) == 0


class Engine:
    """The count of all gateways, which answers, refuses, fails, or hangs."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer: Over | Exception | None = None
        self.hangs = False

    async def take(self, tenant: TenantId, charges: Sequence[Charge]) -> Over | None:
        assert tenant
        assert charges
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_while_redis_answers_its_count_alone_decides() -> None:
    engine = Engine()
    quota = SharedQuota(engine, Clock())

    assert [await wait(quota, 4) for _ in range(3)] == [0, 0, 0]
    engine.answer = Over(Resource.ALERTS, Span(3 * SECOND))
    assert await wait(quota, 1) == 3


async def test_while_redis_does_not_answer_each_gateway_counts_alone_and_asks_again_later() -> None:
    engine, clock = Engine(), Clock()
    quota = SharedQuota(engine, clock)
    engine.answer = UnavailableError("Redis is away")

    assert await wait(quota, 4) == 0
    assert await wait(quota, 1) == 1
    assert engine.asked == 1, "nobody waits for a Redis that was away a moment ago"

    engine.answer = None
    clock.advance(AWAY / SECOND)
    assert await wait(quota, 4) == 0
    assert engine.asked == 2


@tries("time for which a gateway counts alone after Redis did not answer")
async def test_a_redis_that_was_away_is_asked_again_after_a_while(beyond: int) -> None:
    engine, clock = Engine(), Clock()
    quota = SharedQuota(engine, clock)
    engine.answer = UnavailableError("Redis is away")
    await wait(quota, 1)

    clock.now = Instant(clock.now + AWAY + beyond)
    await wait(quota, 1)

    assert engine.asked == (1 if beyond < 0 else 2)


async def test_a_tenant_whose_part_of_redis_is_away_is_counted_alone_and_the_others_as_ever() -> None:
    engine = Engine()
    quota = SharedQuota(engine, Clock())
    engine.answer = UnavailableError("its node is away")
    await wait(quota, 1)
    engine.answer = Over(Resource.ALERTS, Span(3 * SECOND))

    assert await wait(quota, 1) == 0
    assert await wait(quota, 1, tenant=BETA) == 3


async def test_a_redis_that_hangs_is_waited_for_once_whoever_asks() -> None:
    engine = Engine()
    quota, engine.hangs = SharedQuota(engine, Clock()), True
    await wait(quota, 1)

    assert await wait(quota, 1, tenant=BETA) == 0
    assert engine.asked == 1


@tries_time("time that Redis has to count a request")
async def test_a_redis_that_hangs_holds_no_sender_up(beyond: int) -> None:
    engine = Engine()
    engine.answer = Over(Resource.ALERTS, Span(3 * SECOND))
    engine.hangs = beyond > 0

    async with asyncio.timeout(5):
        assert await wait(SharedQuota(engine, Clock()), 1) == (3 if beyond < 0 else 0)
