"""One claimed call: rendered, made once, and settled however long the store takes to answer."""

import pytest
from structlog.testing import capture_logs

from router.core.model.instant import SECOND, Span
from router.core.model.operation import Lane, Method
from router.core.model.phase import Idle, Parked, Queued, Sending, Uncertain, Waiting
from router.core.slack.answer import (
    Ambiguous,
    Answer,
    ChannelDead,
    HoldScope,
    Limited,
    Refused,
    TokenDead,
    Unreached,
)
from router.ports.state import ApplyResult
from tests.adapters.builders import ACME, a_call
from tests.fakes.slack import Done
from tests.roles.builders import CHANNEL, a_document, a_record, a_resolve, an_alert, key_of
from tests.roles.worker import LEASE, RATES, Site, Worker, a_worker

POSTS, EDITS = Lane(CHANNEL, Method.POST), Lane(CHANNEL, Method.UPDATE)


async def deliver(worker: Worker, *answers: Answer | Done) -> None:
    """A first message, up to what Slack answers to it."""
    await worker.queue()
    worker.site.slack.script.extend(answers)
    assert (await worker.dispatcher.dispatch(worker.rules(), [POSTS])).applied == [ApplyResult.OK]
    await worker.in_flight.drain()


def texts(site: Site) -> list[str]:
    return [made.text for made in site.slack.calls]


async def test_an_accepted_call_is_settled_and_counted(site: Site, worker: Worker) -> None:
    await deliver(worker)

    group = site.group()
    assert isinstance(group.phase, Idle)
    assert (group.message.channel, group.message.ts) == (CHANNEL, "1.0")  # type: ignore[union-attr]
    assert await site.books.read(ACME) == {"changes": 1, "notified": 1, "pending": 0, "accepted": 1}
    assert worker.metrics.slack_calls.labels(method="post", answer="accepted")._value.get() == 1
    assert worker.metrics.notifications.labels(reason="first")._value.get() == 1


async def test_a_limited_call_holds_the_channel_before_anybody_else_asks(site: Site, worker: Worker) -> None:
    await deliver(worker, Limited(Span(30 * SECOND), HoldScope.CHANNEL))

    assert isinstance(site.group().phase, Queued)
    assert await site.limiter.take([a_call(channel=CHANNEL)]) == [30 * SECOND]
    assert await site.limiter.take([a_call("r2", channel="C9")]) == [0]
    assert site.store.tenants[ACME].due[POSTS] == (site.clock.time + 30 * SECOND) // 1000

    site.pass_time(30)
    await worker.settle_down()
    assert texts(site) == ["A firing", "A firing"]
    assert len(site.slack.messages) == 1


async def test_a_limited_edit_holds_edits_in_the_whole_workspace_whatever_its_answer_looks_like(
    site: Site, worker: Worker
) -> None:
    """A channel has a limit of its own for posts alone; of a 429 in HTML nobody can read which one it was."""
    await worker.show()
    site.pass_time(60)
    await worker.take(a_record(an_alert("B"), received=site.clock.time))
    site.slack.script.append(Limited(Span(30 * SECOND), HoldScope.CHANNEL, "http_429"))
    await worker.settle_down()

    assert await site.limiter.take([a_call("r1", method=Method.UPDATE, channel="C9")]) == [30 * SECOND]
    assert await site.limiter.take([a_call("r2", channel="C9")]) == [0]


async def test_a_limit_on_the_method_holds_every_channel(site: Site, worker: Worker) -> None:
    await deliver(worker, Limited(Span(30 * SECOND), HoldScope.METHOD))

    assert await site.limiter.take([a_call(channel="C9")]) == [30 * SECOND]


async def test_a_hold_lasts_as_slack_asked_however_long_the_store_is_away(site: Site, worker: Worker) -> None:
    def away_for_five_seconds() -> None:
        site.groups.faults.refuse("apply", times=5)
        for _ in range(5):
            site.groups.faults.just_before("apply", lambda: site.pass_time(1))

    site.slack.faults.just_before("send", away_for_five_seconds)

    await deliver(worker, Limited(Span(30 * SECOND), HoldScope.CHANNEL))

    assert await site.limiter.take([a_call(channel=CHANNEL)]) == [25 * SECOND]


