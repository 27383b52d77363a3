"""How a load is measured while one contender works it off."""

from collections.abc import Mapping

from bench.comparison import Figures
from bench.drain import Progress, middle, watch
from bench.machine import usage
from bench.stage import Stage


async def worked_off(
    stage: Stage, pids: Mapping[str, int], count: int, progress: Progress, own: tuple[int, int] = (0, 0)
) -> Figures:
    """Watch until `count` more is done; `own` are the commands and reads of Redis that one look costs."""
    engines = stage.engines
    began, commands, reads = await progress(), *await stage.redis_counts()

    async def more() -> int:
        return await progress() - began

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
