"""What is left to do for tenants: when they have work, whether there are events, by which version all is routed."""

from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER
from router.ports.schedule import Leftover
from tests.adapters.builders import ACME, BETA, NOON, after, key_of, store, waiting, write
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
