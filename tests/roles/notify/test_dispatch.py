"""Dispatch: decide once more, take a budget, claim, send; what is missing makes a lane wait or parks its head."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from router.core.model.instant import MILLISECOND, SECOND, Instant, Span
from router.core.model.operation import Lane, Method, Op
from router.core.model.phase import Idle, Queued, Rank, Sending, Tries
from router.core.slack.answer import HoldScope
from router.errors import UnavailableError
from router.ports.state import ApplyResult
from router.roles.notify.dispatch import Dispatched
from tests.adapters.builders import ACME, a_call, store, write
from tests.roles.builders import (
    CHANNEL,
    OTHER_CHANNEL,
    a_document,
    a_record,
    an_alert,
    key_of,
)
from tests.roles.worker import LEASE, Site, Worker, a_worker

POSTS, EDITS = Lane(CHANNEL, Method.POST), Lane(CHANNEL, Method.UPDATE)


async def dispatch(worker: Worker, *lanes: Lane) -> list[ApplyResult]:
    """One look at these lanes, and what it begins beside."""
    try:
        return list((await worker.dispatcher.dispatch(worker.rules(), lanes or (POSTS,))).applied)
    finally:
        await worker.in_flight.drain()


def looked_at(site: Site, lane: Lane = POSTS) -> Instant:
    return Instant(site.store.tenants[ACME].due[lane] * MILLISECOND)


def texts(site: Site) -> Sequence[str]:
    return [made.text for made in site.slack.calls]


async def test_a_head_is_claimed_and_sent_with_the_tenants_token(site: Site, worker: Worker) -> None:
    await worker.queue()

    assert await dispatch(worker) == [ApplyResult.OK]

    [made] = site.slack.calls
    assert (made.token, made.text, made.call.arguments["channel"]) == ("xoxb-acme", "A firing", CHANNEL)
    assert site.group().message is not None
    assert await site.books.read(ACME) == {"changes": 1, "notified": 1, "pending": 0, "accepted": 1}


async def test_the_lease_is_stored_before_the_call(site: Site, worker: Worker) -> None:
    await worker.queue()
    seen = list[object]()
    site.slack.faults.just_before("send", lambda: seen.append(site.group().phase))

    await dispatch(worker)

    [phase] = seen
    assert isinstance(phase, Sending)
    assert (phase.lease.op, phase.lease.until) == (Op.POST, site.clock.time + LEASE)


async def test_one_call_of_a_lane_at_a_time(site: Site, worker: Worker) -> None:
    await worker.queue("g", "h")

    await worker.dispatcher.dispatch(worker.rules(), [POSTS])

    assert looked_at(site) == site.clock.time + LEASE, "the lane waits for the call"
    await worker.in_flight.drain()
    assert looked_at(site) == site.clock.time, "and goes on when it is over"


async def test_a_head_without_budget_goes_on_folding_and_is_sent_once_as_it_is_then(
    site: Site, worker: Worker
) -> None:
    await worker.queue()
    await site.limiter.hold(a_call(channel=CHANNEL), HoldScope.CHANNEL, Span(7 * SECOND))
    assert await dispatch(worker) == []
    assert isinstance(site.group().phase, Queued)
    assert looked_at(site) == site.clock.time + 7 * SECOND

    await worker.take(a_record(an_alert("B")))
    site.pass_time(7)
    await dispatch(worker)

    assert texts(site) == ["A firing, B firing"]
    assert (await site.books.read(ACME))["notified"] == 2


async def test_a_head_that_has_nothing_left_to_notify_makes_no_call(site: Site, worker: Worker) -> None:
    await worker.show()
    shown = site.group()
    queued = replace(shown, phase=Queued(EDITS, Rank.NORMAL, Tries(site.clock.time)))
    await store(site.groups, [write(shown, queued, now=site.clock.time)])

    assert await dispatch(worker, EDITS) == [ApplyResult.OK]

    assert isinstance(site.group().phase, Idle)
    assert texts(site) == ["A firing"]


async def test_a_head_whose_next_call_is_of_another_kind_changes_lanes(site: Site, worker: Worker) -> None:
    await worker.queue()
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))
    await worker.tenants.load()

    assert await dispatch(worker) == [ApplyResult.OK]

    assert await site.schedule.heads(ACME, [POSTS, Lane(OTHER_CHANNEL, Method.POST)]) == [[], [key_of().group_id]]
    assert site.slack.calls == []


async def test_of_two_workers_at_one_lane_one_makes_the_call(site: Site, worker: Worker) -> None:
    other = await a_worker(site)
    await worker.queue()
    site.limiter.faults.just_before("take", lambda: dispatch(other))

    assert await dispatch(worker) in ([], [ApplyResult.CONFLICT])

    assert texts(site) == ["A firing"]


async def test_a_claim_that_lost_its_race_gives_the_channel_back(site: Site, worker: Worker) -> None:
    await worker.queue()
    site.groups.faults.just_before("apply", lambda: worker.take(a_record(an_alert("B"))))

    assert await dispatch(worker) == [ApplyResult.CONFLICT]
    assert site.slack.calls == []

    assert await dispatch(worker) == [ApplyResult.OK], "the channel was free, and the budget paid"
    assert texts(site) == ["A firing, B firing"]


async def test_a_channel_that_cannot_be_given_back_stops_no_call_that_was_claimed(site: Site, worker: Worker) -> None:
    lane = await _second_lane(site, worker)
    site.groups.faults.just_before("apply", lambda: worker.take(a_record(an_alert("C"), group="first")))
    site.limiter.faults.refuse("give_back")

    with pytest.raises(UnavailableError):
        await dispatch(worker, POSTS, lane)

    await worker.in_flight.drain()
    assert [made.call.arguments["channel"] for made in site.slack.calls] == [OTHER_CHANNEL]


async def _second_lane(site: Site, worker: Worker) -> Lane:
    """Two groups with a channel each, both queued."""
    document = a_document(
        route="  routes:\n    - {matchers: [alertname=B], receiver: second}\n",
        receivers=f'  - {{name: second, slack: {{channel: "{OTHER_CHANNEL}"}}}}',
    )
    await site.tenants.publish(ACME, document)
    await worker.tenants.load()
    await worker.take(a_record(an_alert("A"), group="first"), a_record(an_alert("B"), group="second"))
    await worker.due.advance(worker.rules(), await site.schedule.live(ACME))
    return Lane(OTHER_CHANNEL, Method.POST)


async def test_a_claim_whose_reply_was_lost_is_taken_back_and_made_again_at_once(site: Site, worker: Worker) -> None:
    """Else its group and its channel would be silent for a whole lease."""
    await worker.queue()
    queued = site.group()
    site.groups.faults.lose_reply("apply")
    with pytest.raises(UnavailableError):
        await dispatch(worker)
    assert site.slack.calls == []
    assert site.group() == replace(queued, rev=queued.rev + 2), "claimed, and taken back"

    await dispatch(worker)

    assert texts(site) == ["A firing"]
    assert "possible_repeats" not in await site.books.read(ACME)


async def test_another_worker_goes_on_with_a_claim_that_was_taken_back(site: Site, worker: Worker) -> None:
    await worker.queue()
    site.groups.faults.lose_reply("apply")
    with pytest.raises(UnavailableError):
        await dispatch(worker)

    await dispatch(await a_worker(site))

    assert texts(site) == ["A firing"]


async def test_a_claim_that_arrives_late_finds_its_group_moved_on(site: Site, worker: Worker) -> None:
    await worker.queue()
    before = site.group()
    site.groups.faults.refuse("apply")
    with pytest.raises(UnavailableError):
        await dispatch(worker)

    assert site.group() == replace(before, rev=before.rev + 1)


async def test_a_claim_is_taken_back_however_long_redis_is_away(site: Site, worker: Worker) -> None:
    await worker.queue()
    site.groups.faults.lose_reply("apply")
    site.groups.faults.just_before("apply", lambda: site.groups.faults.refuse("load", 2))
    with pytest.raises(UnavailableError):
        await dispatch(worker)

    assert isinstance(site.group().phase, Queued)
    await dispatch(worker)
    assert texts(site) == ["A firing"]


async def test_without_the_limiter_nothing_is_claimed(site: Site, worker: Worker) -> None:
    await worker.queue()
    site.limiter.faults.refuse("take")

    with pytest.raises(UnavailableError):
        await dispatch(worker)

    assert isinstance(site.group().phase, Queued)
    await dispatch(worker)
    assert texts(site) == ["A firing"]


@pytest.mark.parametrize("lost", ["take", "claim"])
async def test_a_channel_is_free_for_whoever_lost_the_answer_that_it_is(
    site: Site, worker: Worker, lost: str
) -> None:
    """Else it would be silent for a whole lease."""
    await worker.queue()
    if lost == "take":
        site.limiter.faults.lose_reply("take")
    else:
        site.groups.faults.refuse("apply")

    with pytest.raises(UnavailableError):
        await dispatch(worker)

    await dispatch(worker)
    assert texts(site) == ["A firing"]


async def test_a_head_that_nobody_can_read_leaves_the_lane_to_the_next(site: Site, worker: Worker) -> None:
    await worker.queue("g")
    site.pass_time(1)
    await worker.queue("h")
    site.store.garble(ACME, key_of("g").group_id)

    await dispatch(worker)
    await dispatch(worker)

    assert site.group(key_of("h")).message is not None


async def test_under_a_newer_configuration_nothing_is_claimed(site: Site, worker: Worker) -> None:
    await worker.queue()
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))

    assert await dispatch(worker) == [ApplyResult.RELOAD]

    assert site.slack.calls == []
    assert isinstance(site.group().phase, Queued)


async def test_no_lane_due_is_nothing_done(site: Site, worker: Worker) -> None:
    assert await worker.dispatcher.dispatch(worker.rules(), []) == Dispatched()
    assert site.schedule.faults.asked["heads"] == 0


@pytest.mark.parametrize("method", ["take", "apply", "give_back"])
async def test_whatever_fails_before_the_call_its_place_is_given_back(
    site: Site, worker: Worker, method: str
) -> None:
    await worker.queue()
    if method == "give_back":
        site.groups.faults.just_before("apply", lambda: worker.take(a_record(an_alert("B"))))
    faults = site.groups.faults if method == "apply" else site.limiter.faults
    faults.refuse(method)

    with pytest.raises(UnavailableError):
        await dispatch(worker)

    assert worker.places._taken == 0


async def test_a_call_without_budget_leaves_its_place(site: Site, worker: Worker) -> None:
    await worker.queue()
    await site.limiter.hold(a_call(channel=CHANNEL), HoldScope.CHANNEL, Span(7 * SECOND))

    await dispatch(worker)

    assert worker.places._taken == 0


async def test_a_claim_that_a_hold_refuses_makes_no_call_and_waits_with_the_channel_free(
    site: Site, worker: Worker
) -> None:
    await worker.queue()
    await site.holds.hold()

    assert await dispatch(worker) == [ApplyResult.HELD]

    assert site.slack.calls == []
    assert isinstance(site.group().phase, Queued)
    assert looked_at(site) == site.clock.time + SECOND
    await site.holds.release()
    site.pass_time(1)
    assert await dispatch(worker) == [ApplyResult.OK]
    assert len(site.slack.calls) == 1


async def test_a_tenant_whose_claim_was_refused_is_known_to_be_suspended(site: Site, worker: Worker) -> None:
    await worker.queue()
    await site.tenants.suspend(ACME)

    await worker.serve()

    assert worker.tenants.is_suspended(ACME)
    assert site.slack.calls == []
