"""The tenant that is measured: a new alert group at a steady pace, in eight channels of a workspace of its own.

Each alert is timed from the gateway's 202 to its arrival at Slack, by this machine's clock. A connection that the
gateway has cut while it was idle is opened again, as senders do.
"""

import asyncio
import time
from collections.abc import Set
from dataclasses import dataclass
from typing import Final

import aiohttp

from bench.bodies import body
from bench.documents import CHANNELS
from bench.stage import Stage
from tests.hostile.canaries import ANNOTATION

VICTIM: Final = "victim"
RATE: Final = 12.0
_PATIENCE_S: Final = 20.0
_LOOK_S: Final = 0.25
_TRIES: Final = 3
_ACCEPTED: Final = 202


@dataclass(frozen=True, slots=True)
class Served:
    """Seconds from accepted to shown of each that was; the names of those that were not accepted, or not shown."""

    latencies: tuple[float, ...]
    refused: tuple[str, ...]
    hidden: tuple[str, ...]


async def measure(stage: Stage, number: int, seconds: float) -> Served:
    """Send for so long, and see when each alert was shown."""
    names = [f"Bench-{number:x}-{one}" for one in range(round(seconds * RATE))]
    sent = [asyncio.create_task(_send(stage, name, one)) for one, name in enumerate(names)]
    accepted = {name: at for name, at in zip(names, await asyncio.gather(*sent), strict=True) if at}
    shown = await _shown(stage, accepted.keys())
    latencies = tuple(max(0.0, shown[name] - at) for name, at in accepted.items() if name in shown)
    refused = tuple(name for name in names if name not in accepted)
    return Served(latencies, refused, tuple(name for name in accepted if name not in shown))


async def _send(stage: Stage, name: str, number: int) -> float:
    """When it was accepted; 0 where it was not."""
    await asyncio.sleep(number / RATE)
    content = body({"channel": f"alerts-{number % CHANNELS}"}, name=name, summary=ANNOTATION)
    for _ in range(_TRIES):
        try:
            status = await stage.system.post(VICTIM, content)
        except (aiohttp.ClientError, TimeoutError):
            continue
        if status == _ACCEPTED:
            return time.time()
    return 0.0


async def _shown(stage: Stage, names: Set[str]) -> dict[str, float]:
    """When each was shown, as far as they are in time."""
    found, seen, give_up_at = dict[str, float](), 0, time.monotonic() + _PATIENCE_S
    while not found.keys() >= names and time.monotonic() < give_up_at:
        new = await stage.arrivals(seen)
        seen += len(new)
        for at, name in new:
            found.setdefault(name, at)
        await asyncio.sleep(_LOOK_S)
    return found
