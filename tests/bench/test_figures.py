"""Figures of the bench: quantiles, rounds together and apart, what was never shown."""

import math

import pytest

from bench import comparison
from bench.documents import VICTIM, document
from bench.figures import Pooled, Sample, quantile
from bench.report import Finding, as_json, table
from bench.scenario import ALONE, FULL, SMOKE, Scenario, nobody


@pytest.mark.parametrize(
    ("share", "expected"), [(0.01, 1), (0.5, 50), (0.501, 51), (0.99, 99), (0.991, 100), (1, 100)]
)
def test_a_quantile_is_the_smallest_value_that_so_many_do_not_exceed(share: float, expected: float) -> None:
    assert quantile(list(range(100, 0, -1)), share) == expected


def test_of_nothing_every_quantile_is_never() -> None:
    assert quantile([], 0.5) == math.inf


def test_what_was_never_shown_is_later_than_all() -> None:
    pooled = Pooled([Sample([1.0, 2.0, 3.0], missing=1)])

    assert (pooled.at(0.75), pooled.at(0.76)) == (3.0, math.inf)


def test_rounds_count_together_and_spread_apart() -> None:
    pooled = Pooled([Sample([1.0] * 9), Sample([5.0], cpu={"worker": 0.5})])

    assert pooled.at(0.9) == 1.0
    assert pooled.spread(0.9) == (1.0, 5.0)
    assert pooled.cpu() == {"worker": 0.25}


def finding(alone_s: float, beside_s: float, missing: int = 0) -> Finding:
    scenario = Scenario("s", "a scenario", [document(VICTIM)], {"beside": nobody})
    found = {ALONE: Pooled([Sample([alone_s])]), "beside": Pooled([Sample([beside_s], missing)])}
    return Finding(scenario, found, scenario.verdicts(found, FULL))


@pytest.mark.parametrize(
    ("alone_s", "beside_s", "holds"),
    [(0.1, 0.25, True), (0.1, 0.251, False), (0.2, 0.4, True), (0.2, 0.401, False)],
)
def test_a_condition_may_take_so_many_times_its_yardstick_or_the_floor(
    alone_s: float, beside_s: float, *, holds: bool
) -> None:
    assert finding(alone_s, beside_s).holds is holds


def test_a_message_that_never_came_fails_whatever_the_others_took() -> None:
    failed = finding(0.1, 0.1, missing=1)

    assert not failed.holds
    assert "FAILS: beside" in table(failed)
    assert "never" in table(failed)
    assert '"holds": false' in as_json([failed], SMOKE, [], comparison.SMOKE)


def test_at_full_size_a_p99_has_a_thousand_samples() -> None:
    assert FULL.rounds * round(FULL.seconds * 3) >= 1000
