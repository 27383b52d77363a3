"""Comparisons of the bench: an unsteady round is repeated, goals and guards mean what they state."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from bench.compared import as_data, table
from bench.comparison import BARE, OURS, Amount, Compared, Comparison, Figures, Goal, Measure, Side, compare
from bench.documents import CHANNELS
from bench.load import TENANTS, alerts, body, for_alertmanager, tenant_of, unlimited
from bench.speed.running import COMPARISONS
from bench.stage import Stage
from router.config.check import check
from router.config.document.tenant import TenantDocument

GOAL = Goal("per s", BARE, Side.AT_LEAST, bound=0.6, guard=0.1)


def _comparison(bare: Sequence[float], ours: Sequence[float]) -> Comparison:
    @asynccontextmanager
    async def contenders(_stage: Stage, _amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
        yield {BARE: _one_after_another(bare), OURS: _one_after_another(ours)}

    return Comparison("some", "a title", contenders, (GOAL,), steady="per s")


def _one_after_another(rates: Sequence[float]) -> Measure:
    left: Iterator[float] = iter(rates)

    async def measure() -> Figures:
        return {"per s": next(left)}

    return measure


async def _compared(comparison: Comparison, rounds: int, repeats: int) -> Compared:
    return await compare(comparison, cast("Stage", None), Amount(rounds, repeats, scale=1))


async def test_each_round_is_beside_the_yardsticks_just_before_and_just_after_it() -> None:
    found = await _compared(_comparison([100, 200, 300], [60, 50]), rounds=2, repeats=0)

    assert [one[BARE]["per s"] for one in found.rounds] == [150, 250]
    assert found.ratios(GOAL) == [0.4, 0.2]


async def test_a_round_whose_yardsticks_differ_by_more_than_two_is_repeated() -> None:
    found = await _compared(_comparison([100, 201, 200], [1, 60]), rounds=1, repeats=1)

    assert (found.repeated, found.ratios(GOAL)) == (1, [60 / 200.5])


async def test_where_no_round_was_steady_the_last_is_shown_and_counted() -> None:
    found = await _compared(_comparison([100, 300, 100], [60, 60]), rounds=1, repeats=1)

    assert (len(found.rounds), found.repeated) == (1, 2)
    assert "1 rounds, 2 not used" in table(found)


@pytest.mark.parametrize(
    ("ours", "verdict", "holds"), [(70, "reached", True), (50, "behind", True), (9, "behind", False)]
)
async def test_a_missed_goal_is_reported_and_a_passed_guard_fails(ours: float, verdict: str, *, holds: bool) -> None:
    found = await _compared(_comparison([100, 100], [ours]), rounds=1, repeats=0)

    assert f": {verdict};" in table(found)
    assert found.holds is holds
    assert as_data(found)["goals"][0]["reached"] is (verdict == "reached")


async def test_a_goal_without_its_yardstick_is_reported_as_not_measured() -> None:
    found = await _compared(_comparison([100, 100], [70]), rounds=1, repeats=0)
    beside = Compared(found.comparison, [{OURS: found.rounds[0][OURS]}], 0)

    assert "not measured" in table(beside)


@pytest.mark.parametrize(("side", "ratio", "holds"), [(Side.AT_MOST, 2.0, True), (Side.AT_MOST, 2.1, False)])
def test_a_bound_holds_on_its_side(side: Side, ratio: float, *, holds: bool) -> None:
    assert Goal("cpu us", BARE, side, 2.0, 2.0).holds(ratio, 2.0) is holds


def test_nothing_to_divide_by_passes_no_guard() -> None:
    ratio = GOAL.ratio({OURS: {"per s": 1.0}, BARE: {"per s": 0.0}})

    assert not GOAL.holds(ratio, GOAL.guard)


@pytest.mark.parametrize("name", COMPARISONS)
def test_no_guard_is_stricter_than_its_goal(name: str) -> None:
    assert all(one.holds(one.bound, one.guard) for one in COMPARISONS[name].goals)


async def test_what_is_below_the_floor_passes_no_guard() -> None:
    goal = Goal("ms", BARE, Side.AT_MOST, bound=1.5, guard=8, floor=2000)
    found = await _compared(_comparison([100, 100], [70]), rounds=1, repeats=0)
    guarded = [Compared(found.comparison, [{OURS: {"ms": ms}, BARE: {"ms": 10.0}}], 0) for ms in (80, 2000, 2001)]

    assert [one.guarded(goal) for one in guarded] == [True, True, False]


def test_the_tenants_without_limits_are_valid_documents() -> None:
    assert isinstance(check(unlimited(TENANTS[0])), TenantDocument)


def test_groups_are_spread_over_all_tenants_and_channels() -> None:
    spread = {(tenant_of(group), alerts("r", group)[0]["labels"]["channel"]) for group in range(1000)}

    assert len(spread) == len(TENANTS) * CHANNELS


def test_alertmanager_gets_the_same_alerts_of_600_bytes() -> None:
    some = alerts("r", 7, count=5)
    sent: list[dict[str, Any]] = for_alertmanager("fast-7", some)

    assert [{**one["labels"], "tenant": "fast-7"} for one in some] == [one["labels"] for one in sent]
    assert len(body(some)) / len(some) == pytest.approx(600, rel=0.2)
