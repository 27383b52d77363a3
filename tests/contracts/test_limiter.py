"""Budgets: the decisions of the reference in the core, all or nothing, each request charged once."""

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from router.core.budget import gcra
from router.core.model.instant import HOUR, MILLISECOND, MINUTE, NEVER, SECOND, Span
from router.core.model.operation import Method
from router.core.model.rules.limits import Rate
from router.core.slack.answer import HoldScope
from router.ports.budget import BudgetRequest, Limiter
from tests.adapters.builders import a_call
from tests.contracts.engines import Engine
from tests.examples import examples

WS = "T1-B1"
SLOW = Rate(Span(HOUR), 1)
LEASE = Span(30 * SECOND)
TOLERANCE = Span(2 * SECOND)
"""A server's clock goes on while a test runs; periods are so long that this changes no decision."""

workspaces = count()


@pytest.fixture
def limiter(engine: Engine) -> Limiter:
    return engine.limiter


async def wait_of(limiter: Limiter, call: BudgetRequest) -> Span:
    [wait] = await limiter.take([call])
    return wait


@given(
    st.lists(st.tuples(st.integers(60, 100_000), st.integers(1, 5)), min_size=3, max_size=3),
    st.lists(st.sets(st.integers(0, 2), min_size=1), min_size=1, max_size=12),
)
@examples(40, HealthCheck.function_scoped_fixture)
async def test_every_decision_is_that_of_the_reference(
    engine: Engine, sizes: list[tuple[int, int]], asked: list[set[int]]
) -> None:
    workspace = f"T{next(workspaces)}"
    rates = [Rate(Span(period_s * SECOND), burst) for period_s, burst in sizes]
    arrivals = [NEVER] * 3
    for number, which in enumerate(sorted(one) for one in asked):
        now = await engine.clock.now()
        call = a_call(f"r{number}", *((f"channel:{index}", rates[index]) for index in which), workspace=workspace)

        expected = gcra.take([rates[index] for index in which], [arrivals[index] for index in which], now)
        wait = await wait_of(engine.limiter, call)

        match expected:
            case gcra.Go(arrivals=new):
                assert wait == 0
                for index, arrival in zip(which, new, strict=True):
                    arrivals[index] = arrival
            case gcra.Wait(retry_after=retry_after):
                assert abs(wait - retry_after) < TOLERANCE


async def test_many_calls_are_decided_one_after_the_other_in_order(limiter: Limiter) -> None:
    burst = Rate(Span(HOUR), 3)

    waits = await limiter.take([a_call(f"r{number}", ("post", burst)) for number in range(5)])

    assert waits[:3] == [0, 0, 0]
    assert all(HOUR - TOLERANCE < wait <= HOUR for wait in waits[3:])
    assert await limiter.take([]) == []


async def test_what_one_bucket_refuses_charges_no_other(limiter: Limiter) -> None:
    await wait_of(limiter, a_call("r1", ("channel:C1", SLOW)))

    refused = await wait_of(limiter, a_call("r2", ("post", SLOW), ("channel:C1", SLOW), ("tenant:acme", SLOW)))

    assert refused > 0
    assert await wait_of(limiter, a_call("r3", ("post", SLOW), ("tenant:acme", SLOW))) == 0


async def test_nobody_waits_for_more_than_a_bucket_can_owe(limiter: Limiter) -> None:
    """As after a change of limits, or of the clock: the first call goes, and the next one waits as usual."""
    quick = Rate(Span(SECOND), 3)
    assert await wait_of(limiter, a_call("r1", ("post", SLOW))) == 0

    assert await wait_of(limiter, a_call("r2", ("post", quick))) == 0
    assert 0 < await wait_of(limiter, a_call("r3", ("post", quick))) <= SECOND


async def test_the_slowest_bucket_says_how_long_to_wait(limiter: Limiter) -> None:
    both = (("post", Rate(Span(MINUTE), 1)), ("tenant:acme", Rate(Span(HOUR), 1)))
    assert await wait_of(limiter, a_call("r1", *both)) == 0

    assert abs(await wait_of(limiter, a_call("r2", *both)) - HOUR) < TOLERANCE


