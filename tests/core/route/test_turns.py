"""What is routed in one go takes one turn, however costly a tenant's patterns are, and leaves nothing out."""

import random
from functools import partial

import pytest

from router.core.model.observation import Observations
from router.core.model.rules.tenant import Tenant
from router.core.route.tree import assign
from router.core.route.turns import TURN_WORK, pieces
from tests.core.builders import a_route, a_tenant, alert_of, observed
from tests.cost import cpu_seconds

WALKING = [f"[ab]*a[ab]{{{100 - number % 20}}}c{number}" for number in range(80)]
LONG = "".join(random.Random(7).choices("ab", k=5_000))


def a_costly_tenant() -> Tenant:
    return a_tenant(a_route(receiver="r", routes=[a_route(f"a=~{one}", receiver="x") for one in WALKING]))


def alerts_of(seen: list[Observations]) -> list[str]:
    return [alert.labels["n"] for part in seen for alert in part.alerts]


def test_alerts_that_cost_nothing_are_cut_by_their_number() -> None:
    seen = observed(*(alert_of(n=str(n)) for n in range(25)))
    found = list(pieces(a_tenant(), seen, 10))
    assert [len(part.alerts) for part in found] == [10, 10, 5]
    assert alerts_of(found) == [str(n) for n in range(25)]
    assert {part.observed for part in found} == {seen.observed}


def test_of_no_alerts_there_is_no_piece() -> None:
    assert list(pieces(a_tenant(), observed(), 10)) == []


@pytest.mark.parametrize(("value", "sizes"), [("a", [10, 10]), ("ab" * 4, [2] * 10), (LONG, [1] * 20)])
def test_alerts_that_cost_much_are_cut_by_what_they_cost(value: str, sizes: list[int]) -> None:
    seen = observed(*(alert_of(n=str(n), a=value) for n in range(20)))
    found = list(pieces(a_costly_tenant(), seen, 10))
    assert [len(part.alerts) for part in found] == sizes
    assert alerts_of(found) == [str(n) for n in range(20)]


def test_a_piece_takes_one_turn() -> None:
    """About 5 ms on a machine of its own."""
    tenant = a_costly_tenant()
    assert sum(tenant.pattern_sizes.values()) > TURN_WORK / 100
    parts = list(pieces(tenant, observed(*(alert_of(n=str(n), a=LONG) for n in range(10))), 10))
    assert min(cpu_seconds(partial(assign, tenant, part), times=1) for part in parts) < 0.05
