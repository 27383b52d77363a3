"""Alerts that inhibit others: stored with the group in which they fire, and whoever awaits their end is due then."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pytest

from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.ledger import LedgerEntry
from router.core.model.muted import Muted, MutedBy
from router.core.model.phase import Held
from router.core.model.rules.inhibit import RuleId, SourceKey
from router.core.mute.inhibition import Source, SourceChange
from router.ports.state import ApplyResult, StoreTransition
from tests.adapters import builders
from tests.adapters.builders import ACME, BETA, NOON, after, idle, key_of, queued, waiting, write
from tests.contracts.shelf import FAR, Shelf

DOWN, LATE = SourceKey("rule1:s:aa"), SourceKey("rule2:s:aa")
YEARS: Final = 100_000_000
"""Seconds: keys expire by the time of the engine, which is not that of the tests."""
SOON, LATER = after(YEARS), after(2 * YEARS)


def states(until: Mapping[str, Instant], ended: Sequence[str] = ()) -> Mapping[SourceKey, SourceChange]:
    alerts = {AlertId(name): at for name, at in until.items()}
    return {DOWN: SourceChange(alerts, [AlertId(name) for name in ended])}


async def put(shelf: Shelf, name: str, then: AlertGroup | None = None, **changes: object) -> ApplyResult:
    """Store the next transition of a group, with these fields of it; as it was where it is not named."""
    [before] = await shelf.groups.load(ACME, [key_of(name).group_id])
    known = before if isinstance(before, AlertGroup) else AlertGroup(key_of(name))
    now = changes.pop("now", NOON)
    assert isinstance(now, int)
    one: StoreTransition = write(known, then or known, now=Instant(now), entry=LedgerEntry())
    [answer] = await builders.store(shelf.groups, [replace(one, **changes)])  # type: ignore[arg-type]
    return answer


async def known(shelf: Shelf, *wanted: SourceKey) -> Mapping[SourceKey, Source]:
    return await shelf.engine.sources.latest(ACME, wanted or [DOWN, LATE])


async def test_of_several_sources_the_one_that_counts_for_longest_is_known(shelf: Shelf) -> None:
    assert await known(shelf) == {}
    await put(shelf, "A", waiting("A"), sources=states({"S1": SOON, "S2": LATER, "S:3": SOON}))

    assert await known(shelf) == {DOWN: Source(AlertId("S2"), LATER)}
    assert await known(shelf, LATE) == await shelf.engine.sources.latest(BETA, [DOWN]) == {}
    assert await shelf.engine.sources.latest(ACME, []) == {}


async def test_a_source_ends_and_another_goes_on(shelf: Shelf) -> None:
    await put(shelf, "A", waiting("A"), sources=states({"S:1": SOON, "S2": LATER}))

    await put(shelf, "A", sources=states({}, ["S2"]))
    assert await known(shelf) == {DOWN: Source(AlertId("S:1"), SOON)}
    await put(shelf, "A", sources=states({}, ["S:1"]))
    assert await known(shelf) == {}


async def test_each_group_states_its_own_alerts_alone(shelf: Shelf) -> None:
    await put(shelf, "A", waiting("A"), sources=states({"S": LATER}))
    await put(shelf, "B", waiting("B"), sources=states({"S": SOON}))

    await put(shelf, "A", sources=states({}, ["S"]))

    assert await known(shelf) == {DOWN: Source(AlertId("S"), SOON)}


async def test_a_source_that_is_seen_again_counts_for_longer(shelf: Shelf) -> None:
    await put(shelf, "A", waiting("A"), sources=states({"S": SOON}))
    await put(shelf, "A", sources=states({"S": LATER}))

    assert await known(shelf) == {DOWN: Source(AlertId("S"), LATER)}


async def test_what_is_refused_states_nothing(shelf: Shelf) -> None:
    await put(shelf, "A", waiting("A"))
    one = replace(write(AlertGroup(key_of("A")), waiting("A")), sources=states({"S": SOON}))

    assert await builders.store(shelf.groups, [one]) == [ApplyResult.CONFLICT]
    assert await known(shelf) == {}


@pytest.mark.parametrize("ended", [["S1"], ["S1", "S2"]])
async def test_a_group_that_awaits_the_end_of_the_last_source_is_due_then(shelf: Shelf, ended: list[str]) -> None:
    await put(shelf, "A", waiting("A"), sources=states({"S1": SOON, "S2": LATER}))
    await put(shelf, "B", waiting("B", due=LATER), awaits=frozenset({DOWN}))
    await put(shelf, "C", waiting("C", due=LATER))

    await put(shelf, "A", idle(waiting("A"), due=FAR), sources=states({}, ended), now=after(60))

    due = [None if (at := await shelf.due_at(name)) is None else at - NOON for name in "BC"]
    is_freed = len(ended) == 2
    assert due == [60_000_000 if is_freed else None, None]


async def test_a_group_that_comes_too_late_for_the_end_is_due_at_once(shelf: Shelf) -> None:
    await put(shelf, "A", waiting("A"), sources=states({"S": SOON}))
    await put(shelf, "A", sources=states({}, ["S"]))

    await put(shelf, "B", waiting("B", due=LATER), awaits=frozenset({DOWN}), now=after(9))

    assert await shelf.due_at("B") == after(9)


async def test_what_changes_nothing_of_a_group_that_is_held_back_leaves_the_time_at_which_it_is_looked_at(
    shelf: Shelf,
) -> None:
    """An observation that comes again must not undo that the end of a source made it due; a decision does."""
    held = Held(Muted(MutedBy.INHIBITED, "down"), LATER)
    await put(shelf, "A", waiting("A"), sources=states({"S": SOON}))
    await put(shelf, "B", waiting("B", phase=held), awaits=frozenset({DOWN}))
    await put(shelf, "A", sources=states({}, ["S"]), now=after(5))

    await put(shelf, "B")
    assert await shelf.due_at("B") == after(5)
    await put(shelf, "B", waiting("B", phase=replace(held, until=after(7))))
    assert await shelf.due_at("B") == after(7)


async def test_sources_that_count_no_longer_free_nobody_twice(shelf: Shelf) -> None:
    """It was looked at meanwhile, and waits for something else by now; and one in a lane is not made due."""
    await put(shelf, "A", waiting("A"), sources=states({"S": SOON}))
    for name in "BC":
        await put(shelf, name, waiting(name, due=LATER), awaits=frozenset({DOWN}))
    await put(shelf, "C", queued(waiting("C")))
    await put(shelf, "A", sources=states({}, ["S"]), now=after(5))
    await put(shelf, "B", waiting("B", due=LATER))
    await put(shelf, "A", sources=states({"S": SOON}))
    await put(shelf, "A", sources=states({}, ["S"]), now=after(7))

    assert (await shelf.due_at("B"), await shelf.due_at("C")) == (None, None)


async def test_a_source_that_counts_no_longer_by_the_time_of_the_transition_is_none(shelf: Shelf) -> None:
    await put(shelf, "A", waiting("A"), sources=states({"S": SOON}))
    await put(shelf, "B", waiting("B", due=after(3 * YEARS)), awaits=frozenset({DOWN}))

    await put(shelf, "A", sources=states({}, ["other"]), now=SOON)

    assert await known(shelf) == {}


async def test_the_sources_of_rules_that_are_gone_are_forgotten_and_who_awaits_them_is_due(shelf: Shelf) -> None:
    both = {**states({"S": SOON}), LATE: SourceChange({AlertId("S"): SOON}, [])}
    await put(shelf, "A", waiting("A"), sources=both)
    await put(shelf, "B", waiting("B", due=LATER), awaits=frozenset({DOWN}))
    await put(shelf, "C", waiting("C", due=LATER), awaits=frozenset({LATE}))

    for _ in range(2):
        await shelf.engine.sources.keep_only(ACME, {RuleId("rule2")}, after(4))

    assert await known(shelf) == {LATE: Source(AlertId("S"), SOON)}
    assert (await shelf.due_at("B"), await shelf.due_at("C")) == (after(4), None)


async def test_very_many_sources_are_stored_and_ended_in_one_step(shelf: Shelf) -> None:
    names = [f"S{number}" for number in range(3_000)]
    await put(shelf, "A", waiting("A"), sources=states(dict.fromkeys(names, SOON)))
    assert set(await known(shelf)) == {DOWN}

    await put(shelf, "A", sources=states({}, names))
    assert await known(shelf) == {}