@pytest.mark.parametrize("answer", [Unreached("dns"), Unreached("service_unavailable")])
async def test_what_never_reached_slack_goes_back_into_the_lane_with_a_backoff(
    site: Site, worker: Worker, answer: Answer
) -> None:
    await deliver(worker, answer)

    phase = site.group().phase
    assert isinstance(phase, Queued)
    assert phase.tries.failed == 1
    assert site.store.tenants[ACME].due[POSTS] > site.clock.time // 1000

    await worker.settle_down()
    site.pass_time(5)
    await worker.settle_down()
    assert [message.text for message in site.slack.messages.values()] == ["A firing"]


async def test_a_post_that_nobody_can_judge_is_made_again_and_counted(site: Site, worker: Worker) -> None:
    await deliver(worker, Done(Ambiguous("timeout")))
    assert isinstance(site.group().phase, Uncertain)

    site.pass_time(10)
    await worker.settle_down()

    assert texts(site) == ["A firing", "A firing"]
    assert (await site.books.read(ACME))["possible_repeats"] == 1


@pytest.mark.parametrize("answer", [ChannelDead("is_archived"), TokenDead("token_revoked")])
async def test_what_a_person_must_see_to_parks_the_group(site: Site, worker: Worker, answer: Answer) -> None:
    with capture_logs() as logged:
        await deliver(worker, answer)

    assert isinstance(site.group().phase, Parked)
    assert [one.event for one in await site.outbox.read(ACME) if "group_parked" in one.event]
    assert [one["group"] for one in logged if one["event"] == "group_parked"] == [site.group().key.group_id]


async def test_a_refused_message_goes_without_extras_then_as_plain_text_and_then_parks(
    site: Site, worker: Worker
) -> None:
    await deliver(worker, *[Refused("invalid_blocks")] * 3)
    assert isinstance(site.group().phase, Queued)
    assert site.group().without_extras

    await worker.settle_down()
    site.pass_time(2)
    await worker.settle_down()
    assert site.group().use_plain_text

    await worker.settle_down()
    site.pass_time(2)
    await worker.settle_down()

    assert isinstance(site.group().phase, Parked)


async def test_a_message_that_cannot_be_rendered_at_all_makes_no_call(site: Site, worker: Worker) -> None:
    worker.rendering.broken = True

    await deliver(worker)

    assert site.slack.calls == []
    assert site.group().without_extras
    assert worker.metrics.slack_calls.labels(method="post", answer="refused")._value.get() == 1


async def test_a_message_that_is_gone_becomes_a_new_one_while_anything_fires(site: Site, worker: Worker) -> None:
    await deliver(worker)
    site.slack.messages.clear()
    site.pass_time(40)
    await worker.take(a_record(an_alert("B"), received=site.clock.time))

    await worker.settle_down()

    assert site.slack.only.text == "A firing, B firing"


async def test_a_worker_that_stalled_beyond_its_lease_makes_no_call(site: Site, worker: Worker) -> None:
    await worker.queue()
    await worker.dispatcher.dispatch(worker.rules(), [POSTS])
    site.clock.advance(LEASE)

    await worker.in_flight.drain()

    assert site.slack.calls == []
    assert isinstance(site.group().phase, Queued)
    assert (await site.books.read(ACME)).get("possible_repeats", 0) == 0


async def test_while_the_clock_cannot_be_asked_a_fresh_claim_is_made_all_the_same(site: Site, worker: Worker) -> None:
    await worker.queue()
    await worker.dispatcher.dispatch(worker.rules(), [POSTS])
    site.clock.faults.refuse("now")

    await worker.in_flight.drain()

    assert texts(site) == ["A firing"]


