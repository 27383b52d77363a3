"""`python -m tests.hostile.attackers PLACE`: several attackers at once, for as long as each line that it reads says.

A process of its own, so that what drawing costs is not mistaken for what the system takes. PLACE and the lines are
JSON, as `Place` and `Order` have them; it answers each with what was thrown, by attacker.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from bench.system import PARTITIONS, token
from router.adapters.redis.connection import Connection
from router.adapters.redis.tenants import TenantRepository
from router.core.model.alert import TenantId
from tests.e2e.raw_batches import LARGEST_REQUEST, append_with
from tests.e2e.system import command
from tests.hostile.draw import bodies, documents, records, requests, texts
from tests.http.client import connected

TENANTS: Final = tuple(f"hostile-{number}" for number in range(6))
_CONFIGURED: Final = TENANTS[4:]
"""Whose documents change; those of the others stay good, so that their alerts come as far as Slack."""
_GIVE_UP_S: Final = 5.0
_LEFT_OPEN_S: Final = 3.0
_MOST_OPEN: Final = 150

Throw = Callable[[random.Random], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the system is; `settings` are those of a role, and `folder` is for files."""

    seed: int
    gateway: str
    settings: Mapping[str, str]
    folder: str


@dataclass(frozen=True, slots=True)
class Order:
    """The number of a round, and for how many seconds it lasts."""

    number: int
    seconds: float


@dataclass(slots=True)
class Attackers:
    """All of them, and what they hold open."""

    place: Place
    http: aiohttp.ClientSession
    producer: AIOKafkaProducer
    tenants: TenantRepository
    violations: list[str]

    async def play(self, order: Order) -> dict[str, Any]:
        """Throw for so long; how much of what, and what a command did that none may do."""
        rates: Mapping[str, tuple[float, Throw]] = {
            "bodies": (25, self._body),
            "connections": (15, self._connection),
            "records": (20, self._record),
            "documents": (1.5, self._document),
            "commands": (0.2, self._command),
        }
        thrown: Counter[str] = Counter()
        ends = time.monotonic() + order.seconds
        async with asyncio.TaskGroup() as tasks:
            for name, (rate, throw) in rates.items():
                dice = random.Random(f"{self.place.seed}:{order.number}:{name}")
                tasks.create_task(_pace(name, rate, throw, dice, ends, thrown))
        return {"thrown": thrown, "violations": self.violations}

    async def _body(self, dice: random.Random) -> None:
        tenant, data = dice.choice(TENANTS), bodies.drawn(dice)
        headers = {"Authorization": f"Bearer {token(tenant)}", "Content-Type": "application/json"}
        url = f"{self.place.gateway}/v1/tenants/{tenant}/alerts"
        async with self.http.post(url, data=data, headers=headers) as response:
            await response.read()

    async def _connection(self, dice: random.Random) -> None:
        tenant = dice.choice(TENANTS)
        sent = requests.drawn(dice, tenant, token(tenant))
        async with connected(self.place.gateway) as (reader, writer):
            for piece in sent.pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(sent.pause_s)
            if sent.left_open:
                await asyncio.sleep(_LEFT_OPEN_S)
            elif dice.random() < 0.7:
                await reader.read(100)

    async def _record(self, dice: random.Random) -> None:
        batch = records.drawn(dice, dice.choice(TENANTS), datetime.now(UTC))
        await append_with(self.producer, batch.data, batch.records, dice.randrange(PARTITIONS))

    async def _document(self, dice: random.Random) -> None:
        tenant = dice.choice(_CONFIGURED)
        stored = {"v": 1, "document": documents.drawn(dice, tenant), "source": ""}
        text = texts.as_json(stored) if dice.random() < 0.9 else texts.spoilt(dice, texts.as_json(stored), b"{}")
        await self.tenants.publish(TenantId(tenant), text.decode(errors="replace"))

    async def _command(self, dice: random.Random) -> None:
        tenant = dice.choice(_CONFIGURED)
        path = Path(self.place.folder) / f"{tenant}.yaml"
        await asyncio.to_thread(path.write_bytes, texts.as_json(documents.drawn(dice, tenant)))
        finished = await command("tenant", "apply", str(path), **self.place.settings)
        if finished.code not in {0, 1, 2} or "Traceback" in finished.err:
            kept = path.with_name(f"failed-{dice.randrange(10**9)}.yaml")
            await asyncio.to_thread(path.rename, kept)
            self.violations.append(f"tenant apply {kept} ended with {finished.code}: {finished.err[-500:]}")


async def _pace(name: str, rate: float, throw: Throw, dice: random.Random, ends: float, thrown: Counter[str]) -> None:
    """Draw in order, so many a second, and wait for none; what the system refuses is as good as what it takes."""

    async def one(own: random.Random) -> None:
        try:
            async with asyncio.timeout(_GIVE_UP_S):
                await throw(own)
        except (aiohttp.ClientError, OSError, KafkaError, TimeoutError):
            thrown[f"{name} refused"] += 1

    async with asyncio.TaskGroup() as tasks:
        open_: set[asyncio.Task[None]] = set()
        while time.monotonic() < ends:
            if len(open_) < _MOST_OPEN:
                task = tasks.create_task(one(random.Random(dice.getrandbits(64))))
                open_.add(task)
                task.add_done_callback(open_.discard)
                thrown[name] += 1
            await asyncio.sleep(1 / rate)


async def main(place: Place) -> None:
    """Obey lines until there are no more."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        kafka = place.settings["KAFKA__BOOTSTRAP_SERVERS"]
        producer = AIOKafkaProducer(bootstrap_servers=kafka, max_request_size=LARGEST_REQUEST)
        await stack.enter_async_context(producer)
        redis = Connection(place.settings["REDIS__URL"])
        stack.push_async_callback(redis.close)
        attackers = Attackers(place, http, producer, TenantRepository(redis), [])
        _answer({"ready": True})
        while line := await asyncio.to_thread(sys.stdin.readline):
            _answer(await attackers.play(Order(**json.loads(line))))


def _answer(found: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Place(**json.loads(sys.argv[1]))))
