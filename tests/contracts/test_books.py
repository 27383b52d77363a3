"""Books, plain counters and marks: sums that belong to one tenant alone."""

from router.core.model.group import AlertGroup
from router.core.model.ledger import LedgerEntry, Suppressed
from tests.adapters.builders import ACME, BETA, key_of, store, waiting, write
from tests.contracts.engines import Engine
from tests.contracts.shelf import Shelf


async def test_the_books_add_up_over_transitions(shelf: Shelf) -> None:
    first = LedgerEntry(changes=3, pending=3, accepted=4, duplicates=1)
    then = LedgerEntry(notified=2, pending=-3, suppressed={Suppressed.ENDED_BEFORE_NOTIFIED: 1}, possible_repeats=1)
    await store(shelf.groups, [write(AlertGroup(key_of()), waiting(), entry=first)])
    stored = await shelf.stored(key_of().group_id)

    await store(shelf.groups, [write(stored, waiting(), entry=then)])

    assert await shelf.engine.books.read(ACME) == {
        "changes": 3, "pending": 0, "accepted": 4, "duplicates": 1, "notified": 2,
        "suppressed:ended_before_notified": 1, "possible_repeats": 1,
    }  # fmt: skip


async def test_plain_counters_stand_beside_the_books(engine: Engine) -> None:
    await engine.books.count(ACME, "dead_letters", 2)
    await engine.books.count(ACME, "dead_letters", 1)

    assert await engine.books.read(ACME) == {"dead_letters": 3}
    assert await engine.books.read(BETA) == {}


async def test_the_configuration_that_all_is_routed_by_is_noted(engine: Engine) -> None:
    assert await engine.marks.routed([ACME, BETA]) == [0, 0]

    await engine.marks.note_routed(BETA, 7)

    assert await engine.marks.routed([ACME, BETA]) == [0, 7]
    assert await engine.marks.routed([]) == []
