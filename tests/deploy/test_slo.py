"""The SLO is the same in its specification, in the rules that are made of it, in alerts and in the program."""

import os
import re
import shutil
from typing import Any, Final

import pytest

from router.core.model.instant import HOUR, SECOND
from router.core.slo.objective import DELIVERY
from router.observe.table import tenants
from tests.deploy.reading import TOP, document
from tools.slo import RULES, rules

[SLO] = document("deploy/slo/alert-router.yml")["slos"]
RECORDED: Final[list[dict[str, Any]]] = [
    rule for group in document("deploy/prometheus/slo.yml")["groups"] for rule in group["rules"]
]
BURNS: Final = [
    rule
    for rule in document("deploy/prometheus/alert-router.yml")["groups"][0]["rules"]
    if "slo:sli_error" in rule["expr"]
]


def sloth() -> str:
    """Where it is built; a test without it is skipped, or fails where CI wants it."""
    built = TOP / ".sloth/sloth"
    found = str(built) if built.exists() else shutil.which("sloth")
    if not found and os.environ.get("CI_REQUIRES_SLOTH"):
        pytest.fail("Sloth is not built: make test-slo")
    return found or pytest.skip("Sloth is not built: make test-slo")


def test_the_rules_are_what_sloth_makes_of_the_specification() -> None:
    assert RULES.read_text(encoding="utf-8") == rules(sloth()), "make slo"


def test_the_objective_is_the_programs() -> None:
    assert SLO["objective"] == float(DELIVERY.share * 100)
    assert f"within {DELIVERY.within // SECOND} seconds" in SLO["description"]
    [objective] = {rule["labels"]["sloth_objective"] for rule in RECORDED if "sloth_objective" in rule["labels"]}
    assert float(objective) == SLO["objective"]
    assert f"ratio_rate{DELIVERY.period // (24 * HOUR)}d" in " ".join(rule["record"] for rule in RECORDED)


def test_it_counts_what_the_program_counts_tenant_by_tenant() -> None:
    events = SLO["sli"]["events"]

    assert tenants.LATE.full_name in events["error_query"]
    assert tenants.DUE.full_name in events["total_query"]
    assert all(query.startswith("sum by (tenant)") for query in events.values())


@pytest.mark.parametrize("rule", BURNS, ids=lambda rule: rule["alert"])
def test_an_alert_about_the_budget_asks_for_what_is_recorded_by_the_same_objective(rule: dict[str, Any]) -> None:
    recorded = {(one["record"], one["labels"]["sloth_id"]) for one in RECORDED}
    asked = re.findall(r'(slo:\S+?)\{sloth_id="([^"]+)"\} > (?:[\d.]+ \* )?([\d.]+)', rule["expr"])

    assert len(asked) == 4
    assert {(name, identity) for name, identity, _ in asked} <= recorded
    assert {float(allowed) for *_, allowed in asked} == {float(1 - DELIVERY.share)}
    assert "and on (tenant) sum by (tenant) (increase(alert_router_tenant_due_notifications_total" in rule["expr"]


def test_there_are_two_of_them() -> None:
    assert [rule["alert"] for rule in BURNS] == ["AlertRouterBudgetBurnsFast", "AlertRouterBudgetBurnsSlowly"]
