"""An alert takes the same routes as in Alertmanager, with the same grouping and the same intervals."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from router.config.check import check
from router.config.compile.tenant import compile_tenant
from router.config.document.tenant import TenantDocument
from router.core.model.rules.route import GroupBy, Route
from router.core.model.rules.tenant import Tenant
from router.core.route.tree import match
from tests.parity.alertmanager import ORACLE, amtool, ask, receivers
from tests.parity.trees import Case, Trees

pytestmark = pytest.mark.parity

TREES = 2_000
SETS = 5
TIMES = {"group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h"}
"""Alertmanager's defaults, which differ from ours."""


def tenant_of(case: Case) -> Tenant:
    checked = check(
        {
            "version": 1,
            "tenant": "parity",
            "platform": {"slack": {"token": {"secret": "slack"}}},
            "route": {**TIMES, **case.route},
            "receivers": [{"name": name, "slack": {"channel": "#alerts"}} for name in case.receivers],
        }
    )
    assert isinstance(checked, TenantDocument), checked
    return compile_tenant(checked, 1)


def described(route: Route) -> dict[str, Any]:
    grouped = ("...",) if route.group_by is GroupBy.ALL_LABELS else route.group_by
    assert isinstance(grouped, tuple)
    return {
        "key": "/".join(route.path),
        "receiver": route.receiver,
        "group_by": sorted(grouped),
        "group_wait": route.timing.group_wait // 1_000,
        "group_interval": route.timing.group_interval // 1_000,
        "repeat_interval": route.timing.repeat_interval // 1_000,
    }


@pytest.mark.skipif(not ORACLE.exists(), reason="Go is not found; Debian's amtool routes in the next test")
def test_two_thousand_trees_route_group_and_wait_the_same() -> None:
    trees = Trees(35)
    cases = [trees.case(SETS) for _ in range(TREES)]
    answers = ask({"config": case.alertmanager_yml(), "labels": case.labels} for case in cases)
    differences, taken = [], 0
    for case, answer in zip(cases, answers, strict=True):
        assert "error" not in answer, answer
        tenant = tenant_of(case)
        for labels, theirs in zip(case.labels, answer["routes"], strict=True):
            ours = [described(route) for route in match(tenant.route, labels, tenant.pattern_sizes)]
            taken += len(ours)
            if ours != theirs:
                differences.append((case.route, labels, ours, theirs))
    assert differences == []
    assert taken > TREES * SETS  # many alerts take several routes


@pytest.mark.timeout(300)
def test_amtool_itself_names_the_same_receivers(tmp_path: Path) -> None:
    """Debian's release too, for trees that the classic grammar reads; it is the whole comparison without Go."""
    program = amtool()
    if program is None:
        pytest.skip("amtool is not installed (Debian: prometheus-alertmanager)")
    trees = Trees(25, classic=True)
    cases = [trees.case(1) for _ in range(100 if ORACLE.exists() else TREES)]

    def theirs(number: int, case: Case) -> list[str]:
        config = tmp_path / f"{number}.yml"
        config.write_text(case.alertmanager_yml(), encoding="utf-8")
        return receivers(program, config, case.labels[0])

    with ThreadPoolExecutor() as together:
        answers = list(together.map(theirs, range(len(cases)), cases))
    for case, answer in zip(cases, answers, strict=True):
        tenant, labels = tenant_of(case), case.labels[0]
        ours = [str(route.receiver) for route in match(tenant.route, labels, tenant.pattern_sizes)]
        assert ours == answer, (case.route, labels)
