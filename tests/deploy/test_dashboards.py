"""The dashboards are those of the program, and show what it measures."""

import json
import re
from itertools import chain
from typing import Final

import pytest

from router.monitoring.drawn import text_of
from router.monitoring.panel import Board, Panel
from router.observe.metric import OPEN, Kind
from router.observe.metrics import ROWS
from tests.deploy.reading import TOP
from tests.deploy.test_alert_rules import MATCHER, RULES, SELECTOR
from tools.dashboards.boards import BOARDS, FOLDER

MEASURED: Final = {row.full_name: row for row in ROWS}
WATCHED: Final = {
    "alert_router_gateway_serving",
    "alert_router_control_api_serving",
    "alert_router_gateway_records_total",
    "alert_router_rewinds_total",
    "alert_router_gateway_certificate_expires_timestamp_seconds",
    "alert_router_clock_ahead_seconds",
    "alert_router_projection_last_success_timestamp_seconds",
    "alert_router_sealing_failures_total",
    "alert_router_tenant_keys",
}
"""Metrics that no dashboard has, since a rule watches them."""
UNSEEN: Final = {
    "alert_router_control_api_undescribed_keys_total": "a fault of ours, which the log names",
    "alert_router_records_redriven_total": "what an operator does by hand",
    "alert_router_outdated_deleted_total": "what goes in its time, an hour late at most",
    "alert_router_alertmanager_asked_total": "of tenants that have an Alertmanager asked",
    "alert_router_alertmanager_events_total": "of tenants that have its events read",
    "alert_router_tenants_suspended": "what an operator does by hand",
    "alert_router_tenant_problems_total": "the gauges of the same problems are shown",
    "alert_router_configuration_version": "its age is shown",
    "alert_router_seal_requests_total": "of processes beside senders, which may be out of reach",
    "alert_router_alerts_understated_total": "a sender's fault, which the log names with its tenant",
}
"""Others that none has, and why."""


def panels(board: Board) -> list[Panel]:
    return list(chain.from_iterable(section.panels for section in board.sections))


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_a_dashboard_is_the_programs(board: Board) -> None:
    committed = (TOP / FOLDER / f"{board.uid}.json").read_text(encoding="utf-8")

    assert committed == text_of(board), "make docs"


def test_there_are_no_others() -> None:
    assert {one.stem for one in (TOP / FOLDER).glob("*.json")} == {board.uid for board in BOARDS}


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_its_queries_ask_for_series_that_there_are(board: Board) -> None:
    for query in chain.from_iterable(panel.queries for panel in panels(board)):
        asked = SELECTOR.findall(query.expression)
        assert asked, query.expression
        for name, part, matchers in asked:
            row = MEASURED[name]
            assert (part == "") is (row.kind is not Kind.HISTOGRAM)
            for label, _, text in MATCHER.findall(matchers):
                assert row.labels[label] == OPEN or text in row.labels[label]
        kept = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", query.expression))))
        known = set().union(*(MEASURED[name].labels for name, *_ in asked)) | {"instance", "le"}
        assert kept <= known
        assert set(re.findall(r"{{(\w+)}}", query.legend)) <= (kept or known)


def test_each_metric_is_on_a_dashboard_or_has_a_reason_why_not() -> None:
    queries = chain.from_iterable(panel.queries for board in BOARDS for panel in panels(board))
    shown = {name for query in queries for name, *_ in SELECTOR.findall(query.expression)}

    assert MEASURED.keys() - shown == WATCHED | UNSEEN.keys()
    assert {name for rule in RULES for name, *_ in SELECTOR.findall(rule["expr"])} >= WATCHED


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_a_panel_fits_beside_the_others_and_says_what_to_make_of_it(board: Board) -> None:
    made = [one for one in json.loads(text_of(board))["panels"] if one["type"] != "row"]

    assert len(made) == len(panels(board))
    assert all(one["gridPos"]["x"] + one["gridPos"]["w"] <= 24 for one in made)
    assert all(one["description"].endswith((".", "`")) for one in made)
    assert len({one["title"] + one["type"] for one in made}) == len(made)
