"""Which tenants are busy, as all workers note it, and how full their buckets are."""

from router.core.budget.quota import Charge, Resource
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, NEVER, Instant, Span
from router.core.model.rules.limits import Rate
from router.ports.activity import Levels, Place
from tests.adapters.builders import ACME, BETA, NOON, after
from tests.contracts.engines import Engine, InMemory

CORA = TenantId("cora")


async def test_the_busiest_of_this_hour_and_the_one_before_come_first(engine: Engine) -> None:
    assert await engine.activity.busiest(NOON, 2) == []
    await engine.activity.note({ACME: 5, BETA: 2}, NOON)
    await engine.activity.note({BETA: 4, CORA: 1}, Instant(NOON + HOUR))
    await engine.activity.note({}, NOON)

    assert await engine.activity.busiest(Instant(NOON + HOUR), 3) == [BETA, ACME, CORA]
    assert await engine.activity.busiest(Instant(NOON + HOUR), 1) == [BETA]
    assert await engine.activity.busiest(Instant(NOON + 2 * HOUR), 3) == [BETA, CORA]
    assert await engine.activity.busiest(Instant(NOON + 3 * HOUR), 3) == []


async def test_when_a_tenant_was_heard_from_last_is_known_whatever_the_order(engine: Engine) -> None:
    for at in (after(5), after(9), after(7)):
        await engine.activity.note({ACME: 1}, at)

    heard = [one.heard for one in await engine.activity.levels([Place(BETA), Place(ACME)])]

    assert heard == [NEVER, after(9)]
    assert await engine.activity.levels([]) == []


async def test_buckets_are_as_they_were_left_and_without_a_workspace_those_of_calls_are_unknown(
    engine: Engine,
) -> None:
    untouched = Levels()
    if isinstance(engine, InMemory):
        engine.activity.stands[ACME] = Levels(requests=after(3), posts=after(4))
    else:
        await engine.quota.take(ACME, [Charge(Resource.REQUESTS, Rate(Span(HOUR), 4), 2)])

    [acme, beta] = await engine.activity.levels([Place(ACME, "T1"), Place(BETA, "T1")])

    assert acme.requests > NEVER
    assert acme.kibibytes == acme.alerts == acme.notifications == NEVER
    assert beta == untouched
    assert (await engine.activity.levels([Place(ACME)]))[0].posts == NEVER
