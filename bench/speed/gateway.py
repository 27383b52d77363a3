"""What a body costs the gateway from its request to the 202, against a handler that appends it and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from alert_router_local.process import HOST, free_port

from bench.comparison import BARE, OURS, Amount, Comparison, Figures, Goal, Measure, Side
from bench.load import TENANTS, alerts, body, new_run, tenant_of
from bench.processes import until
from bench.sending import CONNECTIONS, JSON, Post, post_all
from bench.speed.measuring import Work, worked_off
from bench.stage import BARE_TOPIC, Stage
from bench.system import token

_BODIES: Final = 4000
_ALERTS: Final = 5
_GROUPS: Final = 100
_FOLDED_S: Final = 120.0


@asynccontextmanager
async def contenders(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
    """Both; the worker is stopped, so that it is not what is measured."""
    run, port, count = new_run(), free_port(), amount.of(_BODIES, least=400)
    bodies = [(tenant_of(group), body(alerts(run, group, _ALERTS))) for group in range(_GROUPS)]
    async with stage.bare("gateway", stage.bare_arguments[0], BARE_TOPIC, str(port)) as bare:
        posts = [Post(f"http://{HOST}:{port}/{tenant}", content, JSON) for tenant, content in bodies]
        yield {
            BARE: partial(_measured, stage, bare, posts, count),
            OURS: partial(_ours, stage, [_with_token(stage, *one) for one in bodies], count),
        }


def _with_token(stage: Stage, tenant: str, content: bytes) -> Post:
    url = f"{stage.system.gateway}/v1/tenants/{tenant}/alerts"
    return Post(url, content, JSON | {"Authorization": f"Bearer {token(tenant)}"})


async def _ours(stage: Stage, posts: Sequence[Post], count: int) -> Figures:
    before = await stage.accepted(TENANTS)
    figures = await _measured(stage, stage.system.pids["gateway"], posts, count)

    async def folded() -> bool:
        return await stage.accepted(TENANTS) >= before + count * _ALERTS

    await until(folded, _FOLDED_S, "what was accepted is folded")
    return figures


async def _measured(stage: Stage, pid: int, posts: Sequence[Post], count: int) -> Figures:
    answered: list[float] = []

    async def progress() -> int:
        return len(answered)

    with stage.stopped():
        watching = asyncio.create_task(worked_off(stage, Work({"gateway": pid}, count, progress)))
        await asyncio.sleep(0)
        await post_all(stage.system.http, (posts[number % len(posts)] for number in range(count)), answered)
        found = await watching
    return {name: value for name, value in found.items() if not name.startswith("slack")}


SCENARIO: Final = Comparison(
    name="gateway",
    title=f"bodies of {_ALERTS} alerts over {CONNECTIONS} connections, from the request to the 202",
    contenders=contenders,
    goals=(Goal("cpu us", BARE, Side.AT_MOST, 1.3, 6),),
    steady="cpu us",
)
