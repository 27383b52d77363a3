"""Budgets in Redis: the same decisions as the reference in the core, all or nothing, each request charged once."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.limiter import SlackLimiter
from router.core.budget import gcra
from router.core.model.instant import HOUR, MILLISECOND, MINUTE, NEVER, SECOND, Span
from router.core.model.operation import Method
from router.core.model.tenant import Rate
from router.core.slack.answer import HoldScope
from router.ports.budget import BudgetRequest
from tests.waiting import eventually

WS = "T1-B1"
SLOW = Rate(Span(HOUR), 1)
AT_ONCE = Span(0)
LEASE = Span(30 * SECOND)
TOLERANCE = Span(2 * SECOND)
"""The server's clock goes on while a test runs; periods are so long that this changes no decision."""


@pytest.fixture
def limiter(redis: Connection) -> SlackLimiter:
    return SlackLimiter(redis)


def a_call(
    request_id: str = "r1",
    *buckets: tuple[str, Rate],
    method: Method = Method.POST,
    channel: str = "C1",
    alone_for: Span = AT_ONCE,
    workspace: str = WS,
    delivery_id: str = "",
) -> BudgetRequest:
    return BudgetRequest(request_id, workspace, method, channel, buckets, alone_for, delivery_id or request_id)


async def wait_of(limiter: SlackLimiter, call: BudgetRequest) -> Span:
    [wait] = await limiter.take([call])
    return wait


