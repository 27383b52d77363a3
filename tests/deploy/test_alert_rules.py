"""The rules to watch Alert Router by name what it measures, and what to do."""

import re
import subprocess
from typing import Any, Final

import pytest
from prometheus_client import CollectorRegistry

from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from tests.deploy.reading import TOP, document
from tests.programs import installed

RULES: Final[list[dict[str, Any]]] = [
    rule for group in document("deploy/prometheus/alert-router.yml")["groups"] for rule in group["rules"]
]
CASES: Final = "deploy/prometheus/alert-router.test.yml"


def measured() -> set[str]:
    registry = CollectorRegistry()
    Metrics(registry)
    return {f"{one.name}_total" if one.type == "counter" else one.name for one in registry.collect()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_asks_for_what_is_measured_and_has_what_to_do(rule: dict[str, Any]) -> None:
    asked = set(re.findall(r"alert_router_\w+", rule["expr"]))

    assert asked
    assert asked <= measured()
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert set(rule["annotations"]) == {"summary", "description"}


def test_the_problems_that_are_asked_for_are_those_that_there_are() -> None:
    [expr] = [rule["expr"] for rule in RULES if rule["alert"] == "AlertRouterTenantUnseen"]
    [reasons] = re.findall(r'reason=~"([^"]+)"', expr)

    assert set(reasons.split("|")) <= set(TenantProblem)


def test_each_rule_is_an_alert_of_its_own() -> None:
    names = [rule["alert"] for rule in RULES]

    assert len(names) == len(set(names))


def test_each_fires_when_it_should_and_only_then() -> None:
    promtool = installed("promtool", "prometheus", "CI_REQUIRES_PROMETHEUS")

    done = subprocess.run([promtool, "test", "rules", str(TOP / CASES)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_of_each_there_is_a_case_where_it_fires_and_one_where_it_does_not() -> None:
    cases = [case for test in document(CASES)["tests"] for case in test["alert_rule_test"]]
    names = {rule["alert"] for rule in RULES}

    assert {case["alertname"] for case in cases if case.get("exp_alerts")} == names
    assert {case["alertname"] for case in cases if not case.get("exp_alerts")} == names
