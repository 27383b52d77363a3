"""The outbox: events in the order of their transitions, there until they are removed by name."""

import json

from router.core.model.event import Event, EventKind, Numbered
from router.core.model.group import AlertGroup
from router.ports.state import MAX_EVENTS_WAITING, OutboxEntry
from tests.adapters.builders import ACME, BETA, NOON, key_of, store, waiting, write
from tests.bounds import tries
from tests.contracts.shelf import Shelf

SENT = Event(EventKind.SENT, "first", "post", notification="d1", notified=2, decided_at=NOON)
PARKED = Event(EventKind.PARKED, "channel_dead:is_archived", "parked", decided_at=NOON)


async def entries(shelf: Shelf) -> list[OutboxEntry]:
    return await shelf.engine.outbox.read(ACME)


async def test_events_are_stored_with_the_state_in_order_under_the_group(shelf: Shelf) -> None:
    group = key_of().group_id
    await store(shelf.groups, [write(AlertGroup(key_of()), waiting(), events=(SENT, PARKED))])
    await store(shelf.groups, [write(await shelf.stored(group), waiting(), events=(SENT,))])

    found = await entries(shelf)
    bodies = [json.loads(one.event) for one in found]

    assert {one.key for one in found} == {f"acme/{group}"}
    assert [(one["event"], one["reason"], one["notified"]) for one in bodies] == [
        ("notification_sent", "first", 2),
        ("group_parked", "channel_dead:is_archived", 0),
        ("notification_sent", "first", 2),
    ]
    assert {one["group"] for one in bodies} == {group}


async def test_a_tenants_events_are_numbered_without_a_gap_whatever_groups_they_are_of(shelf: Shelf) -> None:
    before = await shelf.engine.outbox.last(ACME)
    other = key_of("B")
    await store(shelf.groups, [write(AlertGroup(key_of()), waiting(), events=(SENT, PARKED))])
    await store(shelf.groups, [write(AlertGroup(other), waiting(key=other), events=(SENT,))])

    numbered = [json.loads(one.event)["numbered"] for one in await entries(shelf)]

    assert [one["number"] for one in numbered] == [1, 2, 3]
    assert len({one["life"] for one in numbered}) == 1
    assert before is None
    assert await shelf.engine.outbox.last(ACME) == Numbered(numbered[0]["life"], 3)


async def test_an_event_is_removed_only_when_asked_and_the_rest_stays(shelf: Shelf) -> None:
    await store(shelf.groups, [write(AlertGroup(key_of()), waiting(), events=(SENT, PARKED))])
    [first, second] = await entries(shelf)
    assert await entries(shelf) == [first, second]

    await shelf.engine.outbox.remove(ACME, [first.entry])

    assert await entries(shelf) == [second]
    await shelf.engine.outbox.remove(ACME, [first.entry, second.entry])
    assert await entries(shelf) == []


@tries("events of a tenant that wait for Kafka")
async def test_so_many_events_wait_and_the_oldest_make_room(shelf: Shelf, beyond: int) -> None:
    count = MAX_EVENTS_WAITING + beyond
    events = (SENT, *[PARKED] * (count - 1))

    await store(shelf.groups, [write(AlertGroup(key_of()), waiting(), events=events)])

    assert await shelf.engine.outbox.waiting([ACME, BETA]) == min(count, MAX_EVENTS_WAITING)
    assert (await shelf.engine.books.read(ACME)).get("events_dropped", 0) == max(0, beyond)
    [first, *_] = await entries(shelf)
    assert json.loads(first.event)["event"] == ("group_parked" if beyond > 0 else "notification_sent")
    assert await shelf.engine.outbox.waiting([]) == 0


async def test_each_tenants_events_stand_apart(shelf: Shelf) -> None:
    await store(shelf.groups, [write(AlertGroup(key_of()), waiting(), events=(SENT,))])

    assert await shelf.engine.outbox.read(BETA) == []
