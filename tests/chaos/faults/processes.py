"""Processes that die, freeze, come and go."""

import asyncio
import random
import signal
import time
from typing import Final

from tests.chaos.faults.fault import Bound, Fault
from tests.chaos.processes import Child
from tests.chaos.stage import GATEWAYS, LEASE_S, WORKERS, Stage
from tests.e2e.killed_worker import STEPS
from tests.waiting import eventually

POINTS: Final = [f"{when}:{step}" for step in STEPS for when in ("before", "after")]
_MET_S: Final = 10.0
"""Within which a worker comes to a point under load; some, like an edit's settling, need a call first."""
_DOWN_S: Final = 1.0


async def kill_at_a_point(stage: Stage, dice: random.Random) -> None:
    """A worker dies between any two of its steps, and is started again."""
    child = await _strike(stage, dice, signal.SIGKILL)
    stage.kills_s.append(time.time())
    await asyncio.sleep(_DOWN_S)
    await child.start()


async def freeze_at_a_point(stage: Stage, dice: random.Random) -> None:
    """A worker stands still for longer than its lease and its session, and goes on where it was."""
    child = await _strike(stage, dice, signal.SIGSTOP)
    stage.kills_s.append(time.time())
    await asyncio.sleep(LEASE_S + 2)
    child.send(signal.SIGCONT)
    stage.kills_s.append(time.time())


async def _strike(stage: Stage, dice: random.Random, number: signal.Signals) -> Child:
    """Let a worker send itself a signal at a point; where it does not come there in time, send it from here."""
    child = stage.roles[dice.choice(WORKERS)]
    orders = stage.orders(child.name)
    orders.write_text(f"{dice.choice(POINTS)} {number.name}", encoding="utf-8")

    def met() -> bool:
        return not child.running or child.frozen

    try:
        await eventually(met, within_s=_MET_S)
    except AssertionError:
        orders.unlink(missing_ok=True)
        child.send(number)
        await eventually(met)
    if number is signal.SIGKILL and child.process is not None:
        await child.process.wait()
    return child


async def kill_all_workers(stage: Stage, dice: random.Random) -> None:
    """All workers die at once."""
    stage.kills_s.append(time.time())
    await asyncio.gather(*(stage.roles[name].kill() for name in WORKERS))
    await asyncio.sleep(dice.uniform(0, 2))
    await asyncio.gather(*(stage.roles[name].start() for name in WORKERS))
    await stage.ready(*WORKERS)


async def kill_a_gateway(stage: Stage, dice: random.Random) -> None:
    """A gateway dies with bodies in hand; its senders try again."""
    child = stage.roles[dice.choice(GATEWAYS)]
    await child.kill()
    await asyncio.sleep(_DOWN_S)
    await child.start()
    await stage.ready(child.name)


async def roll(stage: Stage, dice: random.Random) -> None:
    """Every worker is restarted in good order, one after the other."""
    for name in WORKERS:
        await stage.roles[name].stop()
        await stage.roles[name].start()
        await stage.ready(name)


async def third_worker(stage: Stage, dice: random.Random) -> None:
    """A worker joins and leaves in the middle of batches, so that partitions change hands twice."""
    child = stage.roles.get("worker-3") or stage.add_worker("worker-3")
    await child.start()
    await stage.ready("worker-3")
    await asyncio.sleep(dice.uniform(0.5, 2))
    await child.stop()


FAULTS: Final = (
    Fault("worker killed at a step", Bound.WORKER_KILLED, kill_at_a_point, short=True),
    Fault("worker frozen at a step", Bound.WORKER_KILLED, freeze_at_a_point, short=True),
    Fault("all workers killed", Bound.WORKER_KILLED, kill_all_workers),
    Fault("gateway killed", Bound.RESTARTED, kill_a_gateway, short=True),
    Fault("rolling restart", Bound.RESTARTED, roll),
    Fault("partitions change hands", Bound.RESTARTED, third_worker),
)
