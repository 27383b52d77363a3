"""From the request to the first message, where a Prometheus is asked for charts: fast, slow or dead, against none."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Final

from alert_router_local.process import HOST

from bench.comparison import Amount, Comparison, Figures, Goal, Measure, Side
from bench.documents import Document
from bench.figures import quantile
from bench.load import TENANTS, alerts, body, new_run, unlimited
from bench.processes import BenchError, until
from bench.sending import JSON, Post, post_steadily
from bench.stage import Stage, child
from bench.system import token
from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.config import stored
from router.config.check import check
from router.config.document.tenant import TenantDocument
from router.core.model.alert import TenantId

OFF: Final = "off"
_WAITS: Final = {"fast": "0.005", "slow": "0.9", "dead": "never"}
_CALLS: Final = {"fast": 2, "slow": 2}
"""For each group: the second is the edit for its chart, which may wait while others are shown."""
_EACH: Final = 2
"""Tenants of each."""
_LINK: Final = "http://prometheus.example:9090/graph?g0.expr=up+%3E+0&g0.tab=1"
_RATE: Final = 10.0
_SECONDS: Final = 20.0
_CHANNELS: Final = 4
_PATIENCE_S: Final = 30.0
_FLOOR_MS: Final = 400.0
"""What a machine that is busy with something else may make of any latency."""


@asynccontextmanager
async def contenders(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
    """Two tenants each; those of nobody's Prometheus are the yardstick."""
    count = amount.of(_SECONDS * _RATE, least=40)
    names = (OFF, *_WAITS)
    tenants = {name: TENANTS[place * _EACH : (place + 1) * _EACH] for place, name in enumerate(names)}
    async with AsyncExitStack() as stack:
        for name, wait in _WAITS.items():
            log = stage.folder / f"prometheus-{name}.log"
            _, line = await stack.enter_async_context(child(log, "bench.bare.prometheus", wait))
            await _publish(stage, tenants[name], f"http://{HOST}:{line['port']}")
        try:
            yield {name: partial(_measured, stage, tenants[name], count, _CALLS.get(name, 1)) for name in names}
        finally:
            for name in _WAITS:
                await _publish(stage, tenants[name], "")


async def _publish(stage: Stage, tenants: Sequence[str], prometheus: str) -> None:
    redis = Connection(stage.system.settings["REDIS__URL"])
    try:
        for tenant in tenants:
            await TenantRepository(redis).publish(TenantId(tenant), _stored(unlimited(tenant), prometheus))
    finally:
        await redis.close()


def _stored(known: Document, prometheus: str) -> str:
    asked = {"prometheus": {"url": prometheus, "only": "all"}} if prometheus else {}
    checked = check({**known, "platform": {**known["platform"], **asked}})
    if not isinstance(checked, TenantDocument):
        raise BenchError(f"the document is not valid: {checked[0].message}")
    return stored.dump(checked, "")


async def _measured(stage: Stage, tenants: Sequence[str], count: int, calls: int) -> Figures:
    run, gateway = new_run(), stage.system.gateway
    seen = len(await stage.arrivals(0))
    posts = [
        Post(
            f"{gateway}/v1/tenants/{tenants[number % _EACH]}/alerts",
            body([{**one, "generatorURL": _LINK} for one in alerts(run, number, 1, _CHANNELS)]),
            JSON | {"Authorization": f"Bearer {token(tenants[number % _EACH])}"},
        )
        for number in range(count)
    ]
    began = await post_steadily(stage.system.http, posts, _RATE)
    arrived: dict[int, float] = {}

    async def all_shown() -> bool:
        for at, name in reversed(await stage.arrivals(seen)):
            if name.startswith(f"Bench-{run}-"):
                arrived[int(name.rpartition("-")[2])] = at
        return len(arrived) == count

    await until(all_shown, _PATIENCE_S, "all is shown")
    await _all_made(stage, seen + calls * count)
    times = [arrived[number] - at for number, at in enumerate(began)]
    return {f"p{share * 100:.0f} ms": quantile(times, share) * 1000 for share in (0.5, 0.9, 0.99)}


async def _all_made(stage: Stage, calls: int) -> None:
    """Wait for the charts, so that few are drawn at the cost of whoever is measured next: some may be left out."""

    async def made() -> bool:
        return len(await stage.arrivals(0)) >= calls

    with suppress(BenchError):
        await until(made, _PATIENCE_S, "all is drawn")


SCENARIOS: Final = (
    Comparison(
        name="charts",
        title="milliseconds from the request to the first message, with a Prometheus that is fast, slow or dead",
        contenders=contenders,
        goals=tuple(
            Goal(f"p{share} ms", OFF, Side.AT_MOST, bound, guard, floor=_FLOOR_MS, of=name)
            for name in _WAITS
            for share, bound, guard in ((50, 1.05, 2), (99, 1.3, 4))
        ),
        steady="p50 ms",
        in_smoke=True,
    ),
)
