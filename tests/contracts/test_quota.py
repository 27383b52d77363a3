"""Quotas of senders: taken from all buckets or from none, whichever gateway asks."""

from router.core.budget.quota import Charge, Resource
from router.core.model.instant import HOUR, SECOND, Span
from router.core.model.rules.limits import Rate
from tests.adapters.builders import ACME, BETA
from tests.contracts.engines import Engine

SLOW = Rate(HOUR, burst=4)


async def test_a_quota_is_taken_up_to_its_burst_and_says_when_there_is_more(engine: Engine) -> None:
    assert await engine.quota.take(ACME, [Charge(Resource.ALERTS, SLOW, 4)]) is None

    over = await engine.quota.take(ACME, [Charge(Resource.ALERTS, SLOW, 2)])

    assert over is not None
    assert over.resource is Resource.ALERTS
    assert 2 * HOUR - 60 * SECOND < over.retry_after <= 2 * HOUR


async def test_what_one_bucket_refuses_costs_no_other_anything(engine: Engine) -> None:
    fast = Rate(HOUR, burst=2)
    assert await engine.quota.take(ACME, [Charge(Resource.ALERTS, SLOW, 4)]) is None

    for _ in range(3):
        both = [Charge(Resource.REQUESTS, fast, 1), Charge(Resource.ALERTS, SLOW, 1)]
        over = await engine.quota.take(ACME, both)
        assert over is not None
        assert over.resource is Resource.ALERTS

    assert await engine.quota.take(ACME, [Charge(Resource.REQUESTS, fast, 2)]) is None


async def test_what_costs_nothing_waits_for_a_debt_alone(engine: Engine) -> None:
    ask = [Charge(Resource.KIBIBYTES, SLOW, 0)]
    assert await engine.quota.take(ACME, [Charge(Resource.KIBIBYTES, SLOW, 4)]) is None
    assert await engine.quota.take(ACME, ask) is None

    assert await engine.quota.take(BETA, [Charge(Resource.KIBIBYTES, SLOW, 6)]) is None, "larger than the burst"
    assert await engine.quota.take(BETA, ask) is not None


async def test_tenants_do_not_share_a_quota(engine: Engine) -> None:
    assert await engine.quota.take(ACME, [Charge(Resource.ALERTS, SLOW, 4)]) is None

    assert await engine.quota.take(BETA, [Charge(Resource.ALERTS, SLOW, 4)]) is None


async def test_a_rate_of_a_million_a_second_is_kept_without_rounding(engine: Engine) -> None:
    million = Rate(Span(1), burst=1)
    assert await engine.quota.take(ACME, [Charge(Resource.ALERTS, million, 1_000_000)]) is None

    over = await engine.quota.take(ACME, [Charge(Resource.ALERTS, million, 1)])

    assert over is not None
    assert 0 < over.retry_after <= SECOND
