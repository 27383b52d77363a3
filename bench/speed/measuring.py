"""How a load is measured while one contender works it off."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.comparison import Figures
from bench.drain import Progress, middle, watch
from bench.machine import usage
from bench.stage import Records, Stage


@dataclass(frozen=True, slots=True)
class Work:
    """So much that is done, by these processes.

    `own` are the commands and reads of Redis that one look at the progress costs.
    """

    pids: Mapping[str, int]
    count: int
    progress: Progress
    own: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Records that nobody reads before all of them are there."""

    records: Records
    topic: str


async def worked_off(stage: Stage, work: Work, backlog: Backlog | None = None) -> Figures:
    """Watch until the work is done; a backlog is appended while the processes are stopped."""
    pids, count, progress, own = work.pids, work.count, work.progress, work.own
    engines = stage.engines
    began, commands, reads = await progress(), *await stage.redis_counts()

    async def more() -> int:
        return await progress() - began

    if backlog is not None:
        with stage.stopped(*pids.values()):
            await stage.fill(backlog.records, backlog.topic)
    looks = await watch({**engines, **pids}, count, more)
    after = await stage.redis_counts()
    figures = middle(looks, count)
    return {
        "per s": figures["per s"],
        "cpu us": sum(figures[f"{name} us"] for name in pids),
        **{f"{name} us": figures[f"{name} us"] for name in engines},
        "redis commands": (after[0] - commands - own[0] * len(looks)) / count,
        "redis reads": (after[1] - reads - own[1] * len(looks)) / count,
        "cores busy": figures["cores busy"],
        "MB": sum(usage(pid).memory for pid in pids.values()) / 1e6,
    }
