"""A record that ends the worker that folds it leaves those alone that read other partitions than its tenant's."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest

from router.core.model.alert import TenantId
from router.core.shard import Shard
from tests.e2e import killed_worker
from tests.e2e.conftest import FAST_SETTINGS
from tests.e2e.killed_worker import POISON
from tests.e2e.system import Tenant, up
from tests.e2e.tenants import sharded, write
from tests.e2e.test_pools import POOLS, a_worker, in_gold, serves, shown_once
from tests.e2e.webhooks import firing
from tests.forked import Forked
from tests.waiting import eventually

PARTITIONS: Final = 4
BESIDE: Final = ("beside-0", "beside-1", "beside-4", "beside-8")
"""One in each partition."""
NAMES: Final = (POISON, *BESIDE)
LONGER: Final = {"KAFKA__SESSION_TIMEOUT_MS": "20000"}
"""For so long nobody else gets the partitions of a worker that has died."""

pytestmark = [pytest.mark.long, pytest.mark.night, pytest.mark.timeout(240)]


def place(name: str) -> int:
    [one] = Shard(TenantId(name), 1).of(PARTITIONS)
    return one


async def test_what_ends_a_worker_stops_nobody_whose_partitions_others_read(tmp_path: Path) -> None:
    assert sorted(map(place, BESIDE)) == [*range(PARTITIONS)]
    files = write(tmp_path / "tenants", [in_gold(sharded(name, 1)) for name in NAMES])
    async with up(files, **FAST_SETTINGS, **POOLS) as system, AsyncExitStack() as stack:
        tenants = {name: await stack.enter_async_context(system.tenant(name)) for name in NAMES}
        logs = [tmp_path / "first.log", tmp_path / "second.log"]
        async with AsyncExitStack() as both:
            workers = [
                await both.enter_async_context(
                    a_worker(system, log, killed_worker.main, "before:fold_poison", tenants=NAMES, **LONGER)
                )
                for log in logs
            ]
            await eventually(lambda: [*map(assigned, logs)] == [2, 2], within_s=90)

            await tenants[POISON].send(firing("Poison"))
            await eventually(lambda: dead(workers) == 1, within_s=30)
            for name in BESIDE:
                await tenants[name].send(firing(f"Of-{name}"))
            shown = await eventually(lambda: two_are_shown(tenants), within_s=15) or []
            await asyncio.gather(*(tenants[name].settled() for name in shown))
            assert place(POISON) not in map(place, shown)
            assert dead(workers) == 1

        async with a_worker(system, tmp_path / "whole.log", tenants=NAMES):
            await serves(tmp_path / "whole.log")
            for name in BESIDE:
                await shown_once(tenants[name], [f"Of-{name}"])
            await shown_once(tenants[POISON], ["Poison"])


def assigned(log: Path) -> int:
    """The partitions that a worker has by its last assignment."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if '"partitions_assigned"' in line]
    return lines[-1]["partitions"] if lines else 0


def dead(workers: list[Forked]) -> int:
    return sum(one.returncode is not None for one in workers)


async def two_are_shown(tenants: Mapping[str, Tenant]) -> list[str] | None:
    """Who of those beside is shown, once the two are whose partitions the other worker has."""
    messages = await asyncio.gather(*(tenants[name].messages() for name in BESIDE))
    shown = [name for name, some in zip(BESIDE, messages, strict=True) if some]
    return shown if len(shown) == PARTITIONS / 2 else None