async def test_a_lease_that_was_lost_meanwhile_shows_the_newest_state_in_the_end(site: Site, worker: Worker) -> None:
    """The call took longer than its lease; another worker has gone on."""
    other = await a_worker(site)
    await deliver(worker)
    site.pass_time(40)
    now = site.clock.time
    await worker.take(a_record(an_alert("B"), received=now))
    await worker.due.advance(worker.rules(), [key_of().group_id])

    async def overtake() -> None:
        site.clock.advance(LEASE)
        await other.take(a_record(a_resolve("A", ended=site.clock.time), received=site.clock.time))
        await other.settle_down()
        site.pass_time(10)
        await other.settle_down()

    site.slack.faults.just_before("send", overtake)
    await worker.dispatcher.dispatch(worker.rules(), [EDITS])
    await worker.in_flight.drain()
    assert site.slack.only.text == "A firing, B firing", "the late call wins for a moment"
    await worker.settle_down()

    assert site.slack.only.text == "A resolved, B firing"


async def test_changes_folded_while_the_call_is_made_are_kept_and_shown_next(site: Site, worker: Worker) -> None:
    site.slack.faults.just_before("send", lambda: worker.take(a_record(an_alert("B"))))

    await deliver(worker)

    assert isinstance(site.group().phase, Waiting)
    assert site.group().pending == 1
    site.pass_time(30)
    await worker.settle_down()
    assert site.slack.only.text == "A firing, B firing"


@pytest.mark.parametrize("fault", ["refuse", "lose_reply"])
@pytest.mark.parametrize("method", ["limiter.release", "groups.apply", "groups.load", "clock.now", "turns.offer"])
async def test_while_the_store_is_away_settling_is_tried_until_it_is_done(
    site: Site, worker: Worker, fault: str, method: str
) -> None:
    port, name = method.split(".")
    await worker.queue()

    async def fold_and_fail() -> None:
        await worker.take(a_record(an_alert("B")))
        getattr(getattr(site, port).faults, fault)(name, 3)

    site.slack.faults.just_before("send", fold_and_fail)
    await worker.dispatcher.dispatch(worker.rules(), [POSTS])
    await worker.in_flight.drain()
    assert not isinstance(site.group().phase, Sending)

    site.pass_time(60)
    await worker.settle_down()
    assert site.slack.only.text == "A firing, B firing"
    books = await site.books.read(ACME)
    assert (books["changes"], books["notified"] + books.get("superseded", 0), books["pending"]) == (2, 2, 0)


async def test_a_call_that_was_settled_makes_no_other_because_its_turn_was_not_offered(
    site: Site, worker: Worker
) -> None:
    """A turn is a hint; the sweep repairs it."""
    site.slack.faults.just_before("send", lambda: site.turns.faults.refuse("offer", times=3))

    await deliver(worker)
    site.pass_time(60)
    await worker.settle_down()

    assert texts(site) == ["A firing"]


async def test_a_channels_name_is_learned_from_the_first_message_and_forgotten_with_its_death(site: Site) -> None:
    await site.tenants.publish(ACME, a_document(channel="#alerts"))
    site.slack.channel_ids["#alerts"] = "C0REAL"
    worker = await a_worker(site)
    await worker.show()
    assert await site.limiter.channel_id("T1-B1", "#alerts") == "C0REAL"

    site.pass_time(40)
    site.slack.script.append(ChannelDead("is_archived"))
    await worker.take(a_record(an_alert("B"), received=site.clock.time))
    await worker.settle_down()

    assert await site.limiter.channel_id("T1-B1", "#alerts") == "#alerts"


async def test_the_channel_is_free_an_interval_after_the_answer(site: Site, worker: Worker) -> None:
    site.slack.faults.just_before("send", lambda: site.pass_time(3))

    await deliver(worker)

    asking = a_call("next", (f"channel:{CHANNEL}", RATES.channel), channel=CHANNEL, alone_for=LEASE)
    assert await site.limiter.take([asking]) == [RATES.channel.period]