async def test_a_request_is_charged_once_however_often_it_is_asked(limiter: Limiter) -> None:
    call = a_call("r1", ("post", Rate(Span(HOUR), 2)), alone_for=LEASE)

    assert [await wait_of(limiter, call) for _ in range(4)] == [0, 0, 0, 0]

    assert await wait_of(limiter, replace(call, request_id="r2", channel="C2")) == 0
    assert await wait_of(limiter, replace(call, request_id="r3", channel="C3")) > 0


async def test_a_refused_request_is_not_charged_by_asking(limiter: Limiter) -> None:
    await wait_of(limiter, a_call("r1", ("post", SLOW)))
    waits = [await wait_of(limiter, a_call("r2", ("post", SLOW))) for _ in range(3)]

    assert all(wait <= HOUR for wait in waits)


async def test_a_wait_that_was_waited_is_enough(engine: Engine, limiter: Limiter) -> None:
    quick = Rate(Span(50 * MILLISECOND), 1)
    await wait_of(limiter, a_call("r1", ("post", quick)))
    assert 0 < await wait_of(limiter, a_call("r2", ("post", quick))) <= quick.period

    async def granted() -> bool:
        return await wait_of(limiter, a_call("r2", ("post", quick))) == 0

    await engine.eventually(granted)


async def test_one_call_at_a_time_goes_to_a_channel(limiter: Limiter) -> None:
    mine, other = a_call("r1", alone_for=LEASE), a_call("r2", alone_for=LEASE)
    assert await wait_of(limiter, mine) == 0

    assert 0 < await wait_of(limiter, other) <= LEASE
    assert await wait_of(limiter, mine) == 0
    assert await wait_of(limiter, replace(other, channel="C2")) == 0
    assert await wait_of(limiter, replace(other, request_id="r3", workspace="T2-B1")) == 0


async def test_a_call_that_need_not_be_alone_waits_for_nobody_and_stops_nobody(limiter: Limiter) -> None:
    edit = a_call("e1", method=Method.UPDATE)
    assert await wait_of(limiter, edit) == 0
    assert await wait_of(limiter, a_call("r1", alone_for=LEASE)) == 0

    assert await wait_of(limiter, replace(edit, request_id="e2")) == 0


async def test_a_released_channel_is_free_at_once(limiter: Limiter) -> None:
    mine, other = a_call("r1", alone_for=LEASE), a_call("r2", alone_for=LEASE)
    await wait_of(limiter, mine)

    await limiter.release(mine)

    assert await wait_of(limiter, other) == 0


async def test_who_lost_the_channel_cannot_release_it_for_the_next(engine: Engine, limiter: Limiter) -> None:
    late, current = a_call("r1", alone_for=Span(MILLISECOND)), a_call("r2", alone_for=LEASE)
    await wait_of(limiter, late)

    async def taken() -> bool:
        return await wait_of(limiter, current) == 0

    await engine.eventually(taken)
    await limiter.release(late)

    assert await wait_of(limiter, a_call("r3", alone_for=LEASE)) > 0


async def test_a_call_in_flight_that_nobody_released_lapses(engine: Engine, limiter: Limiter) -> None:
    await wait_of(limiter, a_call("r1", alone_for=Span(20 * MILLISECOND)))

    async def free() -> bool:
        return await wait_of(limiter, a_call("r2", alone_for=LEASE)) == 0

    await engine.eventually(free)


async def test_a_busy_channel_charges_no_budget(limiter: Limiter) -> None:
    await wait_of(limiter, a_call("r1", alone_for=LEASE))
    assert await wait_of(limiter, a_call("r2", ("post", SLOW), alone_for=LEASE)) > 0

    assert await wait_of(limiter, a_call("r3", ("post", SLOW), channel="C2")) == 0


