"""What tenants count of their alerts: stored with the group that was folded, whole or not at all."""

from dataclasses import replace
from typing import Final

from router.adapters.redis.metrics import keys_of, plan_of
from router.core.context.episodes import EndedEpisode, Episode
from router.core.context.listing import Listing, ListingChange, SharedKey
from router.core.context.surroundings import Wanted
from router.core.fold.count import MAX_SERIES
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, Span
from router.core.model.rules.metric import Counts, MetricId, SeriesLabels, Sums
from router.ports.state import ApplyResult
from tests.adapters import builders
from tests.adapters.builders import ACME, BETA, after, key_of, waiting, write
from tests.bounds import tries
from tests.contracts.shelf import Shelf

ALERTS, SIZES = MetricId("aa"), MetricId("ab")
PAGE: Final = ("page", 'é"\\ ')


async def put(shelf: Shelf, name: str, counts: Counts, rev: int | None = None) -> ApplyResult:
    """Store a group once more, with these counts."""
    [before] = await shelf.groups.load(ACME, [key_of(name).group_id])
    known = before if isinstance(before, AlertGroup) else AlertGroup(key_of(name))
    known = known if rev is None else replace(known, rev=rev)
    [answer] = await builders.store(shelf.groups, [replace(write(known, waiting(name)), counts=counts)])
    return answer


async def series(shelf: Shelf, metric: MetricId = ALERTS) -> dict[SeriesLabels, Sums]:
    [found] = await shelf.engine.counts.read(ACME, [metric])
    return dict(found)


async def test_what_groups_count_adds_up_by_series(shelf: Shelf) -> None:
    await put(shelf, "A", {ALERTS: {PAGE: (2,), ("", ""): (1,)}, SIZES: {(): (2, 1.5, 1, 0)}})
    await put(shelf, "B", {ALERTS: {PAGE: (1,)}, SIZES: {(): (1, -0.1, 0, 1)}})
    await put(shelf, "B", {})

    assert await series(shelf) == {PAGE: (3,), ("", ""): (1,)}
    assert await series(shelf, SIZES) == {(): (3, 1.4, 1, 1)}
    assert await shelf.engine.counts.read(BETA, [ALERTS]) == [{}]


async def test_what_was_not_stored_counts_nothing(shelf: Shelf) -> None:
    await put(shelf, "A", {ALERTS: {PAGE: (1,)}})

    assert await put(shelf, "A", {ALERTS: {PAGE: (1,)}}, rev=7) is ApplyResult.CONFLICT
    assert await series(shelf) == {PAGE: (1,)}


async def test_beside_all_else_that_is_stored_each_finds_its_place(shelf: Shelf) -> None:
    """A listing and an episode are stored under the keys before."""
    key, listing = SharedKey("aa"), Listing("A", 0, 1)
    over = EndedEpisode(Episode(after(-9), after(0)), Span(MINUTE), Span(HOUR))
    one = write(AlertGroup(key_of("A")), waiting("A"))
    one = replace(one, listing=ListingChange(listing, (key,), after(9)), ended=over, counts={ALERTS: {PAGE: (1,)}})

    assert await builders.store(shelf.groups, [one]) == [ApplyResult.OK]

    [found] = await shelf.engine.surroundings.find(ACME, [Wanted(key_of("B").group_id, (key,))], after(0))
    assert found.listed == {key: [listing]}
    [past] = await shelf.engine.surroundings.find(ACME, [Wanted(key_of("A").group_id, (), history=True)], after(0))
    assert past.episodes == (over.episode,)
    assert await series(shelf) == {PAGE: (1,)}


@tries("series of one metric")
async def test_of_more_series_the_last_count_together(shelf: Shelf, beyond: int) -> None:
    many: dict[SeriesLabels, Sums] = {(str(number), ""): (1,) for number in range(MAX_SERIES + beyond)}
    await put(shelf, "A", {ALERTS: many})
    await put(shelf, "A", {ALERTS: {("0", ""): (1,)}})

    found = await series(shelf)

    assert (("_other", "_other") in found) is (beyond > 0)
    assert list(found["0", ""]) == [2]
    assert sum(one for (one,) in found.values()) == len(many) + 1


def test_what_counts_nothing_costs_nothing() -> None:
    one = write(AlertGroup(key_of("A")), waiting("A"))

    assert (keys_of(one), plan_of(one)) == ([], {})
