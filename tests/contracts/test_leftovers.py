"""What is left to do for tenants: when they have work, whether there are events, by which version all is routed."""

from dataclasses import replace

from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup, Digest
from router.core.model.instant import NEVER
from router.core.model.key import DIGEST_PATH, GroupKey
from router.core.model.ledger import LedgerEntry
from router.core.model.rules.names import ReceiverName
from router.ports.schedule import Leftover
from router.ports.state import ApplyResult
from tests.adapters.builders import ACME, BETA, NOON, POSTS, after, key_of, parked, queued, store, waiting, write
from tests.contracts.engines import Engine
from tests.contracts.shelf import Shelf

SENT = Event(EventKind.SENT, "first", "post", notification="d1", notified=2, decided_at=NOON)


async def test_of_whom_nothing_is_stored_nothing_is_left(engine: Engine) -> None:
    assert await engine.leftovers.of([ACME, BETA]) == [Leftover(NEVER, has_events=False, routed=0, is_lost=True)] * 2
    assert await engine.leftovers.of([]) == []


async def test_who_has_work_has_its_time_and_by_which_version_all_was_routed(shelf: Shelf) -> None:
    await shelf.put(waiting("A", due=after(5)))
    await shelf.put(waiting("B", due=after(3)))
    await shelf.engine.marks.note_routed(ACME, 7)
    await shelf.engine.marks.note_routed(BETA, 7)

    assert await shelf.engine.leftovers.of([BETA, ACME]) == [
        Leftover(NEVER, has_events=False, routed=0, is_lost=True),
        Leftover(after(3), has_events=False, routed=7, is_lost=False),
    ]


async def test_events_are_left_until_they_are_removed(shelf: Shelf) -> None:
    await store(shelf.groups, [write(AlertGroup(key_of()), waiting(due=after(5)), events=(SENT,))])
    [before] = await shelf.engine.leftovers.of([ACME])

    await shelf.engine.outbox.remove(ACME, [one.entry for one in await shelf.engine.outbox.read(ACME)])

    [then] = await shelf.engine.leftovers.of([ACME])
    assert (before, then) == (
        Leftover(after(5), has_events=True, routed=0, is_lost=False),
        Leftover(after(5), has_events=False, routed=0, is_lost=False),
    )


async def test_how_much_waits_and_is_set_aside_is_known_where_there_is_work(shelf: Shelf) -> None:
    new, entry = waiting("A", due=after(5)), LedgerEntry(changes=2, pending=2)
    assert await store(shelf.groups, [write(AlertGroup(key_of()), new, entry=entry)]) == [ApplyResult.OK]
    stored = await shelf.put(waiting("B", due=after(5)))
    assert await store(shelf.groups, [write(stored, parked(stored, until=after(60)))]) == [ApplyResult.OK]

    [left] = await shelf.engine.leftovers.of([ACME])
    assert left is not None
    assert (left.pending, left.parked) == (2, 1)

    [aside] = await shelf.groups.load(ACME, [stored.key.group_id])
    assert isinstance(aside, AlertGroup)
    assert await store(shelf.groups, [write(aside, queued(aside))]) == [ApplyResult.OK]
    [left] = await shelf.engine.leftovers.of([ACME])
    assert left is not None
    assert left.parked == 0


async def test_digests_that_take_in_new_groups_are_counted_until_they_take_no_more(shelf: Shelf) -> None:
    key = GroupKey(ReceiverName("all"), DIGEST_PATH, (("channel", "C1"),))
    none, absorbs = AlertGroup(key, digest=Digest()), AlertGroup(key, digest=Digest(lane=POSTS))
    assert await store(shelf.groups, [write(none, absorbs)]) == [ApplyResult.OK]
    assert await store(shelf.groups, [write(replace(absorbs, rev=1), replace(absorbs, rev=1))]) == [ApplyResult.OK]
    [left] = await shelf.engine.leftovers.of([ACME])
    assert left is not None
    assert left.absorbing == 1

    await shelf.put(waiting("A", due=after(5)))
    assert await store(shelf.groups, [write(replace(absorbs, rev=2), replace(none, rev=2))]) == [ApplyResult.OK]
    [left] = await shelf.engine.leftovers.of([ACME])
    assert left is not None
    assert left.absorbing == 0
