"""All points at which a worker is killed, each with a tenant, topics, a group and a Redis database of its own."""

import asyncio
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer
from alert_router_local.engines import start_redis
from alert_router_local.process import HOST
from slack_emulator import Emulator, Limits
from slack_view.shown import ShownMessage

from router.__main__ import main as router_main
from router.adapters.environment import variable
from router.adapters.redis.books import RedisBooks
from router.adapters.redis.connection import Connection
from router.adapters.redis.schedule import RedisSchedule
from router.adapters.redis.tenants import TenantRepository
from router.config import stored
from router.config.read import read_document
from router.core.model.alert import TenantId
from router.core.model.instant import MINUTE, Instant
from router.core.model.rules.names import SecretName
from tests import brokers
from tests.e2e import killed_worker
from tests.forked import forked
from tests.waiting import eventually

STEPS = (
    "fold",
    "commit",
    "queue",
    "take",
    "claim",
    "post",
    "settle_post",
    "edit",
    "settle_edit",
    "reply",
    "settle_reply",
)
AT_A_CHANGE = ("edit", "settle_edit", "reply", "settle_reply")
POINTS = ["before:fold", *(f"after:{step}" for step in STEPS), "before:edit", "before:reply"]
"""After one step is before the next."""
NEVER_MADE = {"after:claim", "before:reply"}
"""Where the call may have been made for all that anybody knows, but was not."""


@dataclass(frozen=True)
class Outcome:
    """What is left after the second worker has done its work."""

    messages: tuple[ShownMessage, ...]
    books: dict[str, int]
    killed_with: int
    ended_with: int


@dataclass(frozen=True)
class Bench:
    """The engines that all points share."""

    kafka: str
    redis_port: int
    emulator: Emulator
    producer: AIOKafkaProducer
    logs: Path


async def all_outcomes(logs: Path) -> dict[str, Outcome]:
    """Kill a worker at each point, some at a time; what is left of each."""
    kafka = await brokers.start_broker(logs / "kafka")
    redis = await start_redis("--databases", str(len(POINTS) + 1))
    emulator = Emulator(limits=Limits(channel_burst=1))
    await emulator.start()
    producer = AIOKafkaProducer(bootstrap_servers=f"{HOST}:{kafka.port}", acks="all")
    await producer.start()
    bench = Bench(f"{HOST}:{kafka.port}", redis.port, emulator, producer, logs)
    places = asyncio.Semaphore(4)
    try:
        results = await asyncio.gather(*(run(bench, number, point, places) for number, point in enumerate(POINTS, 1)))
        return dict(zip(POINTS, results, strict=True))
    finally:
        await producer.stop()
        await emulator.stop()
        await redis.stop()
        await kafka.stop()


async def run(bench: Bench, number: int, point: str, places: asyncio.Semaphore) -> Outcome:
    async with places:
        tenant = f"point{number}"
        channel = prepare(bench.emulator, tenant)
        connection = Connection(f"redis://{HOST}:{bench.redis_port}/{number}")
        await apply(connection, tenant)
        environment = settings(bench, number, tenant)
        log = bench.logs / f"{number}-killed"
        killed = await forked(killed_worker.main, [point], environment, log, log)
        try:
            await append(bench, tenant, "node-1")
            if point.partition(":")[2] in AT_A_CHANGE:
                await eventually(lambda: bool(bench.emulator.visible(team(tenant), channel)), within_s=60)
            await append(bench, tenant, "node-1", "node-2")
            killed_with = await killed.ended(within_s=90)
        finally:
            await killed.kill()
        log = bench.logs / f"{number}-again"
        again = await forked(router_main, ["worker"], environment, log, log)
        try:
            await eventually(lambda: '"serving"' in log.read_text(), within_s=90)
            await eventually(lambda: all_is_notified(connection, tenant), within_s=90)
            again.terminate()
            ended_with = await again.ended(within_s=30)
        finally:
            await again.kill()
        books = await RedisBooks(connection).read(TenantId(tenant))
        await connection.close()
        return Outcome(bench.emulator.visible(team(tenant), channel), books, killed_with, ended_with)


def team(tenant: str) -> str:
    return f"T{tenant.upper()}"


def prepare(emulator: Emulator, tenant: str) -> str:
    emulator.add_workspace(team(tenant), tenant)
    emulator.add_token(f"xoxb-{tenant}", team(tenant))
    return emulator.add_channel(team(tenant), "alerts")


async def apply(connection: Connection, tenant: str) -> None:
    text = f"""
version: 1
tenant: {tenant}
platform: {{slack: {{token: {{secret: slack}}}}}}
route: {{receiver: all, group_by: [alertname], group_interval: 1s, repeat_interval: 4h}}
receivers: [{{name: all, slack: {{channel: "#alerts"}}}}]
"""
    document = read_document(text, "test")
    await TenantRepository(connection).publish(TenantId(tenant), stored.dump(document, text))


def settings(bench: Bench, number: int, tenant: str) -> dict[str, str]:
    own = {
        "KAFKA__BOOTSTRAP_SERVERS": bench.kafka,
        "KAFKA__INBOUND_TOPIC": f"inbound-{number}",
        "KAFKA__DEAD_LETTER_TOPIC": f"dead-letter-{number}",
        "KAFKA__EVENTS_TOPIC": f"events-{number}",
        "KAFKA__GROUP_ID": f"group-{number}",
        **brokers.SETTINGS,
        "KAFKA__PARTITIONS": "1",
        "REDIS__URL": f"redis://{HOST}:{bench.redis_port}/{number}",
        "SLACK__BASE_URL": f"{bench.emulator.url}/api/",
        "SLACK__AMBIGUOUS_WAIT_S": "0.5",
        "WORKER__LEASE_S": "2",
        "WORKER__PORT": "0",
    }
    named = {f"ALERT_ROUTER_{name}": value for name, value in own.items()}
    return os.environ | named | {variable(TenantId(tenant), SecretName("slack")): f"xoxb-{tenant}"}


async def append(bench: Bench, tenant: str, *instances: str) -> None:
    number = tenant.removeprefix("point")
    headers = [("tenant", tenant.encode())]
    await bench.producer.send_and_wait(f"inbound-{number}", body(*instances), headers=headers)


def body(*instances: str) -> bytes:
    started = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    alerts: list[dict[str, Any]] = [
        {"status": "firing", "labels": {"alertname": "Down", "instance": one}, "startsAt": started}
        for one in instances
    ]
    return json.dumps({"version": "4", "groupKey": "{}", "groupLabels": {}, "alerts": alerts}).encode()


async def all_is_notified(connection: Connection, tenant: str) -> bool:
    now, books = await connection.now(), await RedisBooks(connection).read(TenantId(tenant))
    work = await RedisSchedule(connection).due(TenantId(tenant), Instant(now + MINUTE), 10)
    return books.get("notified") == 2 and not books.get("pending") and not work.groups and not work.lanes
