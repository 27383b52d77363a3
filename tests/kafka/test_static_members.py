"""A worker with an instance id that is killed and started again gets its partitions back, and nobody waits for it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from tests.chaos.stage import TENANTS, WORKERS, Stage, staged
from tests.e2e.webhooks import body, firing
from tests.waiting import eventually

SESSION_S: Final = 30
"""Longer than the test may last: whoever waits for it fails."""
BACK_WITHIN_S: Final = 12.0
DOWN_S: Final = 1.0
BODIES: Final = 40
"""Of groups of their own: some on every partition."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Two workers, each with an instance id."""
    session = {"KAFKA__SESSION_TIMEOUT_MS": str(SESSION_S * 1000)}
    static = {name: {**session, "KAFKA__INSTANCE_ID": name} for name in WORKERS}
    async with staged(tmp_path, seed=1, own=static) as stage:
        yield stage


async def test_a_worker_that_is_killed_and_started_again_stops_nobody_for_its_session(stage: Stage) -> None:
    await notified(stage, "before")
    victim = stage.roles[WORKERS[0]]
    await victim.kill()
    await asyncio.sleep(DOWN_S)
    await victim.start()

    async with asyncio.timeout(BACK_WITHIN_S):
        await stage.ready(WORKERS[0])
        await notified(stage, "after")


async def notified(stage: Stage, alert: str) -> None:
    """Alerts on every partition are accepted by the gateways and folded by the workers."""
    [tenant, *_] = TENANTS
    before = await accepted(stage, tenant)
    for number in range(BODIES):
        assert await stage.post(tenant, body(firing(f"{alert}-{number}"))) == 202

    async def all_folded() -> bool:
        return await accepted(stage, tenant) == before + BODIES

    await eventually(all_folded, within_s=SESSION_S, every_s=0.1)


async def accepted(stage: Stage, tenant: str) -> int:
    return int(await stage.redis.hget(f"alert-router:{{{tenant}}}:books", "accepted") or 0)
