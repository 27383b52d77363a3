"""A real Alertmanager that mutes, and ours behind one that does not: in four minutes both show the same alerts."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.alertmanager import Alertmanager, alertmanager, program
from tests.e2e.conftest import JOIN_SOON
from tests.e2e.system import System, Tenant, up
from tests.e2e.tenants import write
from tests.e2e.webhooks import firing
from tests.parity.beside import rules, sides, story
from tests.waiting import eventually

pytestmark = pytest.mark.parity

SEED = 35
QUICK = {
    **JOIN_SOON,
    "SLACK__CHANNEL_INTERVAL_S": "0.02",
    "SLACK__WORKSPACE_POSTS_PER_MIN": "6000",
    "SLACK__WORKSPACE_POSTS_BURST": "100",
    "EMULATOR__CHANNEL_POSTS_PER_S": "100",
    "EMULATOR__CHANNEL_BURST": "100",
}
START_S = 10


@pytest.mark.timeout(480)
async def test_the_same_alerts_are_shown(tmp_path: Path) -> None:
    program("prometheus-alertmanager")
    tenants = tmp_path / "tenants"
    async with AsyncExitStack() as stack:
        unmuted = rules.document(datetime.now(UTC))
        system = await stack.enter_async_context(up(write(tenants, [unmuted]), **QUICK))
        await _warm(system)
        start = _full_minute(datetime.now(UTC) + timedelta(seconds=START_S))
        applied = await system.command("tenant", "apply", str(write(tenants, [rules.document(start)])))
        assert applied.code == 0, applied.err
        sink = await stack.enter_async_context(sides.notified())
        token = tmp_path / "token"
        token.write_text(system.ready["tokens"][rules.TENANT], encoding="utf-8")
        url = f"{system.ready['gateway']}/v1/tenants/{rules.TENANT}/alerts"
        senders = [
            await stack.enter_async_context(
                alertmanager(system.http, rules.written(tmp_path, f"{name}.yml", config), tmp_path / name)
            )
            for name, config in (
                ("muting", rules.muting(start, sink.url)),
                ("forwarding", rules.forwarding(url, token)),
            )
        ]
        assert datetime.now(UTC) < start, "the engines took too long to start"

        await _play(system, senders, start)

        alerts = {one.labels for one in story.changes(SEED) if one.fires}
        assert await _difference(alerts, sink, system) == []
        assert len(alerts) == story.ALERTS + len({one for one in alerts if dict(one)["alertname"] == "ClusterDown"})
        assert 20 < len(alerts - sink.fired) < len(alerts) - 20, "the mutes hold some back, and not all"


async def _warm(system: System) -> None:
    """An alert of another name goes the whole way, so that everything is up and has joined."""
    tenant = Tenant(system, rules.TENANT)
    await tenant.send(firing("Warm", severity="error"))
    await tenant.settled(within_s=60)


async def _difference(alerts: set[sides.Labels], sink: sides.Notified, system: System) -> list[str]:
    """The alerts that only one side has shown, once both have had time."""

    async def differs() -> list[str]:
        ours = await sides.shown(system)
        only = [one for one in alerts if (one in sink.fired) is not (sides.id_of(one) in ours)]
        return [f"{'Alertmanager' if one in sink.fired else 'ours'} alone: {dict(one)}" for one in only]

    with suppress(AssertionError):
        await eventually(lambda: _none(differs), within_s=15, every_s=0.5)
    return sorted(await differs())


async def _none(differs: Callable[[], Awaitable[list[str]]]) -> bool:
    return not await differs()


async def _play(system: System, senders: list[Alertmanager], start: datetime) -> None:
    """Everything at its second."""
    http, [muting, forwarding] = system.http, senders
    deeds = {one.at for one in story.changes(SEED)} | {one.at for one in story.SILENCES}
    for second in sorted(deeds):
        await _reach(start + timedelta(seconds=second))
        for one in story.SILENCES:
            if one.at == second:
                await sides.silence(http, muting, system, one, start)
        for change in story.changes(SEED):
            if change.at == second:
                await sides.change(http, muting, change, start)
                await sides.change(http, forwarding, change, start)
    await _reach(start + timedelta(seconds=story.LENGTH_S))


async def _reach(moment: datetime) -> None:
    """The moment, once it has come: what is compared depends on the real time."""
    await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def _full_minute(after: datetime) -> datetime:
    return after.replace(second=0, microsecond=0) + timedelta(minutes=1)
