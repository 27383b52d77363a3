"""Settling: Slack's answer into the group as it is by now, stored once however often that is tried."""

from functools import partial
from typing import Any

import pytest
from structlog.testing import capture_logs

from router.core.model.phase import Idle, Parked, Sending
from router.core.slack.answer import Accepted, Answer, ChannelDead, Unreached
from router.errors import UnavailableError
from router.roles.notify.in_flight import Delivery
from tests.adapters.builders import ACME
from tests.roles.builders import CHANNEL, OTHER_CHANNEL, a_document, a_record, an_alert, key_of
from tests.roles.worker import LEASE, Site, Worker

YES = Accepted(CHANNEL, "1.0")


async def settle(worker: Worker, delivery: Delivery, answer: Answer = YES) -> list[Any]:
    """What is logged of it."""
    with capture_logs() as logs:
        await worker.settlement.settle(delivery, answer)
    return logs


async def test_the_answer_is_stored_and_one_line_says_what_became_of_the_call(site: Site, worker: Worker) -> None:
    delivery = await worker.claim()
    site.pass_time(0.25)

    [line] = await settle(worker, delivery)

    assert isinstance(site.group().phase, Idle)
    assert line == {
        "event": "notification_sent",
        "log_level": "info",
        "tenant": "acme",
        "alert": "A",
        "labels": {"group": "g"},
        "group": key_of().group_id,
        "notification": delivery.request.delivery_id,
        "receiver": "default",
        "op": "post",
        "reason": "first",
        "answer": "accepted",
        "error": None,
        "channel": CHANNEL,
        "notified": 1,
        "attempt": 1,
        "waited_ms": 0,
        "asked_ms": 0,
        "budget_ms": 0,
        "own_ms": 0,
        "duration_ms": 250,
    }


async def test_a_call_that_failed_is_logged_with_its_error(worker: Worker) -> None:
    [line] = await settle(worker, await worker.claim(), Unreached("dns"))

    assert (line["event"], line["answer"], line["error"], line["channel"], line["notified"]) == (
        "notification_not_sent", "unreached", "dns", CHANNEL, 0
    )  # fmt: skip


async def test_a_parked_group_is_counted_by_its_reason(site: Site, worker: Worker) -> None:
    await settle(worker, await worker.claim(), ChannelDead("is_archived"))

    assert isinstance(site.group().phase, Parked)
    assert worker.metrics.parked.labels(reason="channel_dead")._value.get() == 1


async def test_how_long_an_alert_took_to_be_shown_is_measured(site: Site, worker: Worker) -> None:
    delivery = await worker.claim()
    site.pass_time(2)

    await settle(worker, delivery)

    assert worker.metrics.accepted_to_shown._sum.get() == 2.0


@pytest.mark.parametrize("races", [1, 5])
async def test_what_was_folded_meanwhile_is_kept_however_often_it_happens(
    site: Site, worker: Worker, races: int
) -> None:
    delivery = await worker.claim()

    async def happen(number: int) -> None:
        """One body is folded, and the next one just before the next attempt to settle."""
        await worker.take(a_record(an_alert(f"B{number}")))
        if number < races:
            site.groups.faults.just_before("apply", partial(happen, number + 1))

    site.groups.faults.just_before("apply", partial(happen, 1))

    await settle(worker, delivery)

    group, books = site.group(), await site.books.read(ACME)
    assert (group.pending, group.message is not None) == (races, True)
    assert (books["changes"], books["notified"], books["pending"]) == (1 + races, 1, races)


async def test_it_holds_under_a_configuration_that_was_applied_meanwhile(site: Site, worker: Worker) -> None:
    delivery = await worker.claim()
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))

    await settle(worker, delivery)

    assert site.group().message is not None


async def test_a_store_that_is_away_is_not_hidden_and_it_can_be_settled_again(site: Site, worker: Worker) -> None:
    delivery = await worker.claim()
    site.groups.faults.refuse("apply")
    with pytest.raises(UnavailableError):
        await settle(worker, delivery)

    await settle(worker, delivery)

    assert (await site.books.read(ACME))["notified"] == 1


async def test_what_was_settled_and_lost_its_reply_is_in_the_books_once(site: Site, worker: Worker) -> None:
    delivery = await worker.claim()
    site.groups.faults.lose_reply("apply")
    with pytest.raises(UnavailableError):
        await settle(worker, delivery)

    await settle(worker, delivery)

    assert (await site.books.read(ACME))["notified"] == 1
    assert len(await site.outbox.read(ACME)) == 1


async def test_lost_data_is_waited_for(site: Site, worker: Worker) -> None:
    delivery = await worker.claim()
    site.store.lose(ACME)

    with pytest.raises(UnavailableError, match="acme"):
        await settle(worker, delivery)

    await site.tenants.publish(ACME, a_document())
    assert await settle(worker, delivery) == [], "the group is gone, and nothing is left to settle"


async def test_a_group_that_a_newer_program_has_taken_over_is_left_to_it(site: Site, worker: Worker) -> None:
    delivery = await worker.claim()
    site.store.garble(ACME, key_of().group_id)

    assert await settle(worker, delivery) == []


async def test_a_post_that_comes_back_after_its_lease_is_taken_in_while_nobody_else_has_posted(
    site: Site, worker: Worker
) -> None:
    delivery = await worker.claim()
    site.clock.advance(LEASE)
    await worker.due.advance(worker.rules(), [key_of().group_id])
    assert not isinstance(site.group().phase, Sending)

    await settle(worker, delivery)

    assert site.group().message is not None
    assert (await site.books.read(ACME))["notified"] == 1
