"""The rules to watch Alert Router by name what it measures, and what to do."""

import re
import subprocess
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from router.observe.metric import OPEN, Kind
from router.observe.metrics import ROWS
from router.observe.problems import TenantProblem
from tests.deploy.reading import TOP, document
from tests.programs import installed

RULES: Final[list[dict[str, Any]]] = [
    rule for group in document("deploy/prometheus/alert-router.yml")["groups"] for rule in group["rules"]
]
CASES: Final = "deploy/prometheus/alert-router.test.yml"


SELECTOR: Final = re.compile(r"(alert_router_\w+?)(_bucket|_count)?(?:\{([^}]*)\})?(?![\w{])")
MATCHER: Final = re.compile(r'(\w+)=(~?)"([^"]*)"')
MEASURED: Final = {row.full_name: row for row in ROWS}
RUNBOOKS: Final = "https://example.com/alert-router/docs/runbooks/"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_asks_for_series_that_there_are(rule: dict[str, Any]) -> None:
    asked = SELECTOR.findall(rule["expr"])

    assert asked
    for name, part, matchers in asked:
        row = MEASURED[name]
        assert (part == "") is (row.kind is not Kind.HISTOGRAM)
        for label, is_pattern, text in MATCHER.findall(matchers):
            if label == "le":
                assert float(text) in row.buckets
                continue
            values = row.labels[label]
            assert values == OPEN or set(text.split("|") if is_pattern else [text]) <= set(values)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_shows_only_labels_that_its_alerts_have(rule: dict[str, Any]) -> None:
    known = set().union(*(MEASURED[name].labels for name, *_ in SELECTOR.findall(rule["expr"]))) | {"instance"}
    kept = {label for labels in re.findall(r"by \(([^)]*)\)", rule["expr"]) for label in labels.split(", ")}
    aggregated = re.search(r"\b(?:sum|max|absent)\b", rule["expr"]) is not None
    shown = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))

    assert kept <= known
    assert shown <= (kept if aggregated else known)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_has_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert rule["annotations"]["runbook_url"] == f"{RUNBOOKS}{page_of(rule['alert'])}"


def page_of(alert: str) -> str:
    """The name of the runbook of an alert."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", alert.removeprefix("AlertRouter")).lower() + ".md"


def test_each_rule_has_a_page_and_each_page_a_rule() -> None:
    pages = {page.name: page.read_text(encoding="utf-8") for page in (TOP / "docs/runbooks").glob("*.md")}
    index = pages.pop("README.md")

    assert pages.keys() == {page_of(rule["alert"]) for rule in RULES}
    for rule in RULES:
        text = pages[page_of(rule["alert"])]
        lasting = f" after {rule['for']}" if "for" in rule else ""
        assert text.startswith(f"# {rule['alert']}\n\nSeverity {rule['labels']['severity']}{lasting}.")
        assert f"[{rule['alert']}]({page_of(rule['alert'])}) | {rule['labels']['severity']} |" in index


def test_the_problems_that_are_asked_for_are_those_that_there_are() -> None:
    [expr] = [rule["expr"] for rule in RULES if rule["alert"] == "AlertRouterTenantUnseen"]
    [reasons] = re.findall(r'reason=~"([^"]+)"', expr)

    assert set(reasons.split("|")) <= set(TenantProblem)


def test_each_rule_is_an_alert_of_its_own() -> None:
    names = [rule["alert"] for rule in RULES]

    assert len(names) == len(set(names))


@pytest.mark.long
@pytest.mark.timeout(300)  # promtool takes 14 s alone, and all the processor there is
def test_each_fires_when_it_should_and_only_then() -> None:
    promtool = installed("promtool", "prometheus", "CI_REQUIRES_PROMETHEUS")

    done = subprocess.run([promtool, "test", "rules", str(TOP / CASES)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_of_each_there_is_a_case_where_it_fires_and_one_where_it_does_not() -> None:
    cases = [case for test in document(CASES)["tests"] for case in test["alert_rule_test"]]
    names = {rule["alert"] for rule in RULES}

    assert {case["alertname"] for case in cases if case.get("exp_alerts")} == names
    assert {case["alertname"] for case in cases if not case.get("exp_alerts")} == names


def test_the_copies_that_kubernetes_gets_are_these_rules() -> None:
    copied = document("deploy/helm/alert-router/rules/alert-router.yml")
    things = YAML(typ="safe", pure=True).load_all(
        (TOP / "deploy/kubernetes/components/monitoring/rules.yaml").read_text()
    )

    wanted = document("deploy/prometheus/alert-router.yml")
    assert copied == wanted, "run: make docs"
    assert wanted in [one["spec"] for one in things], "run: make docs"
