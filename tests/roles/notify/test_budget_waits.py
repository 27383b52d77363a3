"""For how long a lane has waited for budgets is known as long as it waits without a break."""

import pytest

from router.core.model.instant import SECOND, Span
from router.core.model.operation import Lane, Method
from router.roles.notify.budget_waits import BudgetWaits
from tests.adapters.builders import ACME, BETA

LANE = Lane("C1", Method.POST)


def refused(*at: tuple[float, float]) -> BudgetWaits:
    """Refused at each time, with so long to wait."""
    waits = BudgetWaits()
    for now_s, wait_s in at:
        waits.refused(ACME, LANE, Span(round(wait_s * SECOND)), now_s)
    return waits


@pytest.mark.parametrize(
    ("refusals", "granted_at", "waited"),
    [
        ([], 5, 0),
        ([(1, 2)], 3, 2),
        ([(1, 2)], 3.5, 2),
        ([(1, 2)], 60, 2),
        ([(1, 1), (2, 1), (3, 1)], 4, 3),
        ([(1, 1), (30, 1)], 31, 1),
    ],
)
def test_it_is_counted_from_the_first_refusal_in_a_row(
    refusals: list[tuple[float, float]], granted_at: float, waited: float
) -> None:
    assert refused(*refusals).before(ACME, LANE, granted_at) == waited * SECOND


def test_who_stands_behind_the_head_has_waited_as_long() -> None:
    waits = refused((1, 1))
    assert waits.before(ACME, LANE, 2) == SECOND

    waits.refused(ACME, LANE, Span(SECOND), 2.0)

    assert waits.before(ACME, LANE, 3) == 2 * SECOND


def test_each_lane_of_each_tenant_waits_by_itself() -> None:
    waits = refused((1, 2))

    assert waits.before(BETA, LANE, 3) == waits.before(ACME, Lane("C2", Method.POST), 3) == 0


def test_however_many_lanes_wait_ten_thousand_are_remembered() -> None:
    waits = BudgetWaits()
    for number in range(10_050):
        waits.refused(ACME, Lane(f"C{number}", Method.POST), Span(SECOND), 1.0)

    assert len(waits._waiting) == 10_000
    assert waits.before(ACME, Lane("C0", Method.POST), 2.0) == 0
