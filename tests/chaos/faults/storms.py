"""More new problems at once than a channel takes messages."""

import asyncio
import random
import time
from typing import Final

from tests.chaos.faults.fault import Bound, Fault
from tests.chaos.stage import TENANTS, WORKERS, Stage
from tests.chaos.storm import Storm

_DOWN_S: Final = 1.0


async def fold(stage: Stage, dice: random.Random) -> None:
    """A storm breaks out and most of it ends; what is left fires on through all that comes after."""
    await _break_out(stage, dice)
    await stage.storms[-1].abate()


async def fold_and_kill(stage: Stage, dice: random.Random) -> None:
    """The same, and in its middle a worker dies."""
    breaking = asyncio.create_task(_break_out(stage, dice))
    await asyncio.sleep(dice.uniform(0.5, 2.5))
    child = stage.roles[dice.choice(WORKERS)]
    stage.kills_s.append(time.time())
    await child.kill()
    await asyncio.sleep(_DOWN_S)
    await child.start()
    await breaking
    await stage.storms[-1].abate()


async def _break_out(stage: Stage, dice: random.Random) -> None:
    """At a tenant that has had none: its groups are known by name."""
    calm = [one for one in TENANTS if one not in {storm.tenant for storm in stage.storms}]
    storm = Storm(dice.choice(calm), stage.post)
    await storm.begin()
    stage.storms.append(storm)


FAULTS: Final = (
    Fault("a storm folds", Bound.FOLDED, fold, short=True),
    Fault("a storm folds, worker killed", Bound.FOLDED_KILLED, fold_and_kill),
)
