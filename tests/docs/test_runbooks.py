"""Runbooks: each has the same three parts, and what it names exists: commands, metrics, log events."""

import re
from pathlib import Path
from typing import Final

import pytest

from router.observe.metrics import ROWS
from tests.deploy.objects import pods, read
from tests.docs.markdown import blocks, inline_code
from tests.docs.pages import TOP

RUNBOOKS: Final = [page for page in sorted((TOP / "docs/runbooks").glob("*.md")) if page.name != "README.md"]
PROGRAMS: Final = {"alert-router", "chronyc", "curl", "docker", "kubectl", "openssl", "valkey-cli"}
"""What an operator has; and the scripts of Kafka."""
FOREIGN: Final = {
    "account_inactive", "alertmanager_notifications_failed_total", "evicted_keys", "maxmemory_policy",
    "token_revoked", "uptime_in_seconds",
}  # fmt: skip
"""Names of Slack, Alertmanager and Redis."""
SOURCE: Final = " ".join(
    one.read_text(encoding="utf-8") for one in (TOP / "router").rglob("*") if one.suffix in {".py", ".lua"}
)


@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda page: page.name)
def test_it_has_what_it_means_how_to_see_it_and_what_to_do(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert re.findall(r"(?m)^## (.*)$", text) == ["What it means", "How to see it", "What to do"]
    assert blocks(page, "console")
    assert "   ```" not in text, "a block that is indented is not checked"


@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda page: page.name)
def test_its_commands_are_those_of_programs_that_operators_have(page: Path) -> None:
    lines = [line for block in blocks(page, "console") for line in block.text.splitlines()]
    programs = {line.split()[0] for line in lines}

    assert {one for one in programs - PROGRAMS if not re.fullmatch(r"kafka-[a-z-]+\.sh", one)} == set()


def test_what_kubectl_is_asked_for_is_what_the_chart_installs() -> None:
    installed = pods(read(TOP / "deploy/helm/rendered/record.yaml"))
    lines = [line for page in RUNBOOKS for block in blocks(page, "console") for line in block.text.splitlines()]
    asked = [line for line in lines if line.startswith("kubectl ")]

    labels = [dict(part.split("=") for part in one.split(",")) for one in re.findall(r" -l (\S+)", " ".join(asked))]
    assert labels
    assert all(any(one.items() <= pod.labels.items() for pod in installed) for one in labels)
    deployed = {pod.workload["metadata"]["name"] for pod in installed if pod.workload["kind"] == "Deployment"}
    assert set(re.findall(r" deploy/(\S+)", " ".join(asked))) <= deployed


@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda page: page.name)
def test_the_metrics_and_names_that_it_has_exist(page: Path) -> None:
    measured = {row.full_name for row in ROWS}
    names = {one.partition("{")[0] for one in inline_code(page)}

    assert {one for one in names if one.startswith("alert_router_")} <= measured
    words = {one for one in names if re.fullmatch(r"[a-z]+(?:_[a-z]+)+", one) and not one.startswith("alert_router_")}
    assert {one for one in words - FOREIGN if one not in SOURCE} == set()
    searched = {word for block in blocks(page) for word in re.findall(r"grep (?:-E )?'?([a-z_|]+)", block.text)}
    parts = {part for one in searched for part in one.split("|")}
    assert {part for part in parts if not any(part in name for name in measured)} == set()
