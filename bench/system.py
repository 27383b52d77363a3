"""A whole system: Tansu, Valkey, the Slack emulator, a gateway and a worker, each in a process of its own."""

import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiokafka import AIOKafkaProducer
from alert_router_local.engines import start_kafka, start_redis
from alert_router_local.process import HOST, free_port
from redis.asyncio import Redis

from bench.documents import LOUD, VICTIM, Document, write
from bench.machine import Usage, usage
from bench.processes import command, ready_line, role, until
from bench.tenants import fill
from router.adapters.environment import variable
from router.adapters.redis.connection import Connection
from router.adapters.redis.tokens import TokenRepository
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.core.model.token import token_digest

INBOUND: Final = "alerts.inbound"
PARTITIONS: Final = 4
"""As many as `alert-router up` creates on Tansu: with one, what it takes to append would be what is measured."""
_LARGEST: Final = 512 * 1024 * 1024
"""What the bench's own producer lets through: the scenarios send what nobody should."""
_SENDERS: Final = (VICTIM, LOUD)
_READY_S: Final = 60.0
_OPEN_S: Final = 15.0
"""After so long a call that was not answered never will be."""

Json = dict[str, Any]


@dataclass(slots=True)
class System:
    """A running system, and the ways to use it and to look at it."""

    gateway: str
    slack: str
    settings: Mapping[str, str]
    pids: Mapping[str, int]
    http: aiohttp.ClientSession
    redis: Any
    producer: AIOKafkaProducer
    calls_seen: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    """How many bodies and records of each tenant were taken."""
    shown: dict[tuple[str, str], float] = field(default_factory=dict)
    """When a message of a team's was accepted that has this text, by (team, text)."""

    async def post(self, tenant: str, content: bytes) -> int:
        """Hand a body to the gateway as the tenant's Alertmanager does; the HTTP status."""
        headers = {"Authorization": f"Bearer {token(tenant)}", "Content-Type": "application/json"}
        url = f"{self.gateway}/v1/tenants/{tenant}/alerts"
        async with self.http.post(url, data=content, headers=headers) as response:
            await response.read()
        self.sent[tenant] += response.ok
        return response.status

    async def append(self, tenant: str, content: bytes) -> None:
        """Append a record as a producer of somebody's own does."""
        await self.producer.send_and_wait(
            INBOUND, content, key=tenant.encode(), headers=[("tenant", tenant.encode())]
        )
        self.sent[tenant] += 1

    async def enqueue(self, tenant: str, content: bytes) -> None:
        """The same, without waiting until Kafka has it."""
        await self.producer.send(INBOUND, content, key=tenant.encode(), headers=[("tenant", tenant.encode())])

    async def emulator(self, path: str, **wanted: Any) -> Json:  # noqa: ANN401 - JSON
        """Look at the emulated Slack, or with `wanted` change it."""
        url = f"{self.slack}/emulator/{path}"
        async with self.http.post(url, json=wanted) if wanted else self.http.get(url) as response:
            answer: Json = await response.json()
        return answer

    async def heal(self) -> None:
        """Let Slack's calls go right again."""
        async with self.http.delete(f"{self.slack}/emulator/faults") as response:
            await response.read()

    async def look_at_slack(self) -> None:
        """Take note of what was shown since the last look."""
        new = (await self.emulator(f"calls?after={self.calls_seen}"))["calls"]
        still_open = time.time() - _OPEN_S
        unsure = (at for at, one in enumerate(new) if one["answered_s"] is None and one["arrived_s"] > still_open)
        self.calls_seen += next(unsure, len(new))
        for one in new:
            if one["answered_s"] and one["accepted"] and one["method"] == "chat.postMessage":
                self.shown.setdefault((one["team_id"], str(one["args"].get("text"))), one["answered_s"])

    async def books(self, tenant: str, name: str) -> int:
        """A figure of the tenant's books, such as `accepted` or `pending`."""
        return int(await self.redis.hget(f"alert-router:{{{tenant}}}:books", name) or 0)

    def usage(self) -> dict[str, Usage]:
        """What each process has used so far; `load` is the bench itself."""
        return {name: usage(pid) for name, pid in {**self.pids, "load": os.getpid()}.items()}


@dataclass(frozen=True, slots=True)
class Slack:
    """A stand-in for Slack that runs already."""

    origin: str
    pid: int


@dataclass(frozen=True, slots=True)
class Setup:
    """How a system differs from the usual one."""

    settings: Mapping[str, str] = field(default_factory=dict)
    slack: Slack | None = None
    """In place of the emulator."""
    workers: int = 1
    senders: Iterable[str] = _SENDERS
    resting: int = 0
    """So many tenants more, with whom nothing goes on."""


def team_of(tenant: str) -> str:
    """A tenant's emulated workspace."""
    return f"T{tenant.upper().replace('-', '0')}"


