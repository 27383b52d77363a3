"""`demo --keep`: all goes on running after the report, and the command that it prints works as it stands."""

import asyncio
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile

import aiohttp
import pytest
from alert_router_local.demo import run, webhooks
from alert_router_local.demo.next_steps import curl, next_steps
from alert_router_local.up import LocalSystem

from router.app.shutdown import Shutdown
from router.core.model.alert import Status
from router.core.model.instant import SECOND, Instant
from router.core.parse.webhook import parse
from router.settings import Settings
from tests.e2e.system import clean_environment
from tests.local.pasting import Pasted, command_in, paste
from tests.waiting import eventually

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SYSTEM = LocalSystem(
    gateway="http://127.0.0.1:1", operations="http://127.0.0.1:3", kafka="", redis="", slack="",
    tokens={"acme": "ar_x"}, embedded=(), emulator=None, page="http://127.0.0.1:2",
)  # fmt: skip
FIRST_S = 2


def begin_only(now: datetime) -> Iterator[webhooks.Webhook]:
    """The incident's first seconds, which hold something for each tenant."""
    return takewhile(lambda webhook: webhook.offset_s < FIRST_S, webhooks.incident(now))


def test_the_command_is_whole() -> None:
    pasted = Pasted.read(curl(SYSTEM, NOW))

    assert pasted.url == "http://127.0.0.1:1/v1/tenants/acme/alerts"
    assert pasted.headers == {"Authorization": "Bearer ar_x", "Content-Type": "application/json"}


def test_its_body_is_a_webhook_with_a_new_alert_that_begins_now() -> None:
    pasted = Pasted.read(curl(SYSTEM, NOW))
    observed = Instant(int((NOW + timedelta(minutes=1)).timestamp()) * SECOND)
    group = parse(pasted.body.encode(), observed)
    [alert] = group.alerts

    assert group.rejected == ()
    assert (alert.status, json.loads(pasted.body)["version"]) == (Status.FIRING, "4")
    assert json.loads(pasted.body)["alerts"][0]["startsAt"] == "2026-11-23T12:00:00Z"
    assert not any(alert.labels["alertname"].encode() in webhook.body for webhook in webhooks.incident(NOW))


def test_with_resolved_in_place_of_firing_it_is_over() -> None:
    body = Pasted.read(curl(SYSTEM, NOW)).body.replace("firing", "resolved")
    [alert] = parse(body.encode(), Instant(int(NOW.timestamp()) * SECOND)).alerts

    assert alert.status is Status.RESOLVED


def test_the_next_steps_name_the_page() -> None:
    assert any(SYSTEM.page and SYSTEM.page in line for line in next_steps(SYSTEM, NOW))


@pytest.mark.long
@pytest.mark.night
async def test_the_demo_goes_on_until_it_is_shown_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "incident", begin_only)
    for name in os.environ.keys() - clean_environment().keys():
        monkeypatch.delenv(name)
    printed: list[str] = []
    shutdown = Shutdown()
    demo = asyncio.create_task(run.run_demo(Settings(), shutdown, keep=True, show=printed.append))
    await eventually(lambda: demo.done() or any("resolved" in line for line in printed[-1:]), within_s=50)
    page = printed[1].removeprefix("Watch it at ")

    assert "All is well: the books balance and the emulator recorded no anomaly." in printed
    assert await paste(command_in("\n".join(printed))) == 202
    await eventually(lambda: shows(page, "QueueGrowing"))
    assert not demo.done()
    shutdown.request()
    await demo
    with pytest.raises(aiohttp.ClientConnectorError):
        await shows(page, "QueueGrowing")


async def shows(page: str, words: str) -> bool:
    async with aiohttp.ClientSession() as session, session.get(f"{page}/feed?once=1") as response:
        update = await response.json()
    return any(words in message["html"] for message in update["messages"].values())
