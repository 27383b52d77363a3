"""What is rendered of a tenant's file: its own metrics, its own series, its own rules, and nobody else's."""

import json
import re
import subprocess
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pytest

from router.cli.output import to_yaml
from router.config.document.tenant import TenantDocument
from router.config.read import read_document
from router.monitoring.drawn import text_of
from router.monitoring.of_file import board_of, colours
from router.monitoring.panel import Board, Kind, Panel, Source
from router.monitoring.rules import rules_of
from router.monitoring.scraping import MONITOR_LABELS, Page, prometheus_rule_of, scrape_of, service_monitor_of
from tests.config.samples import EXAMPLE, SMALL
from tests.deploy.cluster import VERSIONS, refused
from tests.deploy.reading import TOP, document
from tests.programs import installed

METRICS: Final = """\
metrics:
  - {name: pages_total, labels: [severity, service]}
  - {name: teams_total, labels: [team]}
  - {name: all_total, help: All of them.}
  - {name: size_ratio, labels: [disk], value: {annotation: value}, buckets: [0.5, 1]}
heartbeats: [{matchers: ['alertname="Watchdog"'], every: 10m, receiver: default}]
"""
RUNBOOKS: Final = "https://example.com/alert-router/docs/runbooks"


def read(text: str = EXAMPLE + METRICS) -> TenantDocument:
    return read_document(text, "acme.yaml")


def panels(board: Board) -> dict[str, Panel]:
    return {panel.title: panel for section in board.sections for panel in section.panels}


def expressions(board: Board) -> list[str]:
    return [query.expression for panel in chain(*(one.panels for one in board.sections)) for query in panel.queries]


def test_each_query_is_about_this_tenant_alone() -> None:
    board = board_of(read())

    for expression in expressions(board):
        assert set(re.findall(r'tenant="([^"]*)"', expression)) == {"acme"}
        assert "$tenant" not in expression
    assert board.sources == [Source.SERVICE, Source.TENANT]


def test_a_counter_is_by_severity_where_it_has_that_and_by_its_labels_else() -> None:
    found = {title: panel.queries[0].expression for title, panel in panels(board_of(read())).items() if panel.queries}

    one = 'max by (severity, service) (increase(pages_total{tenant="acme"}[$__rate_interval]))'
    assert found["pages_total"] == f"sum by (severity) ({one})"
    assert found["teams_total"].startswith("sum by (team) (max by (team) (increase(teams_total{")
    assert found["all_total"] == 'max(increase(all_total{tenant="acme"}[$__rate_interval]))'
    assert found["size_ratio"].startswith("histogram_quantile(0.5, sum by (le) (max by (le, disk) (rate(size_ratio_b")


def test_a_label_whose_name_prometheus_keeps_for_its_own_is_asked_for_as_it_is_stored() -> None:
    text = SMALL + "metrics: [{name: pages_total, labels: [instance, namespace, disk]}]\n"

    of_job = panels(board_of(read(text)))["pages_total"].queries[0]
    of_monitor = panels(board_of(read(text), MONITOR_LABELS))["pages_total"].queries[0]

    assert "sum by (exported_instance, namespace, disk) (max by (exported_instance, namespace, " in of_job.expression
    assert of_job.legend == "{{exported_instance}} {{namespace}} {{disk}}"
    assert "max by (exported_instance, exported_namespace, disk) (" in of_monitor.expression


def test_severities_have_colours_from_the_worst_on_with_their_aliases() -> None:
    order = "severity: {order: [{critical: [page]}, a, b, c, d, e, f]}\n"

    found = colours(read(SMALL + order))

    assert (found["critical"], found["page"], found["a"]) == ("dark-red", "dark-red", "red")
    assert (found["e"], found["f"]) == ("green", "green")
    shown = panels(board_of(read(SMALL + order + METRICS)))
    assert shown["pages_total"].colours == found
    assert shown["teams_total"].colours == {}


def test_what_is_promised_is_the_objective_and_what_is_left_of_its_budget() -> None:
    panel = panels(board_of(read()))["Budget of late notifications left"]

    [query] = panel.queries
    late, due = (
        f'sum(increase(alert_router_tenant_{one}_notifications_total{{tenant="acme"}}[30d]))'
        for one in ("late", "due")
    )
    assert query.expression == f"1 - {late} / {due} / 0.005"
    assert "99.5% of its notifications within 5 seconds" in panel.text


def test_receivers_are_listed_with_channel_and_language() -> None:
    text = panels(board_of(read()))["Receivers"].text

    assert "| default | #alerts | fr-FR | thread |" in text
    assert "| oncall | C0123456 | en | thread |" in text


def test_a_name_means_nothing_in_markdown() -> None:
    text = SMALL.replace("default", '"a|b](x)<i>"')

    [row] = [line for line in panels(board_of(read(text)))["Receivers"].text.splitlines() if "alerts" in line]

    assert row.count("|") == 5
    assert {*"<>[]()"}.isdisjoint(row)