@asynccontextmanager
async def running(folder: Path, documents: Iterable[Document], setup: Setup = Setup()) -> AsyncIterator[System]:
    """A system of these tenants with the default settings, but for what Tansu needs and the setup has."""
    documents = list(documents)
    tenants = [str(one["tenant"]) for one in documents]
    async with AsyncExitStack() as stack:
        kafka, redis = await start_kafka(), await start_redis()
        stack.push_async_callback(redis.stop)
        stack.push_async_callback(kafka.stop)
        files = write(folder / "tenants", documents)
        slack, pid, origin = await _slack(stack, folder, files, setup)
        settings = {**_settings(kafka.port, redis.port, slack, tenants), **setup.settings}
        await command(settings, "tenant", "apply", str(files))
        if setup.resting:
            await fill(settings["REDIS__URL"], setup.resting)
        await _add_tokens(settings["REDIS__URL"], [one for one in setup.senders if one in tenants])
        pids = {"kafka": kafka.process.pid, "redis": redis.process.pid, "slack": pid}
        for name, more in _roles(setup.workers, settings):
            process = await stack.enter_async_context(role(folder / f"{name}.log", more, name.partition("-")[0]))
            pids[name] = process.pid
        yield await _connected(stack, settings, pids, origin)


async def _slack(stack: AsyncExitStack, folder: Path, files: Path, setup: Setup) -> tuple[str, int, str]:
    """The address of the Web API, the process, and the origin of what looks at it."""
    if setup.slack is not None:
        return f"{setup.slack.origin}/api/", setup.slack.pid, setup.slack.origin
    log = folder / "slack.log"
    process = await stack.enter_async_context(role(log, {}, "emulator", "--tenants", str(files), "--port", "0"))
    line = await ready_line(process, log)
    return str(line["slack"]), process.pid, str(line["url"])


def _roles(workers: int, settings: Mapping[str, str]) -> Iterable[tuple[str, Mapping[str, str]]]:
    yield "worker", settings
    for number in range(2, workers + 1):
        yield f"worker-{number}", {**settings, "WORKER__PORT": str(free_port())}
    yield "gateway", settings


async def _connected(
    stack: AsyncExitStack, settings: Mapping[str, str], pids: Mapping[str, int], slack: str
) -> System:
    connector = aiohttp.TCPConnector(limit=0)
    http = await stack.enter_async_context(
        aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60))
    )
    for port in (settings["WORKER__PORT"], settings["GATEWAY__OPERATIONS_PORT"]):
        ready = partial(answers, http, f"http://{HOST}:{port}/ready")
        await until(ready, _READY_S, f"port {port} is ready")
    producer = AIOKafkaProducer(
        bootstrap_servers=settings["KAFKA__BOOTSTRAP_SERVERS"], acks="all", max_request_size=_LARGEST,
        compression_type="gzip",
    )  # fmt: skip
    await stack.enter_async_context(producer)
    redis: Any = await stack.enter_async_context(Redis.from_url(settings["REDIS__URL"], decode_responses=True))
    gateway = f"http://{HOST}:{settings['GATEWAY__PORT']}"
    return System(gateway, slack, settings, pids, http, redis, producer)


def _settings(kafka: int, redis: int, slack: str, tenants: Iterable[str]) -> dict[str, str]:
    secrets = {
        variable(TenantId(one), SecretName("slack")).removeprefix("ALERT_ROUTER_"): f"xoxb-emulated-{one}"
        for one in tenants
    }
    return secrets | {
        "KAFKA__BOOTSTRAP_SERVERS": f"{HOST}:{kafka}",
        "KAFKA__CREATE_TOPICS": "true",
        "KAFKA__PARTITIONS": str(PARTITIONS),
        "KAFKA__IDEMPOTENT_PRODUCER": "false",
        "KAFKA__GAP_WAIT_MS": "100",
        "KAFKA__FETCH_MAX_WAIT_MS": "20",
        "KAFKA__SESSION_TIMEOUT_MS": "6000",
        "REDIS__URL": f"redis://{HOST}:{redis}/0",
        "SLACK__BASE_URL": slack,
        "GATEWAY__PORT": str(free_port()),
        "GATEWAY__OPERATIONS_PORT": str(free_port()),
        "WORKER__PORT": str(free_port()),
    }


def token(tenant: str) -> str:
    """The token of a tenant that is among the senders."""
    return f"ar_bench-{tenant}"


async def _add_tokens(redis_url: str, tenants: Iterable[str]) -> None:
    redis = Connection(redis_url)
    for one in tenants:
        await TokenRepository(redis).add(TenantId(one), token_digest(token(one)), 2)
    await redis.close()


async def answers(http: aiohttp.ClientSession, url: str) -> bool:
    """Whether a process says that it is ready."""
    try:
        async with http.get(url) as response:
            return response.status == 200
    except aiohttp.ClientConnectorError:
        return False
