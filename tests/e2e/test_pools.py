"""Two pools on one installation: a tenant is moved while alerts come, and what ends one pool's workers is its own."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from router.__main__ import main
from router.adapters.environment import variable
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from tests import brokers
from tests.e2e import killed_worker
from tests.e2e.conftest import FAST_SETTINGS, KEY
from tests.e2e.system import Finished, Json, System, Tenant, clean_environment, up
from tests.e2e.tenants import Document, document, sealed, write
from tests.e2e.webhooks import firing
from tests.forked import Forked, forked
from tests.waiting import eventually

MOVED, STAYS, CRASHED = "pool-moved", "pool-stays", "pool-crashed"
POOLS: Final = {"KAFKA__POOLS": '["gold"]', "SEALING__KEY": KEY}
GOLD: Final = "alerts.inbound.gold"
CRASHES: Final = 3

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]


def in_gold(made: Document) -> Document:
    return {**made, "platform": {**made["platform"], "pool": "gold"}}


@pytest.fixture(scope="session")
async def pooled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    files = write(
        tmp_path_factory.mktemp("pools") / "tenants", [sealed(MOVED), document(STAYS), in_gold(document(CRASHED))]
    )
    async with up(files, **FAST_SETTINGS, **POOLS) as system:
        yield system


@asynccontextmanager
async def a_worker(
    system: System,
    log: Path,
    program: Callable[[], None] = main,
    *arguments: str,
    tenants: Sequence[str] = (MOVED, CRASHED),
    **settings: str,
) -> AsyncIterator[Forked]:
    """A worker of the pool `gold` of this system, for these tenants."""
    secrets = {variable(TenantId(one), SecretName("slack")): f"xoxb-emulated-{one}" for one in tenants}
    environment = clean_environment(
        **{**FAST_SETTINGS, **brokers.SETTINGS, **POOLS, **settings},
        KAFKA__BOOTSTRAP_SERVERS=system.ready["kafka"],
        REDIS__URL=system.ready["redis"],
        SLACK__BASE_URL=f"{system.ready['slack']}/api/",
        WORKER__POOL="gold",
        WORKER__PORT="0",
    )
    process = await forked(program, arguments or ["worker"], environment | secrets, log, log)
    try:
        yield process
    finally:
        await process.kill()


async def serves(log: Path) -> None:
    await eventually(lambda: '"serving"' in log.read_text(), within_s=60)


async def move(system: System, tenant: str, pool: str, *more: str) -> Finished:
    return await system.command("isolation", "move", "--tenant", tenant, "--pool", pool, *more, **POOLS)


async def moved(system: System, pool: str) -> Json:
    done = await move(system, MOVED, pool, "--json")
    assert done.code == 0, done
    found: Json = json.loads(done.out)
    return found


async def pool_of(system: System, tenant: str, folder: Path) -> object:
    policy = folder / "isolation.yaml"
    policy.write_text("version: 1\ndefault: shared\n", encoding="utf-8")
    done = await system.command(
        "isolation", "show", "--tenant", tenant, "--json", CONTROL__ISOLATION_FILE=str(policy), **POOLS
    )
    found: Json = json.loads(done.out)
    return found["pool"]


async def counted(system: System) -> set[str]:
    """What a gateway and a worker of the shared pool count by pool."""
    pages = [(await page)[1] for page in (system.get_from_gateway("/metrics"), system.get("/metrics"))]
    return {line for page in pages for line in page.splitlines() if "{pool=" in line}


async def shown_once(tenant: Tenant, names: list[str]) -> None:
    await tenant.settled(within_s=60)
    texts = [one.text for one in await tenant.messages()]
    assert sorted(name for name in names for text in texts if name in text) == sorted(names)


async def test_a_tenant_is_moved_there_and_back_while_alerts_come(pooled: System, tmp_path: Path) -> None:
    """Sealed, so that what was sealed for one topic is opened from it after the move."""
    log = tmp_path / "gold.log"
    async with pooled.tenant(MOVED) as tenant, a_worker(pooled, log):
        await serves(log)
        await eventually(lambda: pooled.redis.exists(f"alert-router:{{{MOVED}}}:keys"), within_s=20)
        names = [f"Moved{number:02}" for number in range(40)]

        async def flow() -> None:
            for name in names:
                await tenant.send(firing(name))
                await asyncio.sleep(0.2)

        sending = asyncio.create_task(flow())
        there = await moved(pooled, "gold")
        await eventually(lambda: pooled.kafka.records(GOLD), within_s=20)
        back = await moved(pooled, "shared")
        await sending
        await shown_once(tenant, names)

        assert [(one["from"], one["to"], one["topic"], one["drained"]) for one in (there, back)] == [
            ("shared", "gold", "alerts.inbound", True),
            ("gold", "shared", GOLD, True),
        ]
        assert (await tenant.books()).get("possible_repeats", 0) == 0
        assert await tenant.calls("chat.postMessage") != []


async def test_a_crash_loop_of_one_pools_workers_keeps_nobody_else_waiting(pooled: System, tmp_path: Path) -> None:
    async with pooled.tenant(STAYS) as stays, pooled.tenant(CRASHED) as crashed:
        assert await pool_of(pooled, CRASHED, tmp_path) == "gold"
        assert await counted(pooled) == {
            'alert_router_pool_tenants{pool="gold"} 1.0',
            'alert_router_pool_tenants{pool="shared"} 2.0',
            'alert_router_worker_pool{pool="shared"} 1.0',
        }
        await crashed.send(firing("Waits"))
        for number in range(CRASHES):
            log = tmp_path / f"{number}.log"
            async with a_worker(pooled, log, killed_worker.main, "before:fold") as worker:
                assert await worker.ended(within_s=60) == -signal.SIGKILL
            await stays.send(firing(f"Goes{number}"))
            await stays.settled()
        assert await crashed.messages() == []
        assert len(await stays.messages()) == CRASHES

        left = await move(pooled, CRASHED, "shared", "--timeout", "0")
        assert (left.code, "look whether workers of pool gold run" in left.err) == (1, True)
        async with a_worker(pooled, tmp_path / "whole.log"):
            await shown_once(crashed, ["Waits"])
            done = await move(pooled, CRASHED, "shared")
        assert await pool_of(pooled, CRASHED, tmp_path) == "shared"
        assert (done.code, "unchanged" in done.out, f"what was in {GOLD} is read" in done.out) == (0, True, True)
        assert (await crashed.books()).get("possible_repeats", 0) == 0


async def test_a_plan_of_a_move_stores_nothing(pooled: System) -> None:
    asked = "--tenant", STAYS, "--pool", "gold"
    text = await pooled.command("isolation", "plan", *asked, **POOLS)
    plain = json.loads((await pooled.command("isolation", "plan", *asked, "--json", **POOLS)).out)

    assert "from pool shared to pool gold; to be read to its end: alerts.inbound" in text.out
    assert "+  pool: gold" in text.out
    assert (plain["from"], plain["to"], plain["group"]) == ("shared", "gold", "alert-router")
    assert (plain["changed"], plain["stored"], plain["version"]) == (True, False, 2)