def test_without_metrics_there_is_no_section_for_them() -> None:
    board = board_of(read(SMALL))

    assert "Its own metrics" not in {section.title for section in board.sections}
    assert board.sources == [Source.SERVICE]


def test_the_dashboard_is_drawn_in_the_tenants_time_with_its_colours() -> None:
    drawn = json.loads(text_of(board_of(read())))

    assert (drawn["uid"], drawn["timezone"]) == ("alert-router-of-acme", "Europe/Paris")
    assert [one["name"] for one in drawn["templating"]["list"]] == ["datasource", "own"]
    by_title = {one["title"]: one for one in drawn["panels"]}
    fixed = next(
        one for one in by_title["pages_total"]["fieldConfig"]["overrides"] if one["matcher"]["id"] == "byName"
    )
    assert fixed["matcher"] == {"id": "byName", "options": "critical"}
    assert fixed["properties"] == [{"id": "color", "value": {"fixedColor": "dark-red", "mode": "fixed"}}]
    assert by_title["pages_total"]["datasource"]["uid"] == "${own}"
    assert "#alerts" in by_title["Receivers"]["options"]["content"]


def as_written(rules: Any) -> list[dict[str, Any]]:
    [group] = rules["groups"]
    return list(group["rules"])


def test_a_rule_is_that_of_the_operators_for_one_tenant() -> None:
    groups = document("deploy/prometheus/alert-router.yml")["groups"]
    theirs = {rule["alert"]: rule for group in groups for rule in group["rules"]}

    for rule in as_written(rules_of(read(), RUNBOOKS)):
        own = theirs[rule["alert"]]
        assert plain(rule["expr"]) == plain(own["expr"])
        assert 'tenant="acme"' in rule["expr"]
        assert (rule.get("for"), rule["labels"]) == (own.get("for"), own["labels"])
        assert rule["annotations"]["runbook_url"] == own["annotations"]["runbook_url"]


def plain(expression: str) -> str:
    """Without the choice of a tenant, and without blanks."""
    return re.sub(r"\s|\{\}", "", expression.replace('tenant="acme", ', ""))


def test_every_rule_about_tenants_has_its_own() -> None:
    groups = document("deploy/prometheus/alert-router.yml")["groups"]
    theirs = {one["alert"] for group in groups for one in group["rules"] if "by (tenant" in one["expr"]}

    assert {one["alert"] for one in as_written(rules_of(read(), RUNBOOKS))} == theirs
    assert {one["alert"] for one in as_written(rules_of(read(SMALL), RUNBOOKS))} == theirs - {
        "AlertRouterHeartbeatMissing"
    }


def page() -> Page:
    tenant = read().tenant
    return Page(tenant, "gateway:8080", "https", "/etc/prometheus/acme.token")


def test_promtool_takes_the_rules_and_the_job(tmp_path: Path) -> None:
    promtool = installed("promtool", "prometheus", "CI_REQUIRES_PROMETHEUS")
    rules, job = tmp_path / "rules.yml", tmp_path / "scrape.yml"
    rules.write_text(to_yaml(rules_of(read(), RUNBOOKS)), encoding="utf-8")
    job.write_text(to_yaml(scrape_of(page())), encoding="utf-8")

    for check in (["rules", "--lint-fatal", rules], ["config", "--syntax-only", job]):
        done = subprocess.run([promtool, "check", *map(str, check)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cluster_takes_the_objects_of_prometheus_operator(version: str) -> None:
    for thing in (service_monitor_of(page()), prometheus_rule_of(page(), rules_of(read(), RUNBOOKS))):
        assert refused(json.loads(json.dumps(thing)), version) == []


def test_the_service_monitor_finds_the_gateways_of_the_chart() -> None:
    text = (TOP / "deploy/helm/alert-router/templates/gateway.yaml").read_text(encoding="utf-8")
    [endpoint] = json.loads(json.dumps(service_monitor_of(page())))["spec"]["endpoints"]

    assert f"ports: [{{name: {endpoint['port']}, " in text
    assert endpoint["path"] == "/metrics/tenants/acme"


def test_a_dashboard_has_an_id_of_its_own_that_grafana_takes() -> None:
    names = ["overview", "tenant", "a" * 63, "a" * 62]

    found = {board_of(read(SMALL.replace("tenant: acme", f"tenant: {name}"))).uid for name in names}

    assert len(found) == 4
    assert all(len(one) <= 40 for one in found)
    assert found.isdisjoint(path.stem for path in (TOP / "deploy/grafana/dashboards").glob("*.json"))


def test_a_panel_without_series_asks_nobody() -> None:
    words = [one for one in panels(board_of(read())).values() if one.kind is Kind.WORDS]

    assert [one.queries for one in words] == [()]
