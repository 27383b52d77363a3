"""A release and the next one side by side on one Redis: what the newer one wrote is left to it, and all is shown.

Both are processes of their own. The newer one writes alert groups in a form that the older does not know.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from aiokafka import AIOKafkaProducer
from alert_router_local.engines import start_kafka, start_redis
from alert_router_local.process import HOST
from redis.asyncio import Redis
from slack_emulator import Emulator, Limits

from router.adapters.environment import variable
from router.adapters.redis.connection import Connection
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from tests.e2e.killing import apply, prepare, team
from tests.e2e.newer_worker import NEWER
from tests.e2e.system import kill
from tests.e2e.webhooks import body, firing
from tests.waiting import eventually

TENANT: Final = "upgrading"
GROUPS: Final = [f"Group{number}" for number in range(8)]
OURS: Final = ("router", "worker")
NEXT: Final = ("tests.e2e.newer_worker",)
SHOWN_WITHIN_S: Final = 60
"""A record that the older release got first comes to the newer one by way of the held topic."""

pytestmark = [pytest.mark.long, pytest.mark.night, pytest.mark.timeout(240)]


@dataclass
class Both:
    """The engines, and whichever workers run on them."""

    kafka: str
    url: str
    redis: Any
    emulator: Emulator
    producer: AIOKafkaProducer
    channel: str
    folder: Path
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self, module: str, *arguments: str) -> asyncio.subprocess.Process:
        """Start a worker, and wait until it takes work."""
        log = self.folder / f"{module}-{len(self.processes)}.log"
        own = {
            "KAFKA__BOOTSTRAP_SERVERS": self.kafka,
            "KAFKA__CREATE_TOPICS": "true",
            "KAFKA__PARTITIONS": "4",
            "KAFKA__IDEMPOTENT_PRODUCER": "false",
            "KAFKA__FETCH_MAX_WAIT_MS": "20",
            "KAFKA__SESSION_TIMEOUT_MS": "6000",
            "REDIS__URL": self.url,
            "SLACK__BASE_URL": f"{self.emulator.url}/api/",
            "SLACK__CHANNEL_INTERVAL_S": "0.1",
            "WORKER__PORT": "0",
        }
        environment = os.environ | {f"ALERT_ROUTER_{name}": value for name, value in own.items()}
        environment[variable(TenantId(TENANT), SecretName("slack"))] = f"xoxb-{TENANT}"
        with log.open("wb") as stderr:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *arguments, env=environment, stderr=stderr
            )
        self.processes.append(process)
        await eventually(lambda: '"serving"' in log.read_text(), within_s=60)
        return process

    async def stop(self, process: asyncio.subprocess.Process) -> None:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 40) == 0

    async def send(self, group: str, *instances: str) -> None:
        """All that fires in a group."""
        content = body(*(firing(group, instance) for instance in instances))
        await self.producer.send_and_wait(
            "alerts.inbound", content, key=group.encode(), headers=[("tenant", TENANT.encode())]
        )

    def shows(self, group: str, instances: Sequence[str]) -> bool:
        """Whether the one message of the group names all of them."""
        messages = [one.text for one in self.emulator.visible(team(TENANT), self.channel) if group in one.text]
        return len(messages) == 1 and all(f"instance={one}" in messages[0] for one in instances)

    async def forms(self) -> set[str]:
        """In which forms groups are stored."""
        keys = [key async for key in self.redis.scan_iter(f"alert-router:{{{TENANT}}}:g:*")]
        return {await self.redis.hget(key, "v") for key in keys}

    async def books(self) -> dict[str, int]:
        stored = await self.redis.hgetall(f"alert-router:{{{TENANT}}}:books")
        return {name: int(count) for name, count in stored.items()}

    async def settled(self) -> bool:
        """Whether it is known of all that was shown that it was."""
        return (await self.books())["pending"] == 0


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    async with AsyncExitStack() as stack:
        kafka, engine = await start_kafka(), await start_redis()
        stack.push_async_callback(engine.stop)
        stack.push_async_callback(kafka.stop)
        emulator = Emulator(limits=Limits(channel_posts_per_s=10, channel_burst=3, updates_per_min=10_000))
        await emulator.start()
        stack.push_async_callback(emulator.stop)
        producer = AIOKafkaProducer(bootstrap_servers=f"{HOST}:{kafka.port}", acks="all")
        await stack.enter_async_context(producer)
        url = f"redis://{HOST}:{engine.port}/0"
        connection = Connection(url)
        await apply(connection, TENANT)
        await connection.close()
        redis: Any = await stack.enter_async_context(Redis.from_url(url, decode_responses=True))
        channel = prepare(emulator, TENANT)
        running = Both(f"{HOST}:{kafka.port}", url, redis, emulator, producer, channel, tmp_path)
        yield running
        for process in running.processes:
            await kill(process)


async def test_what_either_release_gets_is_shown_while_both_are_running(both: Both) -> None:
    await asyncio.gather(both.start(*OURS), both.start(*NEXT))

    for round_ in range(1, 5):
        instances = [f"node-{number}" for number in range(round_)]
        for group in GROUPS:
            await both.send(group, *instances)
        for group in GROUPS:
            await eventually(partial(both.shows, group, instances), within_s=SHOWN_WITHIN_S)

    assert NEWER in await both.forms()
    assert (await both.books()).get("possible_repeats", 0) == 0
    await eventually(both.settled)


async def test_after_going_back_what_the_newer_release_wrote_waits_alone(both: Both) -> None:
    newer = await both.start(*NEXT)
    await both.send("Written", "node-1")
    await eventually(lambda: both.shows("Written", ["node-1"]))
    await both.stop(newer)
    older = await both.start(*OURS)

    await both.send("Written", "node-1", "node-2")
    await both.send("Other", "node-1")
    await eventually(lambda: both.shows("Other", ["node-1"]), within_s=5)
    await both.send("Other", "node-1", "node-2")
    await eventually(lambda: both.shows("Other", ["node-1", "node-2"]), within_s=5)
    assert both.shows("Written", ["node-1"])
    await both.stop(older)
    await both.start(*NEXT)

    await eventually(lambda: both.shows("Written", ["node-1", "node-2"]), within_s=SHOWN_WITHIN_S)
    await eventually(both.settled)
