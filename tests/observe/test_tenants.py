"""Of the busiest tenants there are series, of all others one; and no counter goes backwards."""

from collections import Counter
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from router.config.values import TenantText
from router.core.model.alert import TenantId
from router.observe.table.tenants import OTHER
from router.observe.tenants import Level, TenantMetrics, Waiting

ACME, BETA, CORA = map(TenantId, ("acme", "beta", "cora"))
EVERY: Final = (ACME, BETA, CORA)


class Measured:
    """What is read of metrics."""

    def __init__(self) -> None:
        self.tenants = TenantMetrics()

    def of(self, name: str, **labels: str) -> dict[str, float]:
        [series] = [series for row, series in self.tenants.series() if row.full_name == f"alert_router_tenant_{name}"]
        return {values[0]: value for values, value in series if set(labels.values()) <= set(values)}

    @property
    def count(self) -> int:
        return sum(len(list(series)) for _, series in self.tenants.series())


def test_before_anybody_is_named_all_count_among_the_others() -> None:
    measured = Measured()
    measured.tenants.accepted(ACME, 3)
    measured.tenants.notified(BETA)

    assert measured.of("alerts_accepted_total") == {OTHER: 3}
    assert measured.of("notifications_total") == {OTHER: 1}


def test_whoever_is_named_is_there_from_the_start() -> None:
    measured = Measured()
    measured.tenants.name([ACME])

    for name in ("alerts_accepted_total", "notifications_total", "pending_changes", "held_records"):
        assert measured.of(name) == {ACME: 0, OTHER: 0}


_STEPS: Final = st.lists(
    st.one_of(
        st.lists(st.sampled_from(EVERY), unique=True),
        st.tuples(st.sampled_from(EVERY), st.integers(1, 9)),
    ),
    max_size=30,
)


@given(_STEPS)
def test_no_counter_goes_backwards_and_together_they_count_all(
    steps: list[list[TenantId] | tuple[TenantId, int]],
) -> None:
    measured, highest, total, left = Measured(), Counter[str](), 0, Counter[str]()
    for step in steps:
        if isinstance(step, tuple):
            measured.tenants.accepted(*step)
            total += step[1]
        else:
            measured.tenants.name(step)
        now = measured.of("alerts_accepted_total")
        assert all(now[name] >= highest[name] for name in now)
        highest.update({name: value - highest[name] for name, value in now.items()})
        left |= highest
    assert sum(left.values()) == total


def test_what_waits_of_the_others_is_summed_and_the_longest_wait_of_them_is_theirs() -> None:
    measured = Measured()
    measured.tenants.name([ACME])
    waiting = {ACME: Waiting(1, 0, 2.0), BETA: Waiting(3, 4, 50.0), CORA: Waiting(5, 6, 7.0)}
    measured.tenants.waiting = lambda: waiting
    measured.tenants.held = {ACME: 8, CORA: 9}

    assert measured.of("pending_changes") == {ACME: 1, OTHER: 8}
    assert measured.of("parked_groups") == {ACME: 0, OTHER: 10}
    assert measured.of("oldest_due_seconds") == {ACME: 2, OTHER: 50}
    assert measured.of("held_records") == {ACME: 8, OTHER: 9}


def test_what_is_not_known_of_a_tenant_is_not_there() -> None:
    measured = Measured()
    measured.tenants.name([ACME, BETA])
    measured.tenants.levels = {ACME: Level(5.0, {"posts": 3}, 0.5), CORA: Level(6.0, {"posts": 4}, 0.7)}

    assert measured.of("last_heard_timestamp_seconds") == {ACME: 5}
    assert measured.of("budget_left", budget="posts") == {ACME: 3}
    assert measured.of("quota_used_ratio") == {ACME: 0.5}


def test_the_others_have_a_name_that_no_tenant_can_have() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(TenantText).validate_python(OTHER)


def test_a_page_with_ten_thousand_tenants_has_no_more_series_than_one_with_as_many_as_are_named() -> None:
    pages = []
    for count in (100, 10_000):
        measured, tenants = Measured(), [TenantId(f"tenant-{number:05}") for number in range(count)]
        measured.tenants.name(tenants[:100])
        for tenant in tenants:
            measured.tenants.accepted(tenant, 1)
        waiting = dict.fromkeys(tenants, Waiting(1, 1, 1.0))
        measured.tenants.waiting = lambda waiting=waiting: waiting  # type: ignore[misc]
        pages.append(measured.count)

    assert pages[0] == pages[1]
