"""What operators and tenants do in the middle of it all."""

import asyncio
import random
import time
from typing import Final

from tests.chaos.faults.fault import Bound, Effect, Fault
from tests.chaos.stage import TENANTS, Stage, document

_LASTS_S: Final = 3.0
_STOPS_WITHIN_S: Final = 1.5
"""Workers hear of it within a second; a call may be on its way."""


async def suspend(stage: Stage, dice: random.Random) -> None:
    """A tenant is suspended, and resumed."""
    tenant = dice.choice(TENANTS)
    await stage.run("tenant", "suspend", tenant)
    since_s = time.time() + _STOPS_WITHIN_S
    await asyncio.sleep(_LASTS_S)
    stage.suspended.append((tenant, since_s, time.time()))
    await stage.run("tenant", "resume", tenant)


async def reconfigure(stage: Stage, dice: random.Random) -> None:
    """A tenant's route changes in the middle, and is rolled back."""
    tenant = dice.choice(TENANTS)
    await stage.apply(document(tenant, group_wait="10ms", repeat_interval="3h"))
    await asyncio.sleep(_LASTS_S)
    await stage.run("tenant", "rollback", tenant)


async def regroup(stage: Stage, dice: random.Random) -> None:
    """A tenant groups its alerts in another way, so that all that is live moves, and moves back."""
    tenant = dice.choice(TENANTS)
    await stage.apply(document(tenant, group_by=["alertname", "channel"]))
    await asyncio.sleep(_LASTS_S)
    await stage.apply(document(tenant))


FAULTS: Final = (
    Fault("tenant suspended", Bound.SLACK_BACK, suspend, short=True),
    Fault("configuration changed and rolled back", Bound.SLACK_BACK, reconfigure, short=True),
    Fault("all alerts regrouped", Bound.SLACK_BACK, regroup, effects=frozenset({Effect.MOVES})),
)
