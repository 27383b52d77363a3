"""What an active group of one alert takes in memory: in Redis and in the worker, against Alertmanager."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from bench.alertmanager import alertmanager
from bench.comparison import ALERTMANAGER, OURS, Amount, Comparison, Figures, Goal, Measure, Side
from bench.load import TENANTS, alerts, as_post, body, for_alertmanager, new_run, tenant_of
from bench.machine import usage
from bench.processes import until
from bench.sending import JSON, Post, post_all
from bench.stage import Stage

_GROUPS: Final = 4000
_A_POST: Final = 5
_SHOWN_S: Final = 120.0
_SHORT_LIVED_S: Final = 65.0
"""After so long nothing is left of what is kept about a call just made."""


@asynccontextmanager
async def contenders(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
    """Alertmanager and the system; what grows once, at the first load, is not counted."""
    count = amount.of(_GROUPS, least=500)
    wait_s = _SHORT_LIVED_S if amount.scale > SMOKE_SCALE else 0.0
    await _ours(stage, count, wait_s)
    yield {ALERTMANAGER: partial(_alertmanager, stage, count), OURS: partial(_ours, stage, count, wait_s)}


SMOKE_SCALE: Final = 0.1


async def _ours(stage: Stage, count: int, wait_s: float) -> Figures:
    run, shown, redis, worker = new_run(), await stage.shown(), await _used(stage), _worker(stage)
    await stage.fill([(tenant_of(group), body(alerts(run, group))) for group in range(count)])
    await _until_shown(stage, shown + count)
    await asyncio.sleep(wait_s)
    redis_bytes = (await _used(stage) - redis) / count
    worker_bytes = max(0, _worker(stage) - worker) / count
    return {"bytes": redis_bytes + worker_bytes, "redis bytes": redis_bytes, "worker bytes": worker_bytes}


async def _alertmanager(stage: Stage, count: int) -> Figures:
    run, shown = new_run(), await stage.shown()
    groups = [one for group in range(count) for one in for_alertmanager(tenant_of(group), alerts(run, group))]
    async with alertmanager(stage.folder / run, stage.stub.origin, TENANTS) as one:
        before = usage(one.pid).memory
        posts = [Post(one.alerts_url, as_post(groups[at : at + _A_POST]), JSON) for at in range(0, count, _A_POST)]
        await post_all(stage.system.http, posts, [])
        await _until_shown(stage, shown + count)
        return {"bytes": (usage(one.pid).memory - before) / count}


async def _until_shown(stage: Stage, count: int) -> None:
    async def all_shown() -> bool:
        return await stage.shown() >= count

    await until(all_shown, _SHOWN_S, "all groups are shown")


async def _used(stage: Stage) -> int:
    return int((await stage.system.redis.info("memory"))["used_memory"])


def _worker(stage: Stage) -> int:
    return sum(usage(pid).memory for pid in stage.workers.values())


SCENARIO: Final = Comparison(
    name="held",
    title="memory of an active group of one alert of 600 bytes",
    contenders=contenders,
    goals=(Goal("bytes", ALERTMANAGER, Side.AT_MOST, 1 / 20, 0.1),),
    steady="bytes",
)
