"""One turn of a tenant: what is due, then its lanes; never a wait for Slack, and an answer when to come back."""

import asyncio

import pytest

from router.core.model.instant import HOUR, NEVER, SECOND, Span
from router.core.model.phase import Sending
from router.errors import RebuildError, UnavailableError
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import OTHER_CHANNEL, a_document, a_record, an_alert, key_of
from tests.roles.worker import LEASE, Site, Worker, a_site, a_worker


async def serve(worker: Worker) -> int:
    return await worker.turn.serve(worker.rules())


async def test_a_tenant_without_work_has_no_next_turn(worker: Worker) -> None:
    assert await serve(worker) == NEVER


async def test_what_is_due_goes_into_its_lane_and_is_sent_in_the_same_turn(site: Site, worker: Worker) -> None:
    """Else it would wait for everybody's turn twice."""
    await worker.take(a_record(an_alert()))

    assert await serve(worker) == site.clock.time + LEASE, "a call is in flight"
    await worker.in_flight.drain()

    assert site.slack.only.text == "A firing"


async def test_with_nothing_due_lanes_are_looked_for_once(site: Site, worker: Worker) -> None:
    await worker.queue()
    site.schedule.faults.asked.clear()

    await serve(worker)
    await worker.in_flight.drain()

    assert site.schedule.faults.asked["due"] == 1
    assert site.slack.only.text == "A firing"


async def test_a_turn_does_not_wait_for_slack(site: Site, worker: Worker) -> None:
    await worker.queue()
    never = asyncio.Event()
    site.slack.faults.just_before("send", never.wait)

    await serve(worker)

    assert isinstance(site.group().phase, Sending)
    never.set()
    await worker.in_flight.drain()


async def test_what_rests_has_its_turn_when_its_timer_ends(site: Site, worker: Worker) -> None:
    await worker.show()

    assert await serve(worker) > site.clock.time + HOUR


async def test_a_lane_that_waits_for_its_budget_has_its_turn_then(site: Site, worker: Worker) -> None:
    await worker.show("g")
    await worker.queue("h")

    next_at = await serve(worker)

    assert site.clock.time < next_at <= site.clock.time + SECOND


async def test_very_many_due_groups_are_taken_in_portions_so_that_others_get_their_turn(
    site: Site, worker: Worker, group_wait: Span
) -> None:
    groups = [f"g{number}" for number in range(60)]
    await worker.take(*(a_record(an_alert(), group=group) for group in groups))
    site.clock.advance(group_wait)

    assert await serve(worker) == site.clock.time

    moved = [group for group in groups if site.group(key_of(group)).rev > 1]
    assert len(moved) == 50
    await worker.in_flight.drain()


async def test_the_relay_is_asked_to_look_at_what_the_turn_has_left(site: Site, worker: Worker) -> None:
    await worker.show()
    await serve(worker)

    await worker.relay.flush()

    assert len(site.records.records) == 1


async def test_a_newer_configuration_is_taken_over_for_the_next_turn(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))

    assert await serve(worker) == site.clock.time

    assert worker.rules().version == 2
    assert site.group().rev == 1


async def test_a_tenant_that_was_removed_meanwhile_is_forgotten() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    await worker.take(a_record(an_alert()))
    site.groups.faults.just_before("apply", lambda: site.tenants.remove(ACME))

    assert await serve(worker) == NEVER

    assert worker.tenants.get(ACME) is None


async def test_lost_data_stops_the_tenant(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    site.store.tenants[ACME].epoch = False

    with pytest.raises(RebuildError):
        await serve(worker)


async def test_an_engine_that_is_away_ends_the_turn_and_the_work_is_still_there(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    site.schedule.faults.refuse("due")
    with pytest.raises(UnavailableError):
        await serve(worker)

    await worker.settle_down()

    assert site.slack.only.text == "A firing"
