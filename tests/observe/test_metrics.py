"""The table of metrics is what a process measures, and holds every value that a label can have."""

import re
from typing import Final

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from router.core.fold.admit import Refusal
from router.http.connections import Ended
from router.observe.metric import Kind, Metric
from router.observe.metrics import ROWS, Metrics
from router.observe.page import Pages
from router.observe.table import gateway, ingest, notify
from router.ports.kafka import Unread
from router.roles.charting.drawing import Outcome
from router.roles.ingest.event_topics import EventOutcome
from router.roles.ingest.origins import Worth
from router.roles.ingest.skew import Skew
from tests.docs.pages import TOP
from tests.docs.test_interfaces import _REASON, found

BY_VALUE = {"unknown_tenant", "configuration_unreadable", "undecipherable"}
"""Reasons that are not written where an error is raised."""

UNITS: Final = ("_seconds", "_bytes", "_ratio", "_timestamp_seconds")


def page() -> str:
    return Pages(Metrics(CollectorRegistry())).page("").content.decode()


def test_every_metric_of_a_process_is_a_row_and_every_row_is_measured() -> None:
    measured = list(text_string_to_metric_families(page()))

    assert {one.name: one.type for one in measured} == {row.family: row.kind.value for row in ROWS}
    assert {one.documentation for one in measured} == {row.text for row in ROWS}


def test_every_row_is_on_the_page_of_metrics() -> None:
    text = (TOP / "docs/metrics.md").read_text(encoding="utf-8")

    assert {row.full_name for row in ROWS} == set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


def test_no_two_rows_have_a_name() -> None:
    assert len({row.full_name for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", [row for row in ROWS if all(row.labels.values())], ids=lambda row: row.name)
def test_every_series_is_there_from_the_start_at_zero(row: Metric) -> None:
    lines = [one for one in page().splitlines() if one.startswith((f"{row.full_name}{{", f"{row.full_name} "))]

    if row.kind is Kind.HISTOGRAM:
        assert f"{row.full_name}_count 0.0" in page()
    else:
        assert len(lines) == max(1, len(row.series()))
        assert row.name == "configuration_age_seconds" or {one.rpartition(" ")[2] for one in lines} == {"0.0"}


def test_there_are_no_series_of_when_a_series_was_created() -> None:
    assert "_created" not in page()


def test_the_build_is_named_by_its_release_and_its_python() -> None:
    [line] = [one for one in page().splitlines() if one.startswith("alert_router_build_info{")]

    assert 'python="3.' in line
    assert 'version="' in line
    assert line.endswith(" 1.0")


@pytest.mark.parametrize(
    ("values", "known"),
    [
        pytest.param(gateway.CONNECTIONS_ENDED.labels["reason"], set(Ended), id="ended"),
        pytest.param(gateway.CLOCK_SKEW.labels["clock"], {*Skew, "own"}, id="skew"),
        pytest.param(ingest.SIGNATURES.labels["worth"], set(Worth), id="worth"),
        pytest.param(ingest.ALERTMANAGER_EVENTS.labels["outcome"], set(EventOutcome), id="events"),
        pytest.param(notify.CHARTS.labels["outcome"], set(Outcome), id="charts"),
        pytest.param(
            ingest.DEAD_LETTERS.labels["reason"],
            {*found(_REASON, "roles"), *found(_REASON, "core"), *BY_VALUE} | {*Refusal, *Unread},
            id="letters",
        ),
    ],
)
def test_the_values_of_a_label_are_those_that_the_code_has(values: list[str], known: set[str]) -> None:
    assert sorted(values) == sorted(known)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_name_keeps_to_prometheus_conventions(row: Metric) -> None:
    assert row.name == row.name.lower()
    assert not row.name.endswith("_total")
    assert row.kind is not Kind.HISTOGRAM or row.name.endswith(UNITS)
    assert not set(row.labels) & {"le", "quantile", "job", "instance"}
    assert row.text.endswith(".")
