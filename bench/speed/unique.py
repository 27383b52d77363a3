"""New alert groups of one alert each: every one is a message. Ten tenants with eight channels, all limits off."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from bench.alertmanager import alertmanager
from bench.comparison import ALERTMANAGER, BARE, OURS, Amount, Comparison, Figures, Goal, Measure, Side
from bench.load import TENANTS, alerts, as_post, body, for_alertmanager, new_run, tenant_of
from bench.sending import JSON, Post, post_all
from bench.speed.measuring import Backlog, Work, worked_off
from bench.stage import BARE_TOPIC, Stage
from bench.system import INBOUND

GROUPS: Final = 5000
_A_POST: Final = 5


@asynccontextmanager
async def contenders(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
    """The bare chain, the system and Alertmanager."""
    count = amount.of(GROUPS, least=300)
    yield {
        BARE: partial(_bare, stage, count),
        OURS: partial(ours, stage, count),
        ALERTMANAGER: partial(_alertmanager, stage, count),
    }


async def ours(stage: Stage, count: int) -> Figures:
    """A backlog of new groups, while the system shows them."""
    return await worked_off(stage, Work(stage.workers, count, stage.shown), _backlog(count, INBOUND))


async def _bare(stage: Stage, count: int) -> Figures:
    async with stage.bare("chain", *stage.bare_arguments, f"{stage.stub.origin}/api") as pid:
        with stage.stopped():
            return await worked_off(stage, Work({BARE: pid}, count, stage.shown), _backlog(count, BARE_TOPIC))


def _backlog(count: int, topic: str) -> Backlog:
    run = new_run()
    return Backlog([(tenant_of(group), body(alerts(run, group))) for group in range(count)], topic)


async def _alertmanager(stage: Stage, count: int) -> Figures:
    run = new_run()
    groups = [one for group in range(count) for one in for_alertmanager(tenant_of(group), alerts(run, group))]
    async with alertmanager(stage.folder / run, stage.stub.origin, TENANTS) as one:
        posts = [Post(one.alerts_url, as_post(groups[at : at + _A_POST]), JSON) for at in range(0, count, _A_POST)]
        with stage.stopped():
            watching = asyncio.create_task(worked_off(stage, Work({ALERTMANAGER: one.pid}, count, stage.shown)))
            await asyncio.sleep(0)
            await post_all(stage.system.http, posts, [])
            return await watching


SCENARIO: Final = Comparison(
    name="unique",
    title="new groups of one alert, of 10 tenants with 8 channels each, no limits",
    contenders=contenders,
    goals=(
        Goal("per s", BARE, Side.AT_LEAST, 0.6, 0.025),
        Goal("per s", ALERTMANAGER, Side.AT_LEAST, 1.3, 0.05),
        Goal("cpu us", ALERTMANAGER, Side.AT_MOST, 0.7, 6),
    ),
    steady="cpu us",
)
