"""From the request to the call to Slack, at a steady rate: each body is a new group, no limit is felt."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from alert_router_local.process import HOST, free_port

from bench.alertmanager import Alertmanager, alertmanager
from bench.comparison import ALERTMANAGER, BARE, OURS, Amount, Comparison, Contenders, Figures, Goal, Measure, Side
from bench.figures import quantile
from bench.load import TENANTS, alerts, as_post, body, for_alertmanager, new_run, tenant_of
from bench.machine import usage
from bench.processes import BenchError, until
from bench.sending import JSON, Post, post_steadily
from bench.stage import BARE_TOPIC, Stage
from bench.system import token

_CHANNELS: Final = 4
_PATIENCE_S: Final = 30.0
FLOOR_MS: Final = 2000.0
"""What a machine that is busy with something else may make of any latency."""


def contenders(rate: float, seconds: float) -> Contenders:
    """The bare gateway and chain, the system, and an Alertmanager that waits for nothing."""

    @asynccontextmanager
    async def measured(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
        count, port = amount.of(seconds * rate, least=round(2 * rate) + 6), free_port()
        bootstrap, *_ = stage.bare_arguments
        async with (
            stage.bare("chain", *stage.bare_arguments, f"{stage.stub.origin}/api") as chain,
            stage.bare("gateway", bootstrap, BARE_TOPIC, str(port)) as gateway,
            alertmanager(stage.folder / new_run(), stage.stub.origin, TENANTS, group_wait="0s") as one,
        ):
            both = {"worker": chain, "gateway": gateway}
            yield {
                BARE: partial(_bare, stage, (count, rate), f"http://{HOST}:{port}", both),
                OURS: partial(ours, stage, (count, rate)),
                ALERTMANAGER: partial(_alertmanager, stage, (count, rate), one),
            }

    return measured


Load = tuple[int, float]
"""How many, and how many a second."""


async def _bare(stage: Stage, load: Load, gateway: str, pids: Mapping[str, int]) -> Figures:
    run = new_run()
    posts = [Post(f"{gateway}/{tenant_of(one)}", _body(run, one), JSON) for one in range(load[0])]
    return await _timed(stage, posts, load[1], pids)


async def ours(stage: Stage, load: Load) -> Figures:
    """New groups over HTTP, so many and so many a second."""
    run, gateway = new_run(), stage.system.gateway
    posts = [
        Post(
            f"{gateway}/v1/tenants/{tenant}/alerts",
            _body(run, one),
            JSON | {"Authorization": f"Bearer {token(tenant)}"},
        )
        for one in range(load[0])
        for tenant in [tenant_of(one)]
    ]
    return await _timed(stage, posts, load[1], stage.workers | {"gateway": stage.system.pids["gateway"]})


async def _alertmanager(stage: Stage, load: Load, one: Alertmanager) -> Figures:
    run = new_run()
    groups = [for_alertmanager(tenant_of(number), alerts(run, number, 1, _CHANNELS)) for number in range(load[0])]
    posts = [Post(one.alerts_url, as_post(some), JSON) for some in groups]
    return await _timed(stage, posts, load[1], {"worker": one.pid})


def _body(run: str, group: int) -> bytes:
    return body(alerts(run, group, 1, _CHANNELS))


async def _timed(stage: Stage, posts: Sequence[Post], rate: float, pids: Mapping[str, int]) -> Figures:
    """The posts are of the groups 0, 1, 2 and so on of one run."""
    seen, cpu_s = await stage.shown(), _cpu_s(pids)
    began = await post_steadily(stage.system.http, posts, rate)

    async def all_shown() -> bool:
        return await stage.shown() >= seen + len(posts)

    await until(all_shown, _PATIENCE_S, "all is shown")
    spent_s = _cpu_s(pids) - cpu_s
    arrived = {int(name.rpartition("-")[2]): at for at, name in reversed(await stage.arrivals(seen))}
    if len(arrived) != len(posts):
        raise BenchError(f"{len(arrived)} of {len(posts)} groups were shown")
    times = [arrived[number] - at for number, at in enumerate(began)]
    quantiles = {f"p{share * 100:.0f} ms": quantile(times, share) * 1000 for share in (0.5, 0.9, 0.99)}
    return {**quantiles, "cpu us": spent_s / len(posts) * 1e6}


def _cpu_s(pids: Mapping[str, int]) -> float:
    return sum(usage(pid).cpu_s for pid in pids.values())


def _scenario(rate: int, seconds: float, guards: tuple[float, float], *, in_smoke: bool) -> Comparison:
    return Comparison(
        name=f"latency-{rate}",
        title=f"milliseconds from the request to the call to Slack, at {rate} bodies a second",
        contenders=contenders(rate, seconds),
        goals=(
            Goal("p50 ms", BARE, Side.AT_MOST, 1.5, guards[0], floor=FLOOR_MS),
            Goal("p99 ms", BARE, Side.AT_MOST, 2, guards[1], floor=FLOOR_MS),
        ),
        steady="p50 ms",
        in_smoke=in_smoke,
    )


SCENARIOS: Final = (
    _scenario(20, 16, (8, 30), in_smoke=True),
    _scenario(3, 60, (8, 30), in_smoke=False),
)
