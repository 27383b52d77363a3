"""The victim's latency beside each fault, and whether it is what it is without one."""

import asyncio
import time
from collections.abc import Mapping
from typing import Final

from bench.blast.faults import QUIET
from bench.blast.places import Places
from bench.documents import VICTIM
from bench.figures import Pooled, Sample
from bench.load import alerts, body, new_run
from bench.machine import shares, usage
from bench.scenario import Verdict

RATE: Final = 20.0
"""Alerts of the victim a second, each a group of its own."""
RATIO: Final = 1.5
SHARE: Final = 0.99
_PATIENCE_S: Final = 10.0
_LOOK_S: Final = 0.25
_CALM: Final = 0.2
"""Of a core: a worker that uses less has no backlog."""
_CALM_WITHIN: Final = 20
_ACCEPTED: Final = 202


async def measure(places: Places, seconds: float) -> Sample:
    """Send for so long; from the gateway's 202 until Slack has the message."""
    run, after = new_run(), await _taken(places)
    sent = await asyncio.gather(*(_send(places, run, number) for number in range(round(seconds * RATE))))
    accepted = {name: at for name, at in sent if name}
    shown = await _shown(places, after, accepted)
    latencies = [shown[name] - at for name, at in accepted.items() if name in shown]
    return Sample(latencies, missing=len(sent) - len(latencies))


async def _send(places: Places, run: str, number: int) -> tuple[str, float]:
    await asyncio.sleep(number / RATE)
    [alert] = alerts(run, number)
    status = await places.system.post(VICTIM, body([alert]))
    return (str(alert["labels"]["alertname"]) if status == _ACCEPTED else ""), time.time()


async def _taken(places: Places) -> int:
    async with places.system.http.get(f"{places.stub.origin}/count") as response:
        return int(await response.text())


async def _shown(places: Places, after: int, wanted: Mapping[str, float]) -> dict[str, float]:
    give_up_at = time.monotonic() + _PATIENCE_S
    while True:
        async with places.system.http.get(f"{places.stub.origin}/calls?after={after}") as response:
            calls: list[tuple[float, str]] = await response.json(content_type=None)
        found = {name: at for at, name in reversed(calls) if name in wanted}
        if len(found) == len(wanted) or time.monotonic() > give_up_at:
            return found
        await asyncio.sleep(_LOOK_S)


async def calm(places: Places) -> None:
    """Wait until the other pool's worker has nothing left of a fault, or for twenty seconds."""
    pid = places.system.pids["worker"]
    for _ in range(_CALM_WITHIN):
        before = usage(pid)
        await asyncio.sleep(1)
        if shares({"worker": before}, {"worker": usage(pid)}, 1)["worker"] < _CALM:
            return


def verdicts(found: Mapping[str, Pooled]) -> list[Verdict]:
    """What holds of each fault, against the same tenant in quiet."""
    return [_verdict(name, one, found[QUIET]) for name, one in found.items() if name != QUIET]


def _verdict(name: str, beside: Pooled, quiet: Pooled) -> Verdict:
    took, yardstick = beside.at(SHARE), quiet.at(SHARE)
    figures = f"p99 {took * 1000:.1f} ms, {took / yardstick:.2f} times the quiet {yardstick * 1000:.1f}"
    missing = beside.missing + quiet.missing
    return Verdict(took <= RATIO * yardstick and not missing, f"{name}: {figures}; {missing} not shown")
