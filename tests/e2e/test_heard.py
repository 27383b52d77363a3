"""Alerts without a gateway: by Alertmanager's events, and by what it lists when one of them is new."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web

from router.core.model.alert import fingerprint
from tests.e2e.conftest import HEARD_TOPIC
from tests.e2e.system import System
from tests.e2e.tenants import document
from tests.e2e.webhooks import Alert, firing, resolved
from tests.waiting import eventually

NAME: Final = "heard-upstream"
GROUP: Final = {"alertname": "DiskFull"}
INFO: Final = {"groupKey": '{}:{alertname="DiskFull"}', "groupLabels": GROUP, "receiverName": "router"}
NEVER_ENDS: Final = "2999-01-01T00:00:00Z"


def as_listed(alert: Alert) -> Alert:
    """The alert as the API lists it."""
    return {**alert, "fingerprint": fingerprint(alert["labels"]), "endsAt": NEVER_ENDS, "status": {"state": "active"}}


@asynccontextmanager
async def listing(known: list[Alert]) -> AsyncIterator[str]:
    """An Alertmanager that lists what is in here; its address."""

    async def groups(_: web.Request) -> web.Response:
        return web.json_response([{"labels": GROUP, "receiver": {"name": "router"}, "alerts": known}])

    app = web.Application()
    app.router.add_get("/api/v2/alerts/groups", groups)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def asked_there(system: System, url: str, folder: Path) -> AsyncIterator[None]:
    """The tenant's Alertmanager is at this address meanwhile."""
    asked: dict[str, Any] = document(NAME)
    asked["platform"]["alertmanager"] = {"url": url}
    await apply(system, asked, folder)
    yield
    await apply(system, document(NAME), folder)


async def apply(system: System, asked: Mapping[str, Any], folder: Path) -> None:
    file = folder / f"{NAME}.yaml"
    file.write_text(json.dumps(asked), encoding="utf-8")
    applied = await system.command("tenant", "apply", str(file))
    assert applied.code == 0, applied.err


async def write(system: System, kind: str, alert: Alert) -> None:
    """Alertmanager's recorder writes that about an alert."""
    details = {**alert, "resolved": alert["status"] == "resolved"}
    event = {
        "alert": {"fingerprint": str(int(fingerprint(alert["labels"]), 16)), "details": details},
        "groupInfo": INFO,
    }
    await system.kafka.append(json.dumps({"data": {kind: event}}).encode(), [], topic=HEARD_TOPIC)


@pytest.mark.long
@pytest.mark.night
async def test_an_alert_lives_by_events_alone(fast: System, tmp_path: Path) -> None:
    alert = firing("DiskFull", "db-2")
    known = [as_listed(alert)]
    async with fast.tenant(NAME) as tenant, listing(known) as url, asked_there(fast, url, tmp_path):

        async def reads(words: str) -> bool:
            return any(words in one.text + one.card for one in await tenant.messages())

        await write(fast, "alertGrouped", alert)
        await eventually(lambda: reads("FIRING"), within_s=15)

        known.clear()
        await write(fast, "alertResolved", {**resolved("DiskFull", "db-2"), "startsAt": alert["startsAt"]})
        await eventually(lambda: reads("RESOLVED"), within_s=10)
        await tenant.settled()
        assert len(await tenant.messages()) == 1
