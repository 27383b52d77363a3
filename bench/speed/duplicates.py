"""A storm of duplicates: bodies of five alerts that are known already, over and over, and a backlog of them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from bench.alertmanager import Alertmanager, alertmanager
from bench.bare.inbound import ACCEPTED
from bench.comparison import ALERTMANAGER, BARE, OURS, Amount, Comparison, Contenders, Figures, Goal, Measure, Side
from bench.load import TENANTS, alerts, as_post, body, for_alertmanager, new_run, tenant_of
from bench.processes import until
from bench.sending import JSON, Post, post_all
from bench.speed.measuring import Backlog, Work, worked_off
from bench.stage import BARE_TOPIC, Stage
from bench.system import INBOUND

GROUPS: Final = 200
ALERTS: Final = 5
BODIES: Final = 7000
_POSTS: Final = 2000
_SHOWN_S: Final = 120.0


def contenders(tenants: Sequence[str]) -> Contenders:
    """The bare loop, the system and Alertmanager, for so many tenants."""

    @asynccontextmanager
    async def measured(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
        run, groups = new_run(), amount.of(GROUPS, least=20)
        known = [(tenant_of(group, tenants), alerts(run, group, ALERTS)) for group in range(groups)]
        records = [(tenant, body(some)) for tenant, some in known]
        await begin(stage, records, tenants)
        bodies = [records[number % groups] for number in range(amount.of(BODIES, least=4000))]
        async with alertmanager(stage.folder / run, stage.stub.origin, tenants) as one:
            posts = [Post(one.alerts_url, as_post(for_alertmanager(*each)), JSON) for each in known]
            await post_all(stage.system.http, posts, [])
            yield {
                BARE: partial(_bare, stage, bodies),
                OURS: partial(ours, stage, bodies, tenants),
                ALERTMANAGER: partial(_alertmanager, stage, one, posts, amount.of(_POSTS, least=400)),
            }

    return measured


async def begin(stage: Stage, records: Sequence[tuple[str, bytes]], tenants: Sequence[str]) -> None:
    """Let the groups be known, and let what they show be over."""
    before, shown = await stage.accepted(tenants), await stage.shown()
    await stage.fill(records)

    async def over() -> bool:
        folded = await stage.accepted(tenants) >= before + len(records) * ALERTS
        return folded and await stage.shown() >= shown + len(records)

    await until(over, _SHOWN_S, "the groups are shown")


async def _bare(stage: Stage, bodies: Sequence[tuple[str, bytes]]) -> Figures:
    async with stage.bare("loop", *stage.bare_arguments) as pid:
        work = Work({BARE: pid}, len(bodies) * ALERTS, partial(_counted, stage), (1, 1))
        with stage.stopped():
            return await worked_off(stage, work, Backlog(bodies, BARE_TOPIC))


async def _counted(stage: Stage) -> int:
    return sum(int(one) for one in await stage.system.redis.hvals(ACCEPTED))


async def ours(stage: Stage, bodies: Sequence[tuple[str, bytes]], tenants: Sequence[str]) -> Figures:
    """A backlog of bodies that bring nothing new, while the system takes them."""
    work = Work(stage.workers, len(bodies) * ALERTS, partial(stage.accepted, tenants), (len(tenants), 1))
    return await worked_off(stage, work, Backlog(bodies, INBOUND))


async def _alertmanager(stage: Stage, one: Alertmanager, posts: Sequence[Post], count: int) -> Figures:
    answered: list[float] = []

    async def progress() -> int:
        return len(answered) * ALERTS

    with stage.stopped():
        watching = asyncio.create_task(worked_off(stage, Work({ALERTMANAGER: one.pid}, count * ALERTS, progress)))
        await asyncio.sleep(0)
        await post_all(stage.system.http, (posts[number % len(posts)] for number in range(count)), answered)
        return await watching


def _scenario(name: str, tenants: Sequence[str], guards: tuple[float, float], *, in_smoke: bool) -> Comparison:
    return Comparison(
        name=name,
        title=f"alerts that are known, of {len(tenants)} tenant{'s' * (len(tenants) > 1)}, in bodies of {ALERTS}",
        contenders=contenders(tenants),
        goals=(
            Goal("per s", BARE, Side.AT_LEAST, 1.2, guards[0]),
            Goal("cpu us", ALERTMANAGER, Side.AT_MOST, 1 / 8, guards[1]),
        ),
        steady="cpu us",
        in_smoke=in_smoke,
    )


SCENARIOS: Final = (
    _scenario("duplicates-1", TENANTS[:1], (0.2, 1.5), in_smoke=False),
    _scenario("duplicates-10", TENANTS, (0.2, 1.5), in_smoke=True),
)
