"""What operators and tenants do in the middle of it all."""

import asyncio
import json
import random
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import aiohttp

from tests.chaos.faults.fault import Bound, Effect, Fault
from tests.chaos.stage import TENANTS, Stage, document

_LASTS_S: Final = 3.0
_IN_FLIGHT_S: Final = 0.5
"""A call that was begun before may still be on its way."""
_FLOOD_TASKS: Final = 20
"""Senders at once, each without a pause: about a hundred times what a tenant sends otherwise."""


async def suspend(stage: Stage, dice: random.Random) -> None:
    """A tenant is suspended, and resumed."""
    tenant = dice.choice(TENANTS)
    await stage.run("tenant", "suspend", tenant)
    since_s = time.time() + _IN_FLIGHT_S
    await asyncio.sleep(_LASTS_S)
    stage.suspended.append((tenant, since_s, time.time()))
    await stage.run("tenant", "resume", tenant)


async def hold_everybody(stage: Stage, dice: random.Random) -> None:
    """Nothing is sent to anybody, exactly from when the command has ended, until it is released."""
    await stage.run("hold")
    since_s = time.time() + _IN_FLIGHT_S
    await asyncio.sleep(_LASTS_S)
    stage.suspended += [(tenant, since_s, time.time()) for tenant in TENANTS]
    await stage.run("release")


async def flood(stage: Stage, dice: random.Random) -> None:
    """One tenant repeats what it has sent, a hundred times as often as the others send."""
    loud = dice.choice(TENANTS)
    until = time.monotonic() + _LASTS_S
    bodies = [_flooding(loud, number) for number in range(_FLOOD_TASKS)]
    await asyncio.gather(*(_repeat(stage, loud, body, until) for body in bodies))


def _flooding(tenant: str, number: int) -> bytes:
    """A body of the flood: an alert that has ended before anybody was notified of it."""
    now = datetime.now(UTC)
    alert = {
        "status": "resolved",
        "labels": {"alertname": f"{tenant}-flood", "channel": "alerts-0", "instance": f"f-{number}"},
        "startsAt": (now - timedelta(minutes=2)).isoformat(),
        "endsAt": (now - timedelta(minutes=1)).isoformat(),
    }
    return json.dumps([alert]).encode()


async def _repeat(stage: Stage, tenant: str, content: bytes, until: float) -> None:
    while time.monotonic() < until:
        with suppress(aiohttp.ClientError, TimeoutError):
            await stage.post(tenant, content)


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
    Fault("everybody on hold", Bound.SLACK_BACK, hold_everybody, short=True),
    Fault("one tenant floods", Bound.SLACK_BACK, flood, short=True),
    Fault("configuration changed and rolled back", Bound.SLACK_BACK, reconfigure, short=True),
    Fault("all alerts regrouped", Bound.SLACK_BACK, regroup, effects=frozenset({Effect.MOVES})),
)
