"""What is made of the figures of two pools; the faults themselves run with `make blast-radius`."""

import pytest

from bench.blast.faults import QUIET
from bench.blast.measured import verdicts
from bench.figures import Pooled, Sample


def pooled(p99_s: float, missing: int = 0) -> Pooled:
    return Pooled([Sample([0.01] * 98 + [p99_s] * 2, missing=missing)])


@pytest.mark.parametrize(("p99_s", "holds"), [(0.02, True), (0.03, True), (0.031, False)])
def test_a_fault_is_felt_where_the_p99_is_more_than_half_again_the_quiet_one(p99_s: float, *, holds: bool) -> None:
    [found] = verdicts({QUIET: pooled(0.02), "a flood": pooled(p99_s)})

    assert found.holds is holds
    assert found.text.startswith(f"a flood: p99 {p99_s * 1000:.1f} ms")


@pytest.mark.parametrize(("of_quiet", "of_fault"), [(1, 0), (0, 1)])
def test_a_message_that_is_not_shown_fails_whatever_the_rest_took(of_quiet: int, of_fault: int) -> None:
    found = verdicts({QUIET: pooled(0.02, of_quiet), "a crash loop": pooled(0.02, of_fault)})

    assert [one.holds for one in found] == [False]
