"""`alert-router demo`: start all roles, play an incident to the sample tenants, print what Slack shows."""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import Final

import aiohttp
from slack_emulator import Emulator
from slack_view.terminal import TerminalView

from alert_router_local.demo.next_steps import next_steps
from alert_router_local.demo.report import Books, all_is_well, report
from alert_router_local.demo.webhooks import Webhook, incident
from alert_router_local.seeding import channels_of, team_of
from alert_router_local.up import LocalSystem, running
from router.adapters.redis.books import RedisBooks
from router.adapters.redis.connection import Connection
from router.adapters.redis.schedule import RedisSchedule
from router.app.shutdown import Shutdown
from router.config.files import TenantFile, read_files
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, SECOND, Instant
from router.errors import OperationError
from router.settings import Settings

_PATIENCE_S: Final = 25

Printer = Callable[[str], None]


async def run_demo(
    settings: Settings, shutdown: Shutdown, *, keep: bool = False, show: Printer | None = None
) -> None:
    """Run the demo and print it line by line; `keep` leaves everything running after the report, until a signal.

    Raises:
        OperationError: the books do not balance, or the emulator recorded an anomaly.
    """
    with as_file(files(__package__).joinpath("tenants")) as folder:
        tenants = read_files([folder])
    show = show or _print_line
    show("Starting gateway, worker, and the embedded engines: Kafka (Tansu), Redis (Valkey), a Slack emulator ...")
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(running(settings, tenants, 0))
        if system.emulator is None:
            raise OperationError("the demo needs its own emulator: unset ALERT_ROUTER_SLACK__BASE_URL")
        show(f"Watch it at {system.page}")
        began = time.monotonic()
        await _post_all(system, show)
        books = await _until_quiet(system, tenants, show)
        seconds = time.monotonic() - began
        _draw(system.emulator, tenants, show)
        for line in report(books, system.emulator, seconds):
            show(line)
        well = all_is_well(books, system.emulator)
        if well:
            show("All is well: the books balance and the emulator recorded no anomaly.")
        if keep:
            await _stay(system, shutdown, show)
    if not well:
        raise OperationError("not all is well: see the books and anomalies above")


async def _stay(system: LocalSystem, shutdown: Shutdown, show: Printer) -> None:
    for line in next_steps(system, datetime.now(UTC)):  # noqa: TID251 - a person's alert begins now
        show(line)
    await shutdown.wait()


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _post_all(system: LocalSystem, show: Printer) -> None:
    """Post each body at its time, to every tenant."""
    webhooks = list(incident(datetime.now(UTC)))  # noqa: TID251 - a demonstration happens now
    show(f"Playing an incident of 46 minutes in {webhooks[-1].offset_s:.0f} s: the disk of a database runs full ...")
    began = time.monotonic()
    async with aiohttp.ClientSession() as session:
        for webhook in webhooks:
            await asyncio.sleep(max(0, webhook.offset_s - (time.monotonic() - began)))
            for tenant in system.tokens:
                await _post(session, system, tenant, webhook)
            if webhook.plot:
                show(f"  {time.monotonic() - began:4.0f} s  {webhook.plot}")


async def _post(session: aiohttp.ClientSession, system: LocalSystem, tenant: str, webhook: Webhook) -> None:
    headers = {"Authorization": f"Bearer {system.tokens[tenant]}", "Content-Type": "application/json"}
    url = f"{system.gateway}/v1/tenants/{tenant}/alerts"
    async with session.post(url, data=webhook.body, headers=headers) as response:
        if response.status != 202:
            raise OperationError(f"the gateway answered {response.status}: {await response.text()}")


async def _until_quiet(system: LocalSystem, tenants: Sequence[TenantFile], show: Printer) -> list[Books]:
    """Wait until every change is notified, or `_PATIENCE_S` has passed, and return the books."""
    show("Waiting until every change is notified ...")
    connection = Connection(system.redis)
    books, schedule = RedisBooks(connection), RedisSchedule(connection)
    names = [TenantId(file.document.tenant) for file in tenants]
    try:
        for _ in range(_PATIENCE_S * 4):
            await asyncio.sleep(0.25)
            if await _quiet(books, schedule, connection, names):
                break
        return [Books(name, await books.read(name)) for name in names]
    finally:
        await connection.close()


async def _quiet(
    books: RedisBooks, schedule: RedisSchedule, connection: Connection, tenants: Sequence[TenantId]
) -> bool:
    """Whether nothing is pending, all lanes are empty and nothing is due within a second."""
    now = await connection.now()
    for tenant in tenants:
        soon = await schedule.due(tenant, Instant(now + SECOND), limit=1)
        lanes = (await schedule.due(tenant, Instant(now + HOUR), limit=1000)).lanes
        if soon.groups or lanes or (await books.read(tenant)).get("pending"):
            return False
    return True


def _draw(emulator: Emulator, tenants: Sequence[TenantFile], show: Printer) -> None:
    view = TerminalView(sys.stdout)
    for file in tenants:
        show(f"\n=== {file.document.tenant} ({file.document.locale}, {file.document.time_zone}) " + "=" * 40)
        team = team_of(file.document.tenant)
        for channel in channels_of(file.document):
            for line in view.channel(channel, emulator.visible(team, channel)):
                show(line)
