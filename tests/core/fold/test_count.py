"""What a tenant's own metrics count: each alert once each time it begins to fire, and no record twice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.engine import fold
from router.core.fold import count as counting
from router.core.fold.count import added, counted, number_in
from router.core.match.matcher import parse_matchers
from router.core.model.alert import Alert
from router.core.model.group import AlertGroup
from router.core.model.key import GroupKey
from router.core.model.observation import Observations
from router.core.model.rules.metric import Counts, CustomMetric, CustomMetrics, NumberIn, Part, SeriesLabels
from router.core.model.rules.route import Route
from router.core.model.rules.tenant import Tenant
from router.core.route.tree import assign
from tests.bounds import tries
from tests.core.builders import (
    SEVERITY,
    a_resolve,
    a_route,
    a_tenant,
    a_timing,
    an_alert,
    at,
    hours,
    minutes,
    observed,
)
from tests.examples import examples

ALL: Final = CustomMetric("alerts_total", "", (), ("severity",))
WARNINGS: Final = CustomMetric("warnings_total", "", parse_matchers("severity=warning"))
SIZES: Final = CustomMetric(
    "sizes", "", parse_matchers("alertname=A"), (), NumberIn(Part.ANNOTATION, "value"), (0.5, 1.0)
)
LATER: Final = at(hours(1))


def counting_tenant(*metrics: CustomMetric, route: Route | None = None) -> Tenant:
    return replace(a_tenant(route), metrics=CustomMetrics(metrics))


def life(tenant: Tenant, bodies: Sequence[Observations]) -> Counts:
    """What comes of bodies, each routed, folded and counted in turn."""
    groups: dict[GroupKey, AlertGroup] = {}
    found = list[Counts]()
    for body in bodies:
        for part in assign(tenant, body):
            before = groups.get(part.key, AlertGroup(part.key))
            after = fold(before, part.seen, a_timing(), SEVERITY, LATER).after
            groups[part.key] = after
            found.append(counted(tenant, before, part.seen, after))
    assert all(series for counts in found for series in counts.values()), "a metric is there for what is added to it"
    return added(found)


def of_one(
    metric: CustomMetric, bodies: Sequence[Observations], route: Route | None = None
) -> Mapping[SeriesLabels, tuple[float, ...]]:
    return life(counting_tenant(metric, route=route), bodies).get(metric.metric_id, {})


def test_an_alert_counts_once_however_often_it_is_sent() -> None:
    bodies = [observed(an_alert(), when=at(minutes(minute))) for minute in range(3)]

    assert of_one(ALL, bodies) == {("warning",): (1,)}


def test_it_counts_again_when_it_begins_again() -> None:
    ended = observed(a_resolve(ends=at(minutes(1))), when=at(minutes(1)))
    again = observed(an_alert(starts=at(minutes(2))), when=at(minutes(2)))

    assert of_one(ALL, [observed(an_alert()), ended, again]) == {("warning",): (2,)}


def test_an_alert_that_is_heard_of_by_its_end_never_began() -> None:
    assert of_one(ALL, [observed(a_resolve(ends=at(minutes(1))), when=at(minutes(1)))]) == {}


def test_alerts_count_where_all_matchers_hold_by_the_values_of_the_labels() -> None:
    alerts = [an_alert("A"), an_alert("B", severity="critical"), an_alert("C", labels={"alertname": "C"})]

    assert of_one(ALL, [observed(*alerts)]) == {("warning",): (1,), ("critical",): (1,), ("",): (1,)}
    assert of_one(WARNINGS, [observed(*alerts)]) == {(): (1,)}


def test_an_alert_of_several_routes_counts_once() -> None:
    everywhere = a_route(routes=[a_route("severity=warning", continue_=True), a_route("alertname=A")])

    assert of_one(ALL, [observed(an_alert("A"), an_alert("B"))], everywhere) == {("warning",): (2,)}


def test_without_metrics_nothing_is_looked_at() -> None:
    assert life(a_tenant(), [observed(an_alert())]) == {}


@pytest.mark.parametrize(
    ("text", "adds"),
    [
        ("0.2", (1, 0.2, 1, 0)),
        ("0.5", (1, 0.5, 1, 0)),
        (" 6e-1 ", (1, 0.6, 0, 1)),
        ("+7", (1, 7, 0, 0)),
        ("-1", (1, -1, 1, 0)),
    ],
)
def test_a_number_lies_in_the_first_bucket_that_is_not_below_it(text: str, adds: tuple[float, ...]) -> None:
    [found] = of_one(SIZES, [observed(an_alert("A", annotations={"value": text}))]).values()

    assert found == adds


@pytest.mark.parametrize("text", ["", "93%", "NaN", "+Inf", "1_000", "1e999", "1e101", "٣", "0x10", "1" * 60])
def test_what_is_no_number_does_not_count(text: str) -> None:
    assert of_one(SIZES, [observed(an_alert("A", annotations={"value": text}))]) == {}


def test_what_has_no_number_adds_nothing_and_other_metrics_count_it() -> None:
    found = life(counting_tenant(SIZES, ALL), [observed(an_alert())])

    assert list(found) == [ALL.metric_id]


def test_a_number_may_stand_in_a_label() -> None:
    metric = replace(SIZES, number=NumberIn(Part.LABEL, "size"))

    assert of_one(metric, [observed(an_alert(labels={"alertname": "A", "size": "3"}))]) == {(): (1, 3, 0, 0)}


@tries("value of a label that has a series of its own")
def test_a_longer_value_is_counted_with_all_others(beyond: int) -> None:
    severity = "x" * (counting.MAX_SERIES_LABEL + beyond)

    [series] = of_one(ALL, [observed(an_alert(severity=severity))])

    assert series == (("_other",) if beyond > 0 else (severity,))


BODIES: Final = st.lists(
    st.builds(
        lambda name, is_over, begun, lasted: (
            a_resolve(name, starts=at(minutes(begun)), ends=at(minutes(begun + lasted)))
            if is_over
            else an_alert(name, starts=at(minutes(begun)))
        ),
        st.sampled_from("AB"),
        st.booleans(),
        st.integers(0, 9),
        st.integers(1, 9),
    ),
    max_size=8,
)


@examples(80)
@given(BODIES)
def test_what_comes_again_adds_nothing(alerts: list[Alert]) -> None:
    bodies = [observed(one, when=at(minutes(minute))) for minute, one in enumerate(alerts)]
    tenant = counting_tenant(ALL, WARNINGS)

    assert life(tenant, [*bodies, *bodies]) == life(tenant, bodies)


@examples(60)
@given(st.floats(allow_nan=False, min_value=-1e100, max_value=1e100))
def test_every_number_that_is_printed_is_read(number: float) -> None:
    assert number_in(repr(number)) == number


def test_the_id_is_of_what_is_counted_and_not_of_the_words() -> None:
    assert replace(ALL, help="x").metric_id == ALL.metric_id
    others = [
        replace(ALL, name="b_total"),
        replace(ALL, labels=()),
        replace(ALL, matchers=WARNINGS.matchers),
        SIZES,
        replace(SIZES, number=NumberIn(Part.LABEL, "value")),
        replace(SIZES, buckets=(0.5,)),
    ]
    assert len({ALL.metric_id, *(one.metric_id for one in others)}) == 7
