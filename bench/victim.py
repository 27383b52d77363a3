"""The quiet tenant: a new alert group a few times a second, in eight channels of a workspace of its own.

Each alert is timed from the gateway's 202 to Slack's answer as the emulator notes it, by this machine's clock.
The alerts are sent at their times whatever became of those before, so what is late makes nothing else late.
"""

import asyncio
import re
import time
from typing import Final
from uuid import uuid4

import aiohttp

from bench.bodies import body
from bench.documents import CHANNELS, VICTIM
from bench.figures import Sample
from bench.machine import shares
from bench.system import System, team_of

RATE: Final = 3.0
"""Alerts a second: what Slack takes from one workspace is four."""
_PATIENCE_S: Final = 20.0
"""How long after the last one was accepted a message may still come."""
_LOOK_S: Final = 0.5
_ACCEPTED: Final = 202
_NAME: Final = re.compile(r"Quiet-[0-9a-f]{8}-\d+")


async def measure(system: System, seconds: float) -> Sample:
    """Send for so long, and see when each alert was shown."""
    run = uuid4().hex[:8]
    names = [f"Quiet-{run}-{number}" for number in range(max(1, round(seconds * RATE)))]
    before, sent, began = system.usage(), _of_others(system), time.monotonic()
    accepted = dict(await asyncio.gather(*(_send(system, name, number) for number, name in enumerate(names))))
    took_s = time.monotonic() - began
    cpu, others = shares(before, system.usage(), took_s), (_of_others(system) - sent) / took_s
    shown = await _shown(system, names)
    latencies = [shown[name] - accepted[name] for name in names if name in shown and name in accepted]
    return Sample(latencies, missing=len(names) - len(latencies), cpu=cpu, others_per_s=others)


def _of_others(system: System) -> int:
    return system.sent.total() - system.sent[VICTIM]


async def _send(system: System, name: str, number: int) -> tuple[str, float]:
    """The name, and when it was accepted; no name where it was not."""
    await asyncio.sleep(number / RATE)
    content = body({"channel": f"alerts-{number % CHANNELS}"}, name=name)
    try:
        status = await system.post(VICTIM, content)
    except (aiohttp.ClientError, TimeoutError):
        return "", time.time()
    return (name if status == _ACCEPTED else "", time.time())


async def _shown(system: System, names: list[str]) -> dict[str, float]:
    """When each was shown, as far as they are in time."""
    wanted, give_up_at = set(names), time.monotonic() + _PATIENCE_S
    while True:
        await system.look_at_slack()
        found = {name: at for name, at in _named(system).items() if name in wanted}
        if len(found) == len(wanted) or time.monotonic() > give_up_at:
            return found
        await asyncio.sleep(_LOOK_S)


def _named(system: System) -> dict[str, float]:
    """When which name of the victim's was shown."""
    own = team_of(VICTIM)
    found = [(_NAME.search(text), at) for (team, text), at in system.shown.items() if team == own]
    return {name[0]: at for name, at in found if name is not None}
