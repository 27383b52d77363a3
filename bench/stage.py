"""What the comparisons share: the system with its limits off, a Slack stub, and ways to load and to watch them."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from alert_router_local.process import HOST, die_with_parent

from bench.load import TENANTS, unlimited
from bench.processes import environment, ready_line, stop
from bench.system import INBOUND, PARTITIONS, Setup, Slack, System, running
from router.core.model.alert import TenantId
from router.core.model.instant import from_datetime
from router.core.parse.webhook import parse
from router.ports.kafka import Headers
from router.roles.gateway.append import Inbound

BARE_TOPIC: Final = "bench.bare"
LIMITS_OFF: Final = {
    "SLACK__CHANNEL_INTERVAL_S": "0.000001",
    "SLACK__WORKSPACE_POSTS_PER_MIN": "60000000",
    "SLACK__WORKSPACE_POSTS_BURST": "1000000",
    "SLACK__WORKSPACE_EDITS_PER_MIN": "60000000",
    "SLACK__WORKSPACE_EDITS_BURST": "1000000",
    # Longer than a worker is stopped while another is measured.
    "KAFKA__SESSION_TIMEOUT_MS": "30000",
}

Records = Sequence[tuple[str, bytes]]
"""Tenants and bodies."""


def as_it_is(_tenant: str, content: bytes) -> bytes:
    """The body."""
    return content


def as_json(_alerts: int) -> Headers:
    """Of a body that gateways can read."""
    return (("content-type", b"application/json"),)


@dataclass(slots=True)
class Stage:
    """A running system and the stub that it posts to."""

    system: System
    stub: Slack
    folder: Path
    written: Callable[[str, bytes], bytes] = as_it_is
    """What a gateway makes of a tenant's body."""
    form: Callable[[int], Headers] = as_json
    """The headers by which a body of so many alerts can be read."""

    @property
    def engines(self) -> dict[str, int]:
        """The processes that every contender uses."""
        return {"redis": self.system.pids["redis"], "kafka": self.system.pids["kafka"], "slack": self.stub.pid}

    @property
    def workers(self) -> dict[str, int]:
        """The workers' processes."""
        return {name: pid for name, pid in self.system.pids.items() if name.startswith("worker")}

    @contextmanager
    def stopped(self, *pids: int) -> Iterator[None]:
        """Let these processes, or else the workers, take no part for a moment, so that they cost nothing."""
        chosen = pids or tuple(self.workers.values())
        for pid in chosen:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in chosen:
                os.kill(pid, signal.SIGCONT)

    async def fill(self, records: Records, topic: str = INBOUND) -> None:
        """Append these as the gateway does, and wait until Kafka has them."""
        inbound = {one: _inbound(*one, self.form) for one in set(records)}
        sent = []
        for one in records:
            key, headers = inbound[one]
            content = self.written(*one)
            sent.append(await self.system.producer.send(topic, content, key=key, headers=headers))
        await asyncio.gather(*sent)

    async def accepted(self, tenants: Sequence[str] = TENANTS) -> int:
        """The alerts that were folded."""
        pipeline = self.system.redis.pipeline(transaction=False)
        for one in tenants:
            pipeline.hget(f"alert-router:{{{one}}}:books", "accepted")
        return sum(int(one or 0) for one in await pipeline.execute())

    async def shown(self) -> int:
        """The messages that the stub has taken."""
        async with self.system.http.get(f"{self.stub.origin}/count") as response:
            return int(await response.text())

    async def arrivals(self, after: int) -> list[tuple[float, str]]:
        """When which alert was shown."""
        async with self.system.http.get(f"{self.stub.origin}/calls?after={after}") as response:
            found: list[tuple[float, str]] = await response.json(content_type=None)
        return found

    async def redis_counts(self) -> tuple[int, int]:
        """The commands that Redis has run, those inside scripts too, and how often it has read from a client."""
        info = await self.system.redis.info("everything")
        commands = sum(int(one["calls"]) for name, one in info.items() if name.startswith("cmdstat_"))
        return commands, int(info["total_reads_processed"])

    @asynccontextmanager
    async def bare(self, program: str, *arguments: str) -> AsyncIterator[int]:
        """A yardstick of `bench.bare` in a process of its own; its number."""
        async with child(self.folder / f"bare-{program}.log", f"bench.bare.{program}", *arguments) as (process, _):
            yield process.pid

    @property
    def bare_arguments(self) -> tuple[str, str, str]:
        """Kafka, Redis and the topic, as the bare programs take them."""
        settings = self.system.settings
        return settings["KAFKA__BOOTSTRAP_SERVERS"], settings["REDIS__URL"], BARE_TOPIC


def _inbound(tenant: str, content: bytes, form: Callable[[int], Headers]) -> tuple[bytes, Headers]:
    """Key and headers as the gateway gives them."""
    now = from_datetime(datetime.now(UTC))
    webhook = parse(content, now)
    found = Inbound(TenantId(tenant), content, webhook.sender_group, now, form=form(len(webhook.alerts)))
    return found.key(), found.headers()


@asynccontextmanager
async def child(log: Path, module: str, *arguments: str) -> AsyncIterator[tuple[Process, Mapping[str, Any]]]:
    """A module in a process of its own, and the line that it prints when it is ready."""
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments,
            env=environment({}), stdout=asyncio.subprocess.PIPE, stderr=stderr, preexec_fn=die_with_parent,
        )  # fmt: skip
    try:
        yield process, await ready_line(process, log)
    finally:
        await stop(process)


@asynccontextmanager
async def staged(folder: Path, workers: int = 1, resting: int = 0) -> AsyncIterator[Stage]:
    """A system of ten tenants with eight channels each, no limit of which is felt, and others that rest."""
    async with child(_made(folder) / "stub.log", "bench.stub") as (process, line):
        stub = Slack(f"http://{HOST}:{line['port']}", process.pid)
        setup = Setup(LIMITS_OFF, stub, workers, TENANTS, resting)
        async with running(folder, map(unlimited, TENANTS), setup) as system:
            await _create_topic(system.settings["KAFKA__BOOTSTRAP_SERVERS"])
            yield Stage(system, stub, folder)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def _create_topic(bootstrap: str) -> None:
    admin: Any = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(BARE_TOPIC, PARTITIONS, 1)])
    finally:
        await admin.close()
