"""What either side has shown firing: Alertmanager by what it posts, ours by its events."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp
from aiohttp import web
from alert_router_local.process import HOST

from router.core.match.printing import printed
from router.core.model.alert import fingerprint, identify
from tests.e2e.alertmanager import Alertmanager
from tests.e2e.system import System
from tests.parity.beside.rules import TENANT
from tests.parity.beside.story import Change, Silenced

Labels = tuple[tuple[str, str], ...]
_FAR: Final = timedelta(minutes=30)


@dataclass
class Notified:
    """Takes what Alertmanager posts, and remembers every alert that ever fired there."""

    url: str = ""
    fired: set[Labels] = field(default_factory=set)

    async def take(self, request: web.Request) -> web.Response:
        """One body."""
        for alert in (await request.json())["alerts"]:
            if alert["status"] == "firing":
                self.fired.add(tuple(sorted(alert["labels"].items())))
        return web.Response()


@asynccontextmanager
async def notified() -> AsyncIterator[Notified]:
    """An address on loopback that takes webhooks."""
    taking, app = Notified(), web.Application()
    app.router.add_post("/", taking.take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, 0)
        await site.start()
        taking.url = f"http://{HOST}:{runner.addresses[0][1]}/"
        yield taking
    finally:
        await runner.cleanup()


async def shown(system: System) -> set[str]:
    """The ids of all alerts that ours ever showed firing."""
    events = [json.loads(record.value) for record in await system.kafka.records("alerts.events")]
    shown = [event.get("shown") or {} for event in events if event["tenant"] == TENANT]
    alerts = [one for message in shown for one in message.get("alerts", ())]
    return {alert["alert"] for alert in alerts if alert["state"] == "firing"}


def id_of(labels: Labels) -> str:
    """How ours names an alert."""
    return identify(fingerprint(dict(labels)), dict(labels))


async def change(http: aiohttp.ClientSession, sender: Alertmanager, change: Change, start: datetime) -> None:
    """Let Alertmanager know that an alert fires, or has ended."""
    at = start + timedelta(seconds=change.at)
    times = {"startsAt": at, "endsAt": at + _FAR} if change.fires else {"endsAt": at}
    alert = {"labels": dict(change.labels), **{name: time.isoformat() for name, time in times.items()}}
    await _post(http, f"{sender.url}/api/v2/alerts", [alert])


async def silence(
    http: aiohttp.ClientSession, sender: Alertmanager, system: System, one: Silenced, start: datetime
) -> None:
    """The same silence on both sides."""
    until = start + timedelta(seconds=one.until)
    matchers = [
        {"name": name, "value": value, "isRegex": is_pattern, "isEqual": True}
        for name, value, is_pattern in one.matchers
    ]
    wanted = {
        "matchers": matchers,
        "startsAt": datetime.now(UTC).isoformat(),
        "endsAt": until.isoformat(),
        "createdBy": "ana",
        "comment": "beside",
    }
    await _post(http, f"{sender.url}/api/v2/silences", wanted)
    texts = [printed(name, "=~" if is_pattern else "=", value) for name, value, is_pattern in one.matchers]
    end = until.strftime("%Y-%m-%dT%H:%M:%SZ")
    made = await system.command(
        "silence", "add", TENANT, *texts, "--end", end, "--author", "ana", "--comment", "beside"
    )
    assert made.code == 0, made.err


async def _post(http: aiohttp.ClientSession, url: str, body: list[Mapping[str, Any]] | Mapping[str, Any]) -> None:
    async with http.post(url, json=body) as response:
        assert response.status == 200, await response.text()
