"""Records and bodies that no honest sender makes, in every partition, just before the victim's."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from bench.bodies import encoded, labelled
from bench.documents import LOUD, VICTIM, document
from bench.scenario import Scenario, Size
from bench.system import INBOUND, PARTITIONS, System

_MEBIBYTE: Final = 1024 * 1024
_TOO_LARGE: Final = 5_000_429
"""Bytes of a body that is valid and larger than the gateway lets through."""
_BOMB: Final = 250 * _MEBIBYTE
"""Bytes of a record once it is unpacked; packed it has about 250 kB."""
_NUMBERS: Final = 300_000

Record = Callable[[System, Size], Awaitable[None]]


async def nothing(system: System, _size: Size) -> None:
    """A record without key, value and headers."""
    for partition in range(PARTITIONS):
        batch = system.producer.create_batch()
        batch.append(key=None, value=None, timestamp=None)  # the producer's own `send` refuses it
        await (await system.producer.send_batch(batch, INBOUND, partition=partition))


async def too_large(system: System, _size: Size) -> None:
    """A valid body beyond the bound of a body, packed."""
    content = encoded([labelled({"alertname": "TooLarge"}, "")], "TooLarge")
    padded = encoded([labelled({"alertname": "TooLarge"}, "x" * (_TOO_LARGE - len(content)))], "TooLarge")
    await _to_all(system, padded)


async def bomb(system: System, size: Size) -> None:
    """A small record that is large once it is unpacked."""
    await _to_all(system, b"0" * round(_BOMB * size.heavy))


async def mixed(system: System, _size: Size) -> None:
    """A good alert beside one that is none and is written back longer than it came."""
    good = {"labels": {"alertname": "Good"}, "status": "firing"}
    numbers = "[" + ",".join(["1e15"] * _NUMBERS) + "]"
    content = json.dumps({"version": "4", "alerts": [good, "BAD"]}).replace('"BAD"', f'{{"nolabels":{numbers}}}')
    await system.post(LOUD, content.encode())


async def _to_all(system: System, content: bytes) -> None:
    headers = [("tenant", LOUD.encode())]
    for partition in range(PARTITIONS):
        await system.producer.send_and_wait(INBOUND, content, headers=headers, partition=partition)


@asynccontextmanager
async def _after(record: Record, system: System, size: Size) -> AsyncIterator[None]:
    await record(system, size)
    yield


def _scenario(name: str, title: str, record: Record) -> Scenario:
    tenants = (document(VICTIM), document(LOUD))
    return Scenario(name, f"after {title}", tenants, {f"after {title}": partial(_after, record)})


SCENARIOS: Final = (
    _scenario("bad-alert", "a bad alert", mixed),
    _scenario("bomb", "an unpacked bomb", bomb),
    _scenario("too-large", "5 MB", too_large),
    _scenario("nothing", "nothing at all", nothing),
)
