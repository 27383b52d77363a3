"""Each incident is seen by its rule in a real Prometheus, which prints its expression alike wherever it does."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web

from router.core.model.instant import Instant
from tests.prometheus.incidents import NAMES, RULES, history
from tests.prometheus.server import prometheus
from tests.waiting import eventually


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """What stands in Alertmanager's place, its HOST:PORT, and an alert of each name as it came."""
    alerts: dict[str, Any] = {}

    async def took(request: web.Request) -> web.Response:
        alerts.update({one["labels"]["alertname"]: one for one in await request.json()})
        return web.Response()

    app = web.Application()
    app.router.add_post("/api/v2/alerts", took)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}", alerts
    finally:
        await runner.cleanup()


@pytest.mark.long
async def test_each_incident_fires_and_its_link_has_the_expression_as_it_is_listed(tmp_path: Path) -> None:
    now = Instant(time.time_ns() // 1_000)
    async with listening() as (address, alerts), prometheus(tmp_path, RULES, history(now), address) as server:
        await eventually(lambda: alerts.keys() == set(NAMES), within_s=20)
        async with aiohttp.ClientSession() as http, http.get(f"{server.url}/api/v1/rules?type=alert") as answer:
            [group] = (await answer.json())["data"]["groups"]

    listed = {rule["name"]: rule["query"] for rule in group["rules"]}
    links = {name: urlsplit(one["generatorURL"]) for name, one in alerts.items()}
    assert {name: parse_qs(link.query)["g0.expr"] for name, link in links.items()} == {
        name: [expression] for name, expression in listed.items()
    }