async def test_a_hold_on_a_channel_stops_that_method_there_only(limiter: Limiter) -> None:
    await limiter.hold(a_call(), HoldScope.CHANNEL, Span(90 * SECOND))

    assert abs(await wait_of(limiter, a_call("r2")) - 90 * SECOND) < TOLERANCE
    assert await wait_of(limiter, a_call("r3", channel="C2")) == 0
    assert await wait_of(limiter, a_call("r4", method=Method.UPDATE)) == 0
    assert await wait_of(limiter, a_call("r5", workspace="T2-B1")) == 0


async def test_a_hold_on_a_method_stops_it_in_the_whole_workspace(limiter: Limiter) -> None:
    await limiter.hold(a_call(), HoldScope.METHOD, Span(90 * SECOND))

    assert abs(await wait_of(limiter, a_call("r2", channel="C2")) - 90 * SECOND) < TOLERANCE
    assert await wait_of(limiter, a_call("r3", method=Method.UPDATE)) == 0
    assert await wait_of(limiter, a_call("r4", workspace="T2-B1")) == 0
    assert not await limiter.is_closed("T1-B1", "C1")


async def test_a_channel_that_is_closed_takes_no_call_of_any_method(limiter: Limiter) -> None:
    await limiter.close_channel("T1-B1", "C1", Span(90 * SECOND))

    assert abs(await wait_of(limiter, a_call("r1")) - 90 * SECOND) < TOLERANCE
    assert await wait_of(limiter, a_call("r2", method=Method.UPDATE)) > 0
    assert await wait_of(limiter, a_call("r3", channel="C2")) == 0
    assert await wait_of(limiter, a_call("r4", workspace="T2-B1")) == 0
    assert await limiter.is_closed("T1-B1", "C1")
    assert not await limiter.is_closed("T1-B1", "C2")
    assert not await limiter.is_closed("T2-B1", "C1")


async def test_a_channel_that_is_opened_is_still_held_by_a_429(limiter: Limiter) -> None:
    await limiter.hold(a_call(), HoldScope.CHANNEL, Span(30 * SECOND))
    await limiter.close_channel("T1-B1", "C1", Span(90 * SECOND))
    await limiter.open_channel("T1-B1", "C1")

    assert not await limiter.is_closed("T1-B1", "C1")
    assert 0 < await wait_of(limiter, a_call("r1")) <= 30 * SECOND
    assert await wait_of(limiter, a_call("r2", method=Method.UPDATE)) == 0


async def test_tenants_of_a_workspace_take_turns_in_what_it_allows(engine: Engine, limiter: Limiter) -> None:
    """However many calls one of them has waiting, another one's comes next."""
    slow = Rate(Span(200 * MILLISECOND), 1)
    numbers = count()

    def call(tenant: str) -> BudgetRequest:
        return a_call(f"{tenant}{next(numbers)}", ("update", slow), method=Method.UPDATE, tenant=tenant)

    assert await wait_of(limiter, call("flood")) == 0
    assert await wait_of(limiter, call("flood")) > 0
    assert await wait_of(limiter, call("calm")) > 0
    served = list[str]()

    async def both_were_served() -> bool:
        for tenant in ("flood", "calm"):
            if await wait_of(limiter, call(tenant)) == 0:
                served.append(tenant)
        return "calm" in served

    await engine.eventually(both_were_served)
    assert served == ["flood", "calm"]


async def test_who_waited_for_a_turn_and_does_not_come_back_stops_nobody_for_long(
    engine: Engine, limiter: Limiter
) -> None:
    slow = Rate(Span(10 * MILLISECOND), 1)
    gone = a_call("r1", ("update", slow), method=Method.UPDATE, tenant="gone")
    assert await wait_of(limiter, gone) == 0
    assert await wait_of(limiter, replace(gone, request_id="r2")) > 0

    async def served() -> bool:
        return await wait_of(limiter, replace(gone, request_id="r3", tenant="here")) == 0

    assert not await served()
    await engine.eventually(served)


async def test_a_hold_stops_also_who_has_paid_already(limiter: Limiter) -> None:
    call = a_call("r1", ("post", SLOW))
    assert await wait_of(limiter, call) == 0
    await limiter.hold(call, HoldScope.METHOD, Span(90 * SECOND))

    assert await wait_of(limiter, call) > 0


