"""`python -m tests.hostile.attackers PLACE`: several attackers at once, round after round.

A process of its own, so that what drawing costs is not mistaken for what the system takes. PLACE and the lines are
JSON, as `Place` and `Order` have them. What a round throws is drawn first, which is answered; after another line it
is thrown, and the answer has what was, by attacker.
"""

import asyncio
import json
import math
import os
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
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

_AWAY: Final = 10
"""Attackers have machines of their own: here they take what the system leaves of this one."""

Throw = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the system is; `settings` are those of a role, and `folder` is for files."""

    seed: int
    gateway: str
    settings: Mapping[str, str]
    folder: str


@dataclass(frozen=True, slots=True)
class Order:
    """The number of a round, for how many seconds it lasts, and what share of the usual pace it has."""

    number: int
    seconds: float
    share: float


@dataclass(slots=True)
class Attackers:
    """All of them, and what they hold open."""

    place: Place
    http: aiohttp.ClientSession
    producer: AIOKafkaProducer
    tenants: TenantRepository
    violations: list[str]

    def drawn(self, order: Order) -> Mapping[str, Sequence[Throw]]:
        """All that is thrown in a round, by attacker: the same whenever it is drawn."""
        draws: Mapping[str, tuple[float, Callable[[random.Random], Throw]]] = {
            "bodies": (25, self._body),
            "connections": (15, self._connection),
            "records": (20, self._record),
            "documents": (1.5, self._document),
            "commands": (0.2, self._command),
        }
        found = {}
        for name, (rate, draw) in draws.items():
            dice = random.Random(f"{self.place.seed}:{order.number}:{name}")
            count = math.ceil(rate * order.share * order.seconds)
            found[name] = [draw(random.Random(dice.getrandbits(64))) for _ in range(count)]
        return found

    async def play(self, throws: Mapping[str, Sequence[Throw]], seconds: float) -> dict[str, Any]:
        """Throw it, for so long; how much of what was thrown, and what a command did that none may do."""
        thrown: Counter[str] = Counter()
        async with asyncio.TaskGroup() as tasks:
            for name, some in throws.items():
                tasks.create_task(_pace(name, some, seconds, thrown))
        return {"thrown": thrown, "violations": self.violations}

    def _body(self, dice: random.Random) -> Throw:
        tenant, data = dice.choice(TENANTS), bodies.drawn(dice)
        headers = {"Authorization": f"Bearer {token(tenant)}", "Content-Type": "application/json"}
        url = f"{self.place.gateway}/v1/tenants/{tenant}/alerts"

        async def throw() -> None:
            async with self.http.post(url, data=data, headers=headers) as response:
                await response.read()

        return throw

    def _connection(self, dice: random.Random) -> Throw:
        tenant = dice.choice(TENANTS)
        sent, reads = requests.drawn(dice, tenant, token(tenant)), dice.random() < 0.7

        async def throw() -> None:
            async with connected(self.place.gateway) as (reader, writer):
                for piece in sent.pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(sent.pause_s)
                if sent.left_open:
                    await asyncio.sleep(_LEFT_OPEN_S)
                elif reads:
                    await reader.read(100)

        return throw

    def _record(self, dice: random.Random) -> Throw:
        batch = records.drawn(dice, dice.choice(TENANTS), datetime.now(UTC))
        return partial(append_with, self.producer, batch.data, batch.records, dice.randrange(PARTITIONS))

    def _document(self, dice: random.Random) -> Throw:
        tenant = dice.choice(_CONFIGURED)
        stored = {"v": 1, "document": documents.drawn(dice, tenant), "source": ""}
        text = texts.as_json(stored) if dice.random() < 0.9 else texts.spoilt(dice, texts.as_json(stored), b"{}")
        return partial(self.tenants.publish, TenantId(tenant), text.decode(errors="replace"))

    def _command(self, dice: random.Random) -> Throw:
        tenant = dice.choice(_CONFIGURED)
        path = Path(self.place.folder) / f"{tenant}-{dice.randrange(10**9)}.yaml"
        path.write_bytes(texts.as_json(documents.drawn(dice, tenant)))

        async def throw() -> None:
            finished = await command("tenant", "apply", str(path), **self.place.settings)
            if finished.code not in {0, 1, 2} or "Traceback" in finished.err:
                self.violations.append(f"tenant apply {path} ended with {finished.code}: {finished.err[-500:]}")

        return throw


async def _pace(name: str, throws: Sequence[Throw], seconds: float, thrown: Counter[str]) -> None:
    """One after another at a steady pace, and wait for none; what the system refuses is as good as what it takes."""

    async def one(throw: Throw) -> None:
        try:
            async with asyncio.timeout(_GIVE_UP_S):
                await throw()
        except (aiohttp.ClientError, OSError, KafkaError, TimeoutError):
            thrown[f"{name} refused"] += 1

    async with asyncio.TaskGroup() as tasks:
        open_: set[asyncio.Task[None]] = set()
        for throw in throws:
            if len(open_) < _MOST_OPEN:
                task = tasks.create_task(one(throw))
                open_.add(task)
                task.add_done_callback(open_.discard)
                thrown[name] += 1
            await asyncio.sleep(seconds / len(throws))


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
        os.nice(_AWAY)
        _answer({"ready": True})
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = Order(**json.loads(line))
            throws = attackers.drawn(order)
            _answer({"drawn": {name: len(some) for name, some in throws.items()}})
            await asyncio.to_thread(sys.stdin.readline)
            _answer(await attackers.play(throws, order.seconds))


def _answer(found: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Place(**json.loads(sys.argv[1]))))
