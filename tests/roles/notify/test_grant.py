"""Budgets: what a call asks for, who may go, and when the lanes of the others are looked at."""

import pytest

from router.core import engine
from router.core.budget.buckets import half
from router.core.decide.notification import Notification
from router.core.decide.policy import CallTimes, policy_for
from router.core.model.group import AlertGroup
from router.core.model.instant import MILLISECOND, SECOND, Instant, Span
from router.core.model.operation import Lane, Method, Op
from router.core.model.phase import Waiting
from router.core.slack.answer import HoldScope
from router.errors import UnavailableError
from router.roles.notify.grant import Candidate
from router.roles.notify.lanes import ELSEWHERE
from router.roles.transitions import Change
from tests.adapters.builders import ACME, a_call
from tests.roles.builders import CHANNEL, a_document, a_record, a_resolve, an_alert, key_of
from tests.roles.worker import LEASE, RATES, Site, Worker, a_worker

WS = "T1-B1"
POSTS, EDITS = Lane(CHANNEL, Method.POST), Lane(CHANNEL, Method.UPDATE)


async def candidates(worker: Worker, *lanes: Lane) -> list[Candidate]:
    """The heads of lanes, each with what it asks for."""
    rules, found = worker.rules(), list[Candidate]()
    for head in await worker.heads.read(rules, lanes or (POSTS,)):
        notification = engine.advance(head.group, head.policy, worker.site.clock.time)
        assert isinstance(notification, Notification)
        found.append(await worker.grants.ask(rules, head, notification, WS, worker.site.clock.time))
    return found


async def granted(worker: Worker, asking: list[Candidate]) -> list[Candidate]:
    return list((await worker.grants.granted(worker.rules(), asking)).now)


def looked_at(site: Site, lane: Lane = POSTS) -> Instant:
    return Instant(site.store.tenants[ACME].due[lane] * MILLISECOND)


async def test_a_post_asks_for_channel_workspace_and_tenant_and_to_be_alone(site: Site, worker: Worker) -> None:
    await worker.queue()

    [one] = await candidates(worker)

    assert (one.request.workspace, one.request.method, one.request.channel) == (WS, Method.POST, CHANNEL)
    assert (one.request.tenant, one.request.shared) == (ACME, 1), "tenants take turns in the posts of the workspace"
    assert dict(one.request.buckets) == {
        f"channel:{CHANNEL}": RATES.channel, "post": RATES.posts, "tenant:acme": worker.rules().notifications
    }  # fmt: skip
    assert one.request.alone_for == LEASE


async def test_an_edit_asks_for_the_channel_of_its_message_and_need_not_be_alone(site: Site, worker: Worker) -> None:
    site.slack.channel_ids[CHANNEL] = "C0MOVED"
    await worker.show()
    site.pass_time(40)
    await worker.take(a_record(a_resolve(ended=site.clock.time), received=site.clock.time))
    await worker.due.advance(worker.rules(), [key_of().group_id])

    [one] = await candidates(worker, EDITS)

    assert (one.notification.op, one.request.channel, one.request.alone_for) == (Op.EDIT, "C0MOVED", 0)
    assert set(dict(one.request.buckets)) == {"update", "tenant:acme"}


async def test_a_channel_that_has_a_name_is_asked_for_by_its_id_once_that_is_known(
    site: Site, worker: Worker
) -> None:
    await site.tenants.publish(ACME, a_document(channel="#alerts"))
    await worker.tenants.load()
    await worker.queue()
    lane = Lane("#alerts", Method.POST)
    [unknown] = await candidates(worker, lane)

    await site.limiter.learn_channel_id(WS, "#alerts", CHANNEL)
    [known] = await candidates(worker, lane)

    assert (unknown.request.channel, known.request.channel) == ("#alerts", CHANNEL)


async def test_a_post_by_a_name_whose_id_was_dead_waits_for_what_was_replied_by_that_id(
    site: Site, worker: Worker
) -> None:
    """The channel may live again: replies go by its ID, and both count for its pace."""
    await site.tenants.publish(ACME, a_document(channel="#alerts"))
    await worker.tenants.load()
    await worker.queue()
    await site.limiter.learn_channel_id(WS, "#alerts", CHANNEL)
    await site.limiter.forget_channel_id(WS, "#alerts")
    reply = a_call("reply", (f"channel:{CHANNEL}", RATES.channel), channel=CHANNEL, workspace=WS)
    assert await site.limiter.take([reply]) == [0]

    [by_name] = await candidates(worker, Lane("#alerts", Method.POST))

    assert by_name.request.channel == "#alerts"
    assert await site.limiter.take([by_name.request]) == [RATES.channel.period]


async def test_a_call_keeps_its_request_until_it_is_claimed_whoever_asks(site: Site, worker: Worker) -> None:
    await worker.queue()
    [mine], [theirs] = await candidates(worker), await candidates(await a_worker(site))

    assert mine.request.request_id == theirs.request.request_id
    assert mine.request.delivery_id != theirs.request.delivery_id
    [again] = await candidates(worker)
    assert again.request.delivery_id == mine.request.delivery_id

    await worker.settle_down()
    site.pass_time(40)
    await worker.take(a_record(an_alert("B"), received=site.clock.time))
    await worker.due.advance(worker.rules(), [key_of().group_id])
    [next_one] = await candidates(worker, EDITS)
    assert next_one.request.request_id != mine.request.request_id
    assert next_one.request.delivery_id != mine.request.delivery_id


async def test_who_gets_no_budget_waits_in_the_lane_as_long_as_it_takes(site: Site, worker: Worker) -> None:
    await worker.queue()
    asking = await candidates(worker)
    await site.limiter.hold(asking[0].request, HoldScope.CHANNEL, Span(7 * SECOND))

    assert await granted(worker, asking) == []

    assert looked_at(site) == site.clock.time + 7 * SECOND
    assert worker.metrics.budget_waits.labels(method="post")._value.get() == 1