@given(
    st.lists(st.tuples(st.integers(60, 100_000), st.integers(1, 5)), min_size=3, max_size=3),
    st.lists(st.sets(st.integers(0, 2), min_size=1), min_size=1, max_size=12),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_decision_is_that_of_the_reference(
    limiter: SlackLimiter, redis: Connection, sizes: list[tuple[int, int]], asked: list[set[int]]
) -> None:
    await redis.client.flushall()
    rates = [Rate(Span(period_s * SECOND), burst) for period_s, burst in sizes]
    arrivals = [NEVER] * 3
    for number, which in enumerate(sorted(one) for one in asked):
        now = await redis.now()
        call = a_call(f"r{number}", *((f"channel:{index}", rates[index]) for index in which))

        expected = gcra.take([rates[index] for index in which], [arrivals[index] for index in which], now)
        wait = await wait_of(limiter, call)

        match expected:
            case gcra.Go(arrivals=new):
                assert wait == 0
                for index, arrival in zip(which, new, strict=True):
                    arrivals[index] = arrival
            case gcra.Wait(retry_after=retry_after):
                assert abs(wait - retry_after) < TOLERANCE


async def test_many_calls_are_decided_one_after_the_other_in_order(limiter: SlackLimiter) -> None:
    burst = Rate(Span(HOUR), 3)

    waits = await limiter.take([a_call(f"r{number}", ("post", burst)) for number in range(5)])

    assert waits[:3] == [0, 0, 0]
    assert all(HOUR - TOLERANCE < wait <= HOUR for wait in waits[3:])
    assert await limiter.take([]) == []


async def test_what_one_bucket_refuses_charges_no_other(limiter: SlackLimiter) -> None:
    await wait_of(limiter, a_call("r1", ("channel:C1", SLOW)))

    refused = await wait_of(limiter, a_call("r2", ("post", SLOW), ("channel:C1", SLOW), ("tenant:acme", SLOW)))

    assert refused > 0
    assert await wait_of(limiter, a_call("r3", ("post", SLOW), ("tenant:acme", SLOW))) == 0


async def test_the_slowest_bucket_says_how_long_to_wait(limiter: SlackLimiter) -> None:
    both = (("post", Rate(Span(MINUTE), 1)), ("tenant:acme", Rate(Span(HOUR), 1)))
    assert await wait_of(limiter, a_call("r1", *both)) == 0

    assert abs(await wait_of(limiter, a_call("r2", *both)) - HOUR) < TOLERANCE


async def test_a_request_is_charged_once_however_often_it_is_asked(limiter: SlackLimiter) -> None:
    call = a_call("r1", ("post", Rate(Span(HOUR), 2)), alone_for=LEASE)

    assert [await wait_of(limiter, call) for _ in range(4)] == [0, 0, 0, 0]

    assert await wait_of(limiter, replace(call, request_id="r2", channel="C2")) == 0
    assert await wait_of(limiter, replace(call, request_id="r3", channel="C3")) > 0


async def test_a_refused_request_is_not_charged_by_asking(limiter: SlackLimiter) -> None:
    await wait_of(limiter, a_call("r1", ("post", SLOW)))
    waits = [await wait_of(limiter, a_call("r2", ("post", SLOW))) for _ in range(3)]

    assert all(wait <= HOUR for wait in waits)


async def test_a_wait_that_was_waited_is_enough(limiter: SlackLimiter) -> None:
    quick = Rate(Span(50 * MILLISECOND), 1)
    await wait_of(limiter, a_call("r1", ("post", quick)))
    assert 0 < await wait_of(limiter, a_call("r2", ("post", quick))) <= quick.period

    async def granted() -> bool:
        return await wait_of(limiter, a_call("r2", ("post", quick))) == 0

    await eventually(granted, within_s=2)


async def test_a_bucket_forgets_itself_when_it_is_full_again(limiter: SlackLimiter, redis: Connection) -> None:
    await wait_of(limiter, a_call("r1", ("post", Rate(Span(MINUTE), 10)), alone_for=LEASE))

    lives = {key: await redis.client.pttl(key) async for key in redis.client.scan_iter()}
    assert lives
    assert all(0 < life <= 60_000 for life in lives.values()), lives


async def test_arrival_times_keep_their_microseconds(limiter: SlackLimiter, redis: Connection) -> None:
    """Lua's tostring gives 14 digits, and microseconds have 16."""
    before = await redis.now()
    await wait_of(limiter, a_call("r1", ("post", Rate(Span(HOUR + 1), 1))))

    text = await redis.client.get(keys.workspace_key(WS, "post"))
    assert text.isdecimal()
    assert abs(int(text) - before - HOUR) < TOLERANCE


async def test_one_call_at_a_time_goes_to_a_channel(limiter: SlackLimiter) -> None:
    mine, other = a_call("r1", alone_for=LEASE), a_call("r2", alone_for=LEASE)
    assert await wait_of(limiter, mine) == 0

    assert 0 < await wait_of(limiter, other) <= LEASE
    assert await wait_of(limiter, mine) == 0
    assert await wait_of(limiter, replace(other, channel="C2")) == 0
    assert await wait_of(limiter, replace(other, request_id="r3", workspace="T2-B1")) == 0


async def test_a_call_that_need_not_be_alone_waits_for_nobody_and_stops_nobody(limiter: SlackLimiter) -> None:
    edit = a_call("e1", method=Method.UPDATE)
    assert await wait_of(limiter, edit) == 0
    assert await wait_of(limiter, a_call("r1", alone_for=LEASE)) == 0

    assert await wait_of(limiter, replace(edit, request_id="e2")) == 0


async def test_a_released_channel_is_free_at_once(limiter: SlackLimiter) -> None:
    mine, other = a_call("r1", alone_for=LEASE), a_call("r2", alone_for=LEASE)
    await wait_of(limiter, mine)

    await limiter.release(mine)

    assert await wait_of(limiter, other) == 0


async def test_who_lost_the_channel_cannot_release_it_for_the_next(limiter: SlackLimiter) -> None:
    late, current = a_call("r1", alone_for=Span(MILLISECOND)), a_call("r2", alone_for=LEASE)
    await wait_of(limiter, late)

    async def taken() -> bool:
        return await wait_of(limiter, current) == 0

    await eventually(taken)
    await limiter.release(late)

    assert await wait_of(limiter, a_call("r3", alone_for=LEASE)) > 0


async def test_a_call_in_flight_that_nobody_released_lapses(limiter: SlackLimiter) -> None:
    await wait_of(limiter, a_call("r1", alone_for=Span(20 * MILLISECOND)))

    async def free() -> bool:
        return await wait_of(limiter, a_call("r2", alone_for=LEASE)) == 0

    await eventually(free, within_s=2)


async def test_a_busy_channel_charges_no_budget(limiter: SlackLimiter) -> None:
    await wait_of(limiter, a_call("r1", alone_for=LEASE))
    assert await wait_of(limiter, a_call("r2", ("post", SLOW), alone_for=LEASE)) > 0

    assert await wait_of(limiter, a_call("r3", ("post", SLOW), channel="C2")) == 0


async def test_a_hold_on_a_channel_stops_that_method_there_only(limiter: SlackLimiter) -> None:
    await limiter.hold(a_call(), HoldScope.CHANNEL, Span(90 * SECOND))

    assert abs(await wait_of(limiter, a_call("r2")) - 90 * SECOND) < TOLERANCE
    assert await wait_of(limiter, a_call("r3", channel="C2")) == 0
    assert await wait_of(limiter, a_call("r4", method=Method.UPDATE)) == 0
    assert await wait_of(limiter, a_call("r5", workspace="T2-B1")) == 0


async def test_a_hold_on_a_method_stops_it_in_the_whole_workspace(limiter: SlackLimiter) -> None:
    await limiter.hold(a_call(), HoldScope.METHOD, Span(90 * SECOND))

    assert abs(await wait_of(limiter, a_call("r2", channel="C2")) - 90 * SECOND) < TOLERANCE
    assert await wait_of(limiter, a_call("r3", method=Method.UPDATE)) == 0
    assert await wait_of(limiter, a_call("r4", workspace="T2-B1")) == 0


async def test_a_hold_stops_also_who_has_paid_already(limiter: SlackLimiter) -> None:
    call = a_call("r1", ("post", SLOW))
    assert await wait_of(limiter, call) == 0
    await limiter.hold(call, HoldScope.METHOD, Span(90 * SECOND))

    assert await wait_of(limiter, call) > 0


async def test_a_hold_charges_no_budget(limiter: SlackLimiter) -> None:
    await limiter.hold(a_call(), HoldScope.CHANNEL, Span(90 * SECOND))
    assert await wait_of(limiter, a_call("r1", ("post", SLOW))) > 0

    assert await wait_of(limiter, a_call("r2", ("post", SLOW), channel="C2")) == 0


async def test_a_longer_hold_is_not_shortened_by_a_later_shorter_one(limiter: SlackLimiter) -> None:
    await limiter.hold(a_call(), HoldScope.METHOD, Span(90 * SECOND))
    await limiter.hold(a_call(), HoldScope.METHOD, Span(SECOND))

    assert await wait_of(limiter, a_call("r2")) > 80 * SECOND


async def test_the_shortest_hold_is_still_a_hold_and_ends(limiter: SlackLimiter) -> None:
    await limiter.hold(a_call(), HoldScope.METHOD, Span(1))

    async def over() -> bool:
        return await wait_of(limiter, a_call("r2")) == 0

    await eventually(over, within_s=2)


async def test_a_channels_name_stands_for_itself_until_its_id_is_known(limiter: SlackLimiter) -> None:
    assert await limiter.channel_id(WS, "#alerts") == "#alerts"
    assert await limiter.channel_id(WS, "C1") == "C1"

    await limiter.learn_channel_id(WS, "#alerts", "C1")

    assert await limiter.channel_id(WS, "#alerts") == "C1"
    assert await limiter.channel_id("T2-B1", "#alerts") == "#alerts"


async def test_a_name_that_is_an_id_is_not_learned(limiter: SlackLimiter, redis: Connection) -> None:
    await limiter.learn_channel_id(WS, "C1", "C1")

    assert await redis.client.dbsize() == 0


async def test_a_learned_name_is_forgotten_after_a_day(limiter: SlackLimiter, redis: Connection) -> None:
    await limiter.learn_channel_id(WS, "#alerts", "C1")

    assert 86_390 < await redis.client.ttl(keys.workspace_key(WS, "name", "#alerts")) <= 86_400


async def test_what_the_name_has_used_the_id_has_used(limiter: SlackLimiter) -> None:
    await wait_of(limiter, a_call("r1", ("channel:#alerts", SLOW)))

    await limiter.learn_channel_id(WS, "#alerts", "C1")

    assert await wait_of(limiter, a_call("r2", ("channel:C1", SLOW))) > HOUR - TOLERANCE


async def test_learning_a_name_frees_no_budget_of_the_id(limiter: SlackLimiter) -> None:
    await wait_of(limiter, a_call("r1", ("channel:C1", SLOW)))

    await limiter.learn_channel_id(WS, "#alerts", "C1")

    assert await wait_of(limiter, a_call("r2", ("channel:C1", SLOW))) > HOUR - TOLERANCE


async def test_one_request_of_two_workers_is_charged_once_and_only_one_of_them_goes(limiter: SlackLimiter) -> None:
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
