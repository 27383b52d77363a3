"""Our own rules in a real Prometheus that scrapes the whole system, and an alert of theirs all the way into Slack.

The rules are those of deploy/prometheus, unchanged; Prometheus scrapes and evaluates each second, not each minute.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from ruamel.yaml import YAML

from router.observe.metrics import ROWS
from tests.deploy.reading import TOP
from tests.e2e.alertmanager import alertmanager
from tests.e2e.system import Message, System, Tenant
from tests.e2e.test_alertmanager import configuration
from tests.e2e.webhooks import body, firing
from tests.prometheus.server import Prometheus, prometheus
from tests.waiting import eventually
from tools.dashboards.boards import BOARDS

OPERATORS: Final = "watches-itself"
RULES: Final = (TOP / "deploy/prometheus/alert-router.yml").read_text(encoding="utf-8")
LETTERS: Final = 'alert_router_dead_letters_total{reason="unknown_tenant"}'
OF_TENANTS: Final = {row.full_name for row in ROWS if "tenant" in row.labels}
"""Without a series as long as there is nothing to measure of anybody."""
QUERIES: Final = [
    query.expression.replace("$__rate_interval", "10s").replace("$tenant", OPERATORS)
    for board in BOARDS
    for section in board.sections
    for panel in section.panels
    for query in panel.queries
    if "alert_router_tenant_problem{" not in query.expression
]
"""Of all dashboards, but for the problems of a tenant that has none."""


@pytest.mark.long
@pytest.mark.timeout(120)
async def test_a_dead_letter_is_an_alert_that_comes_back_through_alertmanager_and_the_router_into_slack(
    fast: System, tmp_path: Path
) -> None:
    config, folder = await configuration(fast, tmp_path, OPERATORS), tmp_path / "prometheus"
    folder.mkdir()
    own = await rendered(fast, tmp_path / "own", tmp_path / "token")
    async with fast.tenant(OPERATORS) as tenant, alertmanager(fast.http, config, tmp_path / "storage") as sender:
        to, scraped = (urlsplit(url).netloc for url in (sender.url, fast.ready["operations"]))
        async with prometheus(folder, RULES, alertmanager=to, scraped=scraped, jobs=own.jobs) as server:
            await eventually(lambda: measures(fast, server, LETTERS))
            await fast.kafka.append(body(firing("Lost")), [("tenant", b"nobody-has-applied-it")])

            message = await eventually(lambda: shown(tenant), within_s=40)
            groups = (await answered(fast, f"{server.url}/api/v1/rules"))["groups"]
            asked = set(re.findall(r"alert_router_\w+", " ".join(rule["query"] for rule in groups[0]["rules"])))
            missing = {name for name in asked - OF_TENANTS if not await measures(fast, server, name)}
            waited = [*QUERIES, *own.queries]
            with suppress(AssertionError):
                await eventually(lambda: none_is_empty(fast, server, waited), within_s=30, every_s=1)

    assert message is not None
    assert "unknown_tenant" in message.text
    assert "docs/runbooks/dead-letters.md" in message.card
    assert {rule["name"]: rule["lastError"] for rule in groups[0]["rules"] if rule["health"] != "ok"} == {}
    assert missing == set(), "a rule asks for what is not there, and never fires"
    assert waited == [], "panels of dashboards stay empty"


@dataclass(frozen=True)
class Rendered:
    """What `monitoring render` writes of a tenant."""

    jobs: list[dict[str, Any]]
    queries: list[str]


async def rendered(system: System, folder: Path, token: Path) -> Rendered:
    """The job that scrapes the tenant's page with its token, and the queries of its dashboard."""
    options = ("--gateway", system.ready["gateway"], "--token-file", str(token))
    done = await system.command("monitoring", "render", "--tenant", OPERATORS, *options, str(folder))
    assert done.code == 0, done.err
    panels = json.loads((folder / "dashboard.json").read_text(encoding="utf-8"))["panels"]
    asked = [target["expr"].replace("$__rate_interval", "10s") for one in panels for target in one.get("targets", ())]
    assert {"own_alerts_total", "own_value_bucket"} <= set(re.findall(r"own_\w+", " ".join(asked)))
    return Rendered(
        YAML(typ="safe").load((folder / "scrape.yml").read_text(encoding="utf-8"))["scrape_configs"],
        [one for one in asked if "alert_router_tenant_problem{" not in one],
    )


async def shown(tenant: Tenant) -> Message | None:
    """The message of the alert about the letter, once it is there."""
    return next((one for one in await tenant.messages() if "AlertRouterDeadLetters" in one.text), None)


async def none_is_empty(system: System, server: Prometheus, left: list[str]) -> bool:
    """Whether each of the queries that are left has a series by now; those are taken out."""
    left[:] = [query for query in left if not await measures(system, server, query)]
    return not left


async def measures(system: System, server: Prometheus, query: str) -> bool:
    """Whether Prometheus has a series of that."""
    return bool((await answered(system, f"{server.url}/api/v1/query", query=query))["result"])


async def answered(system: System, url: str, **parameters: str) -> Any:
    """The data of an answer of Prometheus."""
    async with system.http.get(url, params=parameters) as answer:
        return (await answer.json())["data"]
