"""The page of a tenant's own metrics, as Prometheus' own readers take it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import pytest
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_plain

from router.core.model.rules.metric import CustomMetric, NumberIn, Part
from router.observe.exposition import Series, exposition

ALERTS: Final = CustomMetric("alerts_total", "All\nof them.", (), ("severity", "service"))
EACH: Final = CustomMetric("each_total", "", ())
SIZES: Final = CustomMetric("size_ratio", "Sizes.", (), ("disk",), NumberIn(Part.LABEL, "size"), (0.5, 1.0))
FOUND: Final[list[Series]] = [
    {("page", 'a"b\\\n'): (3.0,), ("", "é"): (1.0,)},
    {},
    {("sda",): (4.0, 3.5, 1.0, 2.0)},
]
FORMS: Final[Mapping[str, Callable[[str], Iterable[Family]]]] = {
    "text/plain": read_plain,
    "application/openmetrics-text;version=1.0.0": read_openmetrics,
}

Read = dict[str, list[tuple[dict[str, str], float]]]


def samples(accept: str, metrics: list[CustomMetric], found: list[Series]) -> Read:
    text = exposition(metrics, found, accept).body.decode()
    read: Read = {}
    for family in FORMS[accept](text):
        for one in family.samples:
            read.setdefault(one.name, []).append((one.labels, one.value))
    return read


@pytest.mark.parametrize("accept", FORMS)
def test_the_page_has_what_is_stored(accept: str) -> None:
    read = samples(accept, [ALERTS, EACH, SIZES], FOUND)

    assert read == {
        "alerts_total": [
            ({"severity": "", "service": "é"}, 1),
            ({"severity": "page", "service": 'a"b\\\n'}, 3),
        ],
        "each_total": [({}, 0)],
        "size_ratio_bucket": [
            ({"disk": "sda", "le": "0.5"}, 1),
            ({"disk": "sda", "le": "1.0"}, 3),
            ({"disk": "sda", "le": "+Inf"}, 4),
        ],
        "size_ratio_count": [({"disk": "sda"}, 4)],
        "size_ratio_sum": [({"disk": "sda"}, 3.5)],
    }


@pytest.mark.parametrize("accept", FORMS)
def test_without_metrics_it_is_empty(accept: str) -> None:
    assert samples(accept, [], []) == {}


def test_what_is_damaged_is_left_out() -> None:
    damaged: list[Series] = [{("page",): (3.0,), ("page", "a"): (1.0, 2.0)}]

    assert samples("text/plain", [ALERTS], damaged) == {}


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "text/plain; version=0.0.4; charset=utf-8"),
        ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
        (
            "application/openmetrics-text;version=9.9\r\nx",
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        ),
    ],
)
def test_the_form_is_one_that_is_asked_for(accept: str, content_type: str) -> None:
    assert exposition([], [], accept).content_type == content_type
