"""Marks of groups: another one after each change, except that the body that was folded last is folded again."""

from dataclasses import replace

from router.core.model.group import AlertGroup
from router.core.model.ledger import LedgerEntry
from router.ports.marks import Standing
from router.ports.state import ApplyResult
from tests.adapters import builders
from tests.adapters.builders import ACME, BETA, key_of, waiting, write
from tests.contracts.engines import Engine
from tests.contracts.shelf import Shelf

GROUP = key_of().group_id


async def standing(engine: Engine) -> Standing:
    [found] = await engine.group_marks.standings([ACME])
    assert found is not None
    return found


async def store(shelf: Shelf, body: str = "") -> str:
    """Store a transition that folds in this body; the group's mark then."""
    [before] = await shelf.groups.load(ACME, [GROUP])
    group = before if isinstance(before, AlertGroup) else AlertGroup(key_of())
    one = write(group, waiting(), entry=LedgerEntry())
    [answer] = await builders.store(shelf.groups, [one if not body else replace(one, body=body)])
    assert answer is ApplyResult.OK
    return (await standing(shelf.engine)).mark(GROUP)


async def test_every_change_gives_another_mark(shelf: Shelf) -> None:
    marks = [await store(shelf), await store(shelf, "X"), await store(shelf, "Y"), await store(shelf)]
    marks += [await store(shelf, "X"), await store(shelf)]

    assert len(set(marks)) == len(marks)


async def test_the_body_that_was_folded_last_leaves_the_mark_as_it_is(shelf: Shelf) -> None:
    first = await store(shelf, "X")

    assert await store(shelf, "X") == first
    other = await store(shelf)
    assert await store(shelf, "X") == other != first


async def test_what_is_refused_leaves_the_mark_as_it_is(shelf: Shelf) -> None:
    await store(shelf, "X")
    before = await standing(shelf.engine)

    answers = await builders.store(shelf.groups, [replace(write(AlertGroup(key_of()), waiting()), body="Y")])

    assert answers == [ApplyResult.CONFLICT]
    assert await standing(shelf.engine) == before


async def test_a_tenant_without_data_does_not_stand_at_all(engine: Engine) -> None:
    await engine.activate(ACME, 7)

    [acme, beta] = await engine.group_marks.standings([ACME, BETA])

    assert acme is not None
    assert (acme.version, beta) == (7, None)


async def test_duplicates_of_several_tenants_are_counted_together(engine: Engine) -> None:
    counts = {ACME: 5, BETA: 2}

    assert await engine.group_marks.count_duplicates(counts) == set()
    assert await engine.group_marks.count_duplicates(counts) == set()

    assert await engine.books.read(ACME) == {"accepted": 10, "duplicates": 10}
    assert await engine.books.read(BETA) == {"accepted": 4, "duplicates": 4}