async def test_a_hold_charges_no_budget(limiter: Limiter) -> None:
    await limiter.hold(a_call(), HoldScope.CHANNEL, Span(90 * SECOND))
    assert await wait_of(limiter, a_call("r1", ("post", SLOW))) > 0

    assert await wait_of(limiter, a_call("r2", ("post", SLOW), channel="C2")) == 0


async def test_a_longer_hold_is_not_shortened_by_a_later_shorter_one(limiter: Limiter) -> None:
    await limiter.hold(a_call(), HoldScope.METHOD, Span(90 * SECOND))
    await limiter.hold(a_call(), HoldScope.METHOD, Span(SECOND))

    assert await wait_of(limiter, a_call("r2")) > 80 * SECOND


async def test_the_shortest_hold_is_still_a_hold_and_ends(engine: Engine, limiter: Limiter) -> None:
    await limiter.hold(a_call(), HoldScope.METHOD, Span(1))

    async def over() -> bool:
        return await wait_of(limiter, a_call("r2")) == 0

    await engine.eventually(over)


async def test_one_request_of_two_workers_is_charged_once_and_only_one_of_them_goes(limiter: Limiter) -> None:
    bucket = ("post", Rate(Span(MINUTE), 2))
    mine = a_call("r1", bucket, alone_for=Span(MINUTE), delivery_id="mine")
    theirs = a_call("r1", bucket, alone_for=Span(MINUTE), delivery_id="theirs")

    assert await wait_of(limiter, mine) == 0
    assert await wait_of(limiter, theirs) > 0
    await limiter.release(theirs)
    assert await wait_of(limiter, theirs) > 0, "only the call that holds the channel frees it"
    await limiter.release(mine)
    assert await wait_of(limiter, theirs) == 0
    assert await wait_of(limiter, a_call("r2", bucket)) == 0, "the second token is still there"


async def test_a_call_that_is_not_made_frees_the_channel_at_once_and_keeps_what_it_paid(limiter: Limiter) -> None:
    buckets = (("post", SLOW),)
    mine, theirs = (a_call("r1", *buckets, alone_for=LEASE, delivery_id=name) for name in ("mine", "theirs"))
    await wait_of(limiter, mine)

    await limiter.give_back(mine)

    assert await wait_of(limiter, theirs) == 0, "the same request, asked by somebody else, is paid already"
    assert await wait_of(limiter, a_call("r2", *buckets)) > 0


async def test_only_the_call_that_holds_the_channel_gives_it_back(limiter: Limiter) -> None:
    await wait_of(limiter, a_call("r1", alone_for=LEASE, delivery_id="mine"))

    await limiter.give_back(a_call("r1", alone_for=LEASE, delivery_id="theirs"))

    assert await wait_of(limiter, a_call("r2", alone_for=LEASE)) > 0


async def test_the_interval_of_a_channel_begins_when_its_call_is_over(engine: Engine, limiter: Limiter) -> None:
    interval = Span(300 * MILLISECOND)
    call = a_call("r1", ("channel:C1", Rate(interval, 1)), alone_for=LEASE)
    began = await engine.clock.now()
    await wait_of(limiter, call)

    async def longer_than_the_interval() -> bool:
        return await engine.clock.now() > began + interval

    await engine.eventually(longer_than_the_interval)
    await limiter.release(call)

    assert await wait_of(limiter, replace(call, request_id="r2", delivery_id="r2")) > 0


async def test_a_request_that_others_have_overtaken_pays_again(engine: Engine, limiter: Limiter) -> None:
    quick = ("post", Rate(Span(100 * MILLISECOND), 1))
    mine = a_call("r1", quick)
    assert await wait_of(limiter, mine) == 0

    async def overtaken() -> bool:
        return await wait_of(limiter, a_call("r2", quick)) == 0

    await engine.eventually(overtaken)

    assert await wait_of(limiter, mine) > 0
