"""Ten busy tenants among ten thousand, against ten alone; a system for each."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from bench.comparison import Amount, Comparison, Contenders, Figures, Goal, Measure, Side
from bench.load import TENANTS, alerts, body, new_run, tenant_of
from bench.speed import duplicates, unique
from bench.stage import Records, Stage, staged

TEN: Final = "ten tenants"
MANY: Final = "ten of ten thousand"
_RESTING: Final = 9_990

Prepared = Callable[[Stage], Awaitable[Measure]]


@asynccontextmanager
async def _both(stage: Stage, prepare: Prepared) -> AsyncIterator[Mapping[str, Measure]]:
    async with staged(stage.folder / "many", resting=_RESTING) as many:
        yield {
            TEN: partial(_alone, await prepare(stage), many),
            MANY: partial(_alone, await prepare(many), stage),
        }


async def _alone(measure: Measure, other: Stage) -> Figures:
    """Measured while the other system takes no part."""
    with other.stopped():
        return await measure()


async def _uniques(count: int, stage: Stage) -> Measure:
    return partial(unique.ours, stage, count)


async def _duplicates(groups: int, count: int, stage: Stage) -> Measure:
    run = new_run()
    known = [(tenant_of(group), body(alerts(run, group, duplicates.ALERTS))) for group in range(groups)]
    await duplicates.begin(stage, known, TENANTS)
    bodies: Records = [known[number % groups] for number in range(count)]
    return partial(duplicates.ours, stage, bodies, TENANTS)


@asynccontextmanager
async def _unique_contenders(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
    async with _both(stage, partial(_uniques, amount.of(unique.GROUPS, least=300))) as both:
        yield both


@asynccontextmanager
async def _duplicate_contenders(stage: Stage, amount: Amount) -> AsyncIterator[Mapping[str, Measure]]:
    groups, count = amount.of(duplicates.GROUPS, least=20), amount.of(duplicates.BODIES, least=400)
    async with _both(stage, partial(_duplicates, groups, count)) as both:
        yield both


def _scenario(name: str, what: str, contenders: Contenders) -> Comparison:
    return Comparison(
        name=name,
        title=f"{what}, of ten tenants alone and among ten thousand",
        contenders=contenders,
        goals=(Goal("per s", TEN, Side.AT_LEAST, 0.9, 0.5, of=MANY),),
        steady="cpu us",
        in_smoke=False,
    )


SCENARIOS: Final = (
    _scenario("many-unique", "new groups of one alert", _unique_contenders),
    _scenario("many-duplicates", "alerts that are known", _duplicate_contenders),
)
