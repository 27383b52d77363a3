"""A cell for tests: a Kafka, a Redis, a gateway, a worker and a projector of its own, beside one record."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from alert_router_local.engines import start_redis
from alert_router_local.process import HOST, Engine, free_port
from redis.asyncio import Redis

from router.__main__ import main
from tests import brokers
from tests.e2e.stored_bytes import TOPICS, unpacked, values_in_redis
from tests.e2e.system import KafkaSide, clean_environment
from tests.forked import forked
from tests.record_at import RecordAt
from tests.waiting import eventually

_NO_SLACK: Final = f"http://{HOST}:9/api/"
"""Where nobody listens: messages wait."""


@dataclass(frozen=True)
class Cell:
    """One that runs."""

    name: str
    url: str
    operations: tuple[str, ...]
    redis_engine: Engine
    redis: Any
    kafka: KafkaSide

    async def places(self, word: str) -> set[str]:
        """Where the word stands in what this cell stores: kinds of keys in Redis, topics of Kafka."""
        found = set[str]()
        async for key, value in values_in_redis(self.redis):
            if any(word.encode() in one for one in unpacked(value)):
                found.add(f"redis {key.partition('}:')[2].partition(':')[0]}")
        for topic in TOPICS:
            for record in await self.kafka.records(topic):
                values = [record.key or b"", record.value or b"", *(value for _, value in record.headers)]
                if any(word.encode() in one for value in values for one in unpacked(value)):
                    found.add(topic)
        return found

    async def send(self, tenant: str, token: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """What this cell's gateway answers to a body for a tenant."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        url = f"{self.url}/v1/tenants/{tenant}/alerts"
        async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as answer:
            return answer.status, json.loads(await answer.text())

    async def is_ready(self) -> bool:
        """Whether all its roles are."""
        async with aiohttp.ClientSession() as http:
            for port in self.operations:
                try:
                    async with http.get(f"http://{HOST}:{port}/ready") as answer:
                        if answer.status != 200:
                            return False
                except aiohttp.ClientConnectorError:
                    return False
        return True


@asynccontextmanager
async def running_cell(name: str, gateways: dict[str, int], record: RecordAt, folder: Path) -> AsyncIterator[Cell]:
    """A cell of this name, whose roles have begun; `gateways` are the ports of all cells' gateways."""
    cells = {one: {"url": f"http://{HOST}:{port}"} for one, port in gateways.items()}
    ports = {role: str(free_port()) for role in ("gateway", "worker", "projector")}
    (folder / name).mkdir()
    async with AsyncExitStack() as stack:
        kafka, redis = await brokers.start_broker(folder / name), await start_redis()
        stack.push_async_callback(kafka.stop)
        stack.push_async_callback(redis.stop)
        variables = clean_environment(
            **brokers.SETTINGS,
            CELL=name,
            CELLS=json.dumps(cells),
            KAFKA__BOOTSTRAP_SERVERS=f"{HOST}:{kafka.port}",
            REDIS__URL=f"redis://{HOST}:{redis.port}/0",
            POSTGRES__URL=record.url("ar_api"),
            POSTGRES__PROJECTOR_URL=record.url("ar_projector"),
            SLACK__BASE_URL=_NO_SLACK,
            GATEWAY__HOST=HOST,
            GATEWAY__PORT=str(gateways[name]),
            GATEWAY__OPERATIONS_PORT=ports["gateway"],
            WORKER__PORT=ports["worker"],
            PROJECTOR__PORT=ports["projector"],
        )
        for role in ("worker", "projector", "gateway"):
            log = folder / name / role
            process = await forked(main, [role], variables, log, log)
            stack.push_async_callback(process.kill)
        client = Redis(host=HOST, port=redis.port, decode_responses=True)
        stack.push_async_callback(client.aclose)
        side = await stack.enter_async_context(KafkaSide(f"{HOST}:{kafka.port}"))
        cell = Cell(name, cells[name]["url"], tuple(ports.values()), redis, client, side)
        await eventually(cell.is_ready, within_s=60)
        yield cell