async def test_without_a_place_a_lane_waits_until_there_is_one(site: Site, worker: Worker) -> None:
    await worker.queue()
    asking = await candidates(worker)
    for _ in range(5):
        worker.places.take(ACME, WS)

    assert await granted(worker, asking) == []

    assert looked_at(site) == site.clock.time + ELSEWHERE
    assert not site.limiter._charged, "it asked for a budget that it could not use"
    await worker.lanes.bring_back()
    assert looked_at(site) == site.clock.time + ELSEWHERE, "nobody has made room"

    worker.places.give_back(ACME, WS)
    await worker.lanes.bring_back()

    assert looked_at(site) == site.clock.time
    assert await granted(worker, asking) == asking


async def test_a_call_that_is_not_made_lets_the_next_one_go(site: Site, worker: Worker) -> None:
    await worker.queue()
    [one] = await granted(worker, await candidates(worker))
    other = a_call("other", channel=CHANNEL, alone_for=LEASE)
    assert await site.limiter.take([other]) != [0]

    await worker.grants.give_back(one)

    assert await site.limiter.take([other]) == [0]


async def test_an_edit_that_is_not_made_has_nothing_to_give_back(site: Site, worker: Worker) -> None:
    await worker.show()
    site.pass_time(40)
    await worker.take(a_record(an_alert("B"), received=site.clock.time))
    await worker.due.advance(worker.rules(), [key_of().group_id])
    [edit] = await candidates(worker, EDITS)
    site.limiter.faults.asked.clear()

    await worker.grants.give_back(edit)

    assert site.limiter.faults.asked["give_back"] == 0


async def test_without_the_limiter_nobody_may_go(site: Site, worker: Worker) -> None:
    await worker.queue()
    asking = await candidates(worker)
    site.limiter.faults.refuse("take")

    with pytest.raises(UnavailableError):
        await granted(worker, asking)


async def test_nobody_asks_for_nothing(site: Site, worker: Worker) -> None:
    site.limiter.faults.asked.clear()

    assert await granted(worker, []) == []

    assert site.limiter.faults.asked["take"] == 0


async def test_an_edit_of_a_message_that_was_edited_a_moment_ago_gives_way_when_edits_run_short(
    site: Site, worker: Worker
) -> None:
    await worker.show()
    for number in range(RATES.edits.burst // 2):
        await site.limiter.take([a_call(f"other-{number}", ("update", RATES.edits), method=Method.UPDATE)])
    site.pass_time(31)
    await site.limiter.take([
        a_call(f"more-{number}", ("update", RATES.edits), method=Method.UPDATE) for number in range(6)
    ])  # fmt: skip
    await worker.take(a_record(an_alert("B"), received=site.clock.time))
    await worker.settle_down()
    assert site.slack.only.text == "A firing", "it waits, out of its lane"
    assert isinstance(site.group().phase, Waiting)
    assert site.group().phase.due == site.group().notified_at + 120 * SECOND

    await worker.take(
        a_record(
            a_resolve("A", ended=site.clock.time), a_resolve("B", ended=site.clock.time), received=site.clock.time
        )
    )
    await worker.settle_down()
    assert "resolved" in site.slack.only.text, "an end gives way to nobody"


async def test_a_group_that_gave_way_is_edited_in_the_end_however_short_edits_are(site: Site, worker: Worker) -> None:
    await worker.show()
    site.pass_time(31)
    await site.limiter.take([
        a_call(f"more-{number}", ("update", RATES.edits), method=Method.UPDATE) for number in range(6)
    ])  # fmt: skip
    await worker.take(a_record(an_alert("B"), received=site.clock.time))
    await worker.settle_down()
    site.clock.advance(site.group().phase.due - site.clock.time)
    await site.limiter.take([
        a_call(f"again-{number}", ("update", RATES.edits), method=Method.UPDATE) for number in range(6)
    ])  # fmt: skip
    await worker.settle_down()

    assert site.slack.only.text == "A firing, B firing"


async def test_replies_leave_half_of_the_posts_to_messages(site: Site, worker: Worker) -> None:
    await worker.show()
    site.pass_time(60)
    await worker.take(a_record(an_alert("B"), received=site.clock.time))
    await worker.due.advance(worker.rules(), [key_of().group_id])
    await worker.dispatcher.dispatch(worker.rules(), [EDITS])
    await worker.in_flight.drain()
    [reply] = await candidates(worker)
    assert reply.notification.op is Op.REPLY_BROADCAST
    half = RATES.posts.burst // 2

    await site.limiter.take(
        [a_call(f"m{number}", ("post", RATES.posts), channel=f"C{number}") for number in range(half)]
    )
    assert await granted(worker, [reply]) == []
    assert await site.limiter.take([a_call("message", ("post", RATES.posts), channel="C99")]) == [0]


async def test_an_edit_for_a_chart_alone_is_no_notification_and_leaves_half_to_others(
    site: Site, worker: Worker
) -> None:
    await worker.show()
    rules, [group] = worker.rules(), await site.groups.load(ACME, [key_of().group_id])
    assert isinstance(group, AlertGroup)
    now = site.clock.time
    asked = engine.illustrate(group, policy_for(rules, group, CallTimes()), now)
    await worker.transitions.apply([Change(rules, group, asked)], now)
    await worker.due.advance(rules, [key_of().group_id])

    [one] = await candidates(worker, EDITS)

    assert one.request.buckets == (("update", half(RATES.edits)),)
    assert one.gives_way_until > now
