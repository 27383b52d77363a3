"""The relay: every event reaches Kafka at least once, in order, and leaves the outbox only then."""

import asyncio
import json
from contextlib import suppress
from functools import partial

import pytest

from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup
from router.roles.notify import relay
from tests.adapters.builders import ACME, BETA, NOON, key_of, store, waiting, write
from tests.roles.builders import EVENTS
from tests.roles.worker import Site, Worker, a_site, a_worker
from tests.waiting import eventually


async def stored(site: Site, *reasons: str, name: str = "A", tenant: str = ACME) -> None:
    """A transition of a new group that leaves these events."""
    events = tuple(Event(EventKind.SENT, reason, "post", decided_at=NOON) for reason in reasons)
    await store(site.groups, [write(AlertGroup(key_of(name)), waiting(name), events=events, tenant=tenant)])  # type: ignore[arg-type]


def relayed(site: Site) -> list[str]:
    """The reasons of the events in Kafka, in order."""
    assert {one.topic for one in site.records.records} <= {EVENTS}
    return [json.loads(one.value or b"")["reason"] for one in site.records.records]


async def flush(worker: Worker, *tenants: str) -> None:
    for tenant in tenants or (ACME,):
        worker.relay.look_at(tenant)  # type: ignore[arg-type]
    await worker.relay.flush()


async def test_events_are_relayed_in_order_under_their_group_and_removed(site: Site, worker: Worker) -> None:
    await stored(site, "first", "repeat")

    await flush(worker)

    assert relayed(site) == ["first", "repeat"]
    assert {one.key for one in site.records.records} == {f"acme/{key_of().group_id}".encode()}
    assert {one.headers["content-type"] for one in site.records.records} == {b"application/json"}
    assert await site.outbox.read(ACME) == []


async def test_only_tenants_that_were_named_are_looked_at() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    await stored(site, "first")
    await stored(site, "repeat", tenant=BETA)

    await flush(worker, BETA)

    assert relayed(site) == ["repeat"]


async def test_more_events_than_are_read_at_once_are_all_relayed(site: Site, worker: Worker) -> None:
    reasons = [str(number) for number in range(450)]
    await stored(site, *reasons)

    await flush(worker)

    assert relayed(site) == reasons


async def test_what_kafka_does_not_take_stays_and_is_tried_again(site: Site, worker: Worker) -> None:
    await stored(site, "first", "repeat")
    site.records.faults.refuse("append", times=3)

    await flush(worker)

    assert relayed(site)[-2:] == ["first", "repeat"], "readers keep what has the highest sequence"
    assert await site.outbox.read(ACME) == []


async def test_an_event_whose_confirmation_was_lost_comes_twice(site: Site, worker: Worker) -> None:
    await stored(site, "first", "repeat")
    site.records.faults.lose_reply("append")

    await flush(worker)

    assert relayed(site) == ["first", "repeat", "first", "repeat"]


async def test_an_event_that_could_not_be_removed_comes_twice_and_is_not_lost(site: Site, worker: Worker) -> None:
    await stored(site, "first", "repeat")
    site.outbox.faults.refuse("remove")

    await flush(worker)

    assert relayed(site) == ["first", "repeat", "first", "repeat"]
    assert await site.outbox.read(ACME) == []


async def test_an_outbox_that_cannot_be_read_is_tried_again(site: Site, worker: Worker) -> None:
    await stored(site, "first")
    site.outbox.faults.refuse("read", times=2)

    await flush(worker)

    assert relayed(site) == ["first"]


async def test_one_tenants_trouble_does_not_keep_the_others_events() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    await stored(site, "first")
    await stored(site, "repeat", tenant=BETA)
    site.outbox.faults.refuse("read")

    await flush(worker, ACME, BETA)

    assert relayed(site) == ["repeat", "first"]


async def test_events_that_come_while_another_tenants_outbox_is_away_are_relayed_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)
    monkeypatch.setattr(relay, "_RETRY_S", 3600)
    site.outbox.faults.refuse("read")
    running = asyncio.create_task(flush(worker, ACME))
    await eventually(lambda: site.outbox.faults.asked["read"], every_s=0)

    await stored(site, "repeat", tenant=BETA)
    worker.relay.look_at(BETA)

    await eventually(partial(_has_relayed, site, 1), every_s=0)
    assert relayed(site) == ["repeat"]
    await running


async def test_running_it_relays_whatever_is_named_until_it_is_cancelled(site: Site, worker: Worker) -> None:
    running = asyncio.create_task(worker.relay.run())
    for number, name in enumerate("AB", 1):
        await stored(site, name, name=name)
        worker.relay.look_at(ACME)
        await eventually(partial(_has_relayed, site, number), every_s=0)

    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert relayed(site) == ["A", "B"]


def _has_relayed(site: Site, number: int) -> bool:
    return len(relayed(site)) == number


async def test_while_kafka_takes_no_events_those_that_wait_are_counted(site: Site, worker: Worker) -> None:
    await stored(site, "first", "repeat")
    site.records.faults.refuse("append", times=2)
    worker.relay.look_at(ACME)
    running = asyncio.create_task(worker.relay.run())

    await eventually(lambda: worker.metrics.events_waiting._value.get() == 2, every_s=0)
    worker.relay.look_at(ACME)
    await eventually(lambda: worker.metrics.events_waiting._value.get() == 0, every_s=0)

    assert set(relayed(site)) == {"first", "repeat"}
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
