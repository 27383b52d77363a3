"""`python -m bench.tenants`: what tenants cost with whom nothing goes on; ten of them against ten thousand, by turns.

Start, idle CPU and memory of a worker and of a gateway, each in a process of its own, with Tansu and Valkey. The slow
check of configurations that follows a start is still under way with ten thousand, and in the figures.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.request import urlopen

from alert_router_local.engines import start_kafka, start_redis
from alert_router_local.process import HOST, free_port
from redis.asyncio import Redis

from bench.documents import document
from bench.machine import usage
from bench.processes import role, until
from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.generation import RedisGenerations
from router.adapters.redis.tenants import TenantRepository
from router.config import stored
from router.config.check import check
from router.config.document.tenant import TenantDocument
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.core.model.token import token_digest
from router.ports.generation import Generation

FEW: Final = 10
_AT_ONCE: Final = 20
_READY_S: Final = 120.0
_SETTLED_S: Final = 15.0
"""Seconds after a start in which nothing is counted: the first sweep looks at all tenants."""
_CHANNELS: Final = 2
_SCRAPES: Final = 20
_OPERATIONS: Final = {"worker": "WORKER__PORT", "gateway": "GATEWAY__OPERATIONS_PORT"}


@dataclass(frozen=True, slots=True)
class Figures:
    """One start: seconds until it was ready and of CPU until then, its memory in bytes, and its share of a core idle.

    `commands` are those that Redis was asked a second meanwhile, by all; `page` are the seconds that the slowest of
    some twenty scrapes took over HTTP, of so many `page_bytes`.
    """

    role: str
    tenants: int
    ready_s: float
    start_cpu_s: float
    memory: int
    idle: float
    commands: float
    page: float
    page_bytes: int


@asynccontextmanager
async def site(tenants: int) -> AsyncIterator[Mapping[str, str]]:
    """The settings of a site with so many tenants, each with a token."""
    kafka, redis = await start_kafka(), await start_redis()
    try:
        url = f"redis://{HOST}:{redis.port}/0"
        await fill(url, tenants)
        yield {
            "KAFKA__BOOTSTRAP_SERVERS": f"{HOST}:{kafka.port}",
            "KAFKA__CREATE_TOPICS": "true",
            "KAFKA__IDEMPOTENT_PRODUCER": "false",
            "KAFKA__GAP_WAIT_MS": "100",
            "KAFKA__FETCH_MAX_WAIT_MS": "20",
            "KAFKA__SESSION_TIMEOUT_MS": "6000",
            "REDIS__URL": url,
            "GATEWAY__PORT": str(free_port()),
            "GATEWAY__OPERATIONS_PORT": str(free_port()),
            "WORKER__PORT": str(free_port()),
        }
    finally:
        await redis.stop()
        await kafka.stop()


async def fill(url: str, tenants: int) -> None:
    """Store the tenants' documents and tokens."""
    redis, text = Connection(url), _stored(document("acme", channels=_CHANNELS))
    repository = TenantRepository(redis)
    await RedisGenerations(redis).begin(Generation("bench", NEVER))  # else all would be put together as after a loss
    names = [TenantId(f"tenant-{number:05}") for number in range(tenants)]
    for start in range(0, tenants, _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        await asyncio.gather(*(repository.publish(one, text.replace("acme", one)) for one in some))
    async with Redis.from_url(url) as client:
        client_: Any = client
        rows = {token_digest(one): one for one in names}
        await client_.hset(keys.TOKENS, mapping=rows)
    await redis.close()


def _stored(found: Mapping[str, Any]) -> str:
    checked = check(found)
    if not isinstance(checked, TenantDocument):
        raise TypeError(checked[0].message)
    return stored.dump(checked, json.dumps(found))


async def measure(name: str, tenants: int, settings: Mapping[str, str], idle_s: float) -> Figures:
    """Start a role, wait until it is ready, and look at it while nothing goes on."""
    port = settings[_OPERATIONS[name]]
    with TemporaryDirectory(prefix="bench-") as folder:
        began = time.monotonic()
        async with role(Path(folder) / f"{name}.log", settings, name) as process:
            await until(lambda: _is_ready(port), _READY_S, f"{name} is ready")
            ready_s, at_start = time.monotonic() - began, usage(process.pid)
            await asyncio.sleep(_SETTLED_S)
            before, commands = usage(process.pid), await _commands(settings)
            await asyncio.sleep(idle_s)
            after = usage(process.pid)
            asked = await _commands(settings) - commands
            page, size = await _scraped(port)
    idle = (after.cpu_s - before.cpu_s) / idle_s
    return Figures(name, tenants, ready_s, at_start.cpu_s, after.memory, idle, asked / idle_s, page, size)


async def _scraped(port: str) -> tuple[float, int]:
    """Seconds of the slowest of some scrapes, and the bytes of the last."""

    def scrape() -> tuple[float, int]:
        began = time.monotonic()
        with urlopen(f"http://{HOST}:{port}/metrics", timeout=30) as answer:
            size = len(answer.read())
        return time.monotonic() - began, size

    found = [await asyncio.to_thread(scrape) for _ in range(_SCRAPES)]
    return max(seconds for seconds, _ in found), found[-1][1]


async def _is_ready(port: str) -> bool:
    def look() -> bool:
        try:
            with urlopen(f"http://{HOST}:{port}/ready", timeout=5) as answer:
                return int(answer.status) == 200
        except OSError:
            return False

    return await asyncio.to_thread(look)


async def _commands(settings: Mapping[str, str]) -> int:
    client: Any
    async with Redis.from_url(settings["REDIS__URL"]) as client:
        return int((await client.info("stats"))["total_commands_processed"])


async def run(many: int, rounds: int, idle_s: float) -> list[Figures]:
    """All starts: few and many by turns."""
    found = []
    for number in range(rounds):
        for tenants in (FEW, many) if number % 2 == 0 else (many, FEW):
            async with site(tenants) as settings:
                for name in ("worker", "gateway"):
                    found.append(await measure(name, tenants, settings, idle_s))
                    sys.stderr.write(f"{found[-1]}\n")
    return found


def table(found: Sequence[Figures]) -> str:
    """Medians, and what each of the many tenants adds to memory."""
    lines = [
        f"{'':20}{'ready s':>9}{'CPU s':>8}{'MB':>8}{'idle %':>8}{'commands/s':>12}"
        f"{'page ms':>9}{'kB':>6}{'kB a tenant':>13}"
    ]
    few: dict[str, float] = {}
    for name, tenants in dict.fromkeys((one.role, one.tenants) for one in sorted(found, key=lambda one: one.tenants)):
        some = [one for one in found if (one.role, one.tenants) == (name, tenants)]
        memory = median(one.memory for one in some)
        each = (memory - few.setdefault(name, memory)) / max(1, tenants - FEW) / 1000
        lines.append(
            f"{name + ' ' + str(tenants):20}{median(one.ready_s for one in some):9.1f}"
            f"{median(one.start_cpu_s for one in some):8.1f}{memory / 1e6:8.1f}"
            f"{median(one.idle for one in some) * 100:8.2f}{median(one.commands for one in some):12.0f}"
            f"{max(one.page for one in some) * 1000:9.1f}{some[-1].page_bytes / 1000:6.0f}{each:13.2f}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.tenants")
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--idle", type=float, default=30.0, help="seconds")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    found = asyncio.run(run(options.tenants, options.rounds, options.idle))
    sys.stdout.write(table(found) + "\n")
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in found]), encoding="utf-8")


if __name__ == "__main__":
    main()
