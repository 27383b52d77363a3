"""Which groups others may name, and when a group fired before: stored with the groups themselves."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest

from router.core.context import episodes as of_episodes
from router.core.context import listing as of_listing
from router.core.context.episodes import EndedEpisode, Episode
from router.core.context.listing import Listing, ListingChange, SharedKey
from router.core.context.surroundings import Found, Wanted
from router.core.model.group import AlertGroup, MessageRef
from router.core.model.instant import HOUR, MINUTE, Span
from router.ports.state import ApplyResult
from tests.adapters import builders
from tests.adapters.builders import ACME, BETA, NOON, after, key_of, waiting, write
from tests.bounds import tries
from tests.contracts.shelf import Shelf

CHECKOUT, EAST = SharedKey("aa"), SharedKey("ab")
LATER = after(3600)
KEEP, WITHIN = Span(30 * 24 * HOUR), Span(10 * MINUTE)
NOT_LISTED: Final = ListingChange()


def named(name: str, rank: int = 0) -> Listing:
    return Listing(f"{name}\n:{{é", rank, 2, MessageRef("C1", f"17.{name}"), "same", ("a1", "b2"))


def listed(name: str, rank: int = 0, keys: Sequence[SharedKey] = (CHECKOUT,)) -> ListingChange:
    return ListingChange(named(name, rank), tuple(keys), LATER)


async def put(shelf: Shelf, name: str, **changes: object) -> ApplyResult:
    """Store a group once more, with these fields of the transition."""
    [before] = await shelf.groups.load(ACME, [key_of(name).group_id])
    known = before if isinstance(before, AlertGroup) else AlertGroup(key_of(name))
    [answer] = await builders.store(shelf.groups, [replace(write(known, waiting(name)), **changes)])  # type: ignore[arg-type]
    return answer


async def ask(shelf: Shelf, name: str = "Z", *keys: SharedKey, now: float = 0, history: bool = False) -> Found:
    wanted = Wanted(key_of(name).group_id, keys, history)
    [found] = await shelf.engine.surroundings.find(ACME, [wanted], after(now))
    return found


async def names(shelf: Shelf, key: SharedKey = CHECKOUT, now: float = 0) -> list[str]:
    return [one.name[0] for one in (await ask(shelf, "Z", key, now=now)).listed[key]]


async def test_groups_are_found_under_what_they_share_the_worst_first(shelf: Shelf) -> None:
    await put(shelf, "A", listing=listed("A", 2, [CHECKOUT, EAST]))
    await put(shelf, "B", listing=listed("B", 0))

    found = await ask(shelf, "B", CHECKOUT, EAST)

    assert found == Found({CHECKOUT: [named("A", 2)], EAST: [named("A", 2)]})
    assert await names(shelf) == ["B", "A"]
    assert await shelf.engine.surroundings.find(BETA, [Wanted(key_of("Z").group_id, (EAST,))], NOON) == [
        Found({EAST: []})
    ]


async def test_what_a_group_shares_otherwise_by_now_is_found_there_alone(shelf: Shelf) -> None:
    await put(shelf, "A", listing=listed("A", 2, [CHECKOUT]))
    await put(shelf, "A", listing=listed("A", 0, [EAST]))

    assert (await names(shelf), await names(shelf, EAST)) == ([], ["A"])
    await put(shelf, "A")
    assert await names(shelf, EAST) == ["A"]


async def test_what_is_over_is_listed_no_longer(shelf: Shelf) -> None:
    for name in "AB":
        await put(shelf, name, listing=listed(name, 0, [CHECKOUT, EAST]))
    await put(shelf, "A", listing=NOT_LISTED)
    await put(shelf, "C", listing=NOT_LISTED)

    assert (await names(shelf), await names(shelf, EAST)) == (["B"], ["B"])


async def test_what_nobody_looked_at_for_long_is_not_found_and_is_tidied_away(shelf: Shelf) -> None:
    await put(shelf, "A", listing=listed("A"))
    await put(shelf, "B", listing=replace(listed("B"), until=after(60)))

    assert (sorted(await names(shelf)), await names(shelf, now=60)) == (["A", "B"], ["A"])
    await put(shelf, "C", listing=replace(listed("C"), until=after(7200)), now=LATER)
    assert await names(shelf) == ["C"]


async def test_what_is_refused_changes_neither(shelf: Shelf) -> None:
    await put(shelf, "A", listing=listed("A"))
    late = write(AlertGroup(key_of("A")), waiting("A"))
    ended = EndedEpisode(Episode(NOON, LATER), WITHIN, KEEP)

    refused = replace(late, listing=NOT_LISTED, ended=ended)
    assert await builders.store(shelf.groups, [refused]) == [ApplyResult.CONFLICT]
    assert await names(shelf) == ["A"]
    assert (await ask(shelf, "A", history=True)).episodes == ()


async def test_what_is_lost_with_all_else_is_not_found(shelf: Shelf) -> None:
    await put(shelf, "A", listing=listed("A"), ended=EndedEpisode(Episode(NOON, LATER), WITHIN, KEEP))
    await shelf.engine.lose(ACME)
    await shelf.engine.activate(ACME, 3)

    assert await ask(shelf, "A", CHECKOUT, history=True) == Found({CHECKOUT: []})
    await put(shelf, "A", listing=listed("A"))
    assert await names(shelf) == ["A"]


async def test_episodes_are_found_the_newest_first_and_outlive_their_group(shelf: Shelf) -> None:
    for start in (0, 3600, 7200):
        one = Episode(after(start), after(start + 60))
        await put(shelf, "A", ended=EndedEpisode(one, WITHIN, KEEP))
    await shelf.engine.expire(ACME, key_of("A").group_id)

    found = (await ask(shelf, "A", history=True)).episodes

    assert [(one.start - NOON) // 1_000_000 for one in found] == [7200, 3600, 0]
    assert (await ask(shelf, "B", history=True)).episodes == (await ask(shelf, "A")).episodes == ()


@pytest.mark.parametrize(
    ("start", "end", "then"),
    [
        (660, 900, [(0, 900)]),
        (0, 60, [(0, 60)]),
        (-500, -400, [(0, 60)]),
        (661, 900, [(661, 900), (0, 60)]),
    ],
)
async def test_one_that_starts_soon_after_the_last_goes_on_with_it(
    shelf: Shelf, start: int, end: int, then: list[tuple[int, int]]
) -> None:
    for one in ((0, 60), (start, end)):
        ended = EndedEpisode(Episode(after(one[0]), after(one[1])), WITHIN, KEEP)
        await put(shelf, "A", ended=ended)

    found = (await ask(shelf, "A", history=True)).episodes

    assert found == tuple(Episode(after(start), after(end)) for start, end in then)


async def test_what_ended_long_ago_makes_room(shelf: Shelf) -> None:
    for name, day in (("A", 0), ("B", 5), ("C", 31)):
        one = Episode(after(day * 86_400), after(day * 86_400 + 60))
        await put(shelf, name, ended=EndedEpisode(one, WITHIN, KEEP), now=after(day * 86_400 + 61))

    assert [len((await ask(shelf, name, history=True)).episodes) for name in "ABC"] == [0, 1, 1]


@tries("groups under one value of a label that are read")
async def test_of_more_groups_the_mildest_are_not_read(shelf: Shelf, beyond: int) -> None:
    most = of_listing.MAX_READ
    groups = [f"G{number}" for number in range(most + beyond)]
    one = write(AlertGroup(key_of("G")), waiting("G"))
    await builders.store(
        shelf.groups,
        [
            replace(one, before=AlertGroup(key_of(name)), listing=listed(name, 1 if name == "G0" else 0))
            for name in groups
        ],
    )

    found = (await ask(shelf, "Z", CHECKOUT)).listed[CHECKOUT]

    assert len(found) == min(most, most + beyond)
    assert (found[-1].rank == 1) is (beyond <= 0)


@tries("groups of a tenant that others may name")
async def test_of_more_groups_the_last_are_not_named(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    monkeypatch.setattr("router.adapters.redis.surroundings.MAX_LISTED", 3)
    monkeypatch.setattr("tests.fakes.surroundings.MAX_LISTED", 3)
    for number in range(3 + beyond):
        await put(shelf, "ABCD"[number], listing=listed("ABCD"[number]))

    assert sorted(await names(shelf)) == list("ABC")[: 3 + beyond]
    assert of_listing.MAX_LISTED == 10_000


@tries("groups of a tenant whose earlier episodes are kept")
async def test_of_more_groups_those_that_ended_first_make_room(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    monkeypatch.setattr("router.adapters.redis.surroundings.MAX_HISTORIES", 3)
    monkeypatch.setattr("tests.fakes.surroundings.MAX_HISTORIES", 3)
    for number in range(3 + beyond):
        ended = EndedEpisode(Episode(after(number), after(number + 1)), WITHIN, KEEP)
        await put(shelf, "ABCD"[number], ended=ended)

    kept = [name for name in "ABCD" if (await ask(shelf, name, history=True)).episodes]
    assert kept == list("ABCD")[max(beyond, 0) : 3 + beyond]
    assert of_episodes.MAX_HISTORIES == 10_000
