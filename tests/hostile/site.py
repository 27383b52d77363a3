"""The system under attack, what attacks it, and what watches it; each a process of its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from alert_router_local.process import HOST

from bench.documents import document
from bench.stage import Stage
from bench.stage import child as bench_child
from bench.system import INBOUND, PARTITIONS, Setup, Slack, running
from tests.hostile import cores
from tests.hostile.attackers import TENANTS, Order, Place
from tests.hostile.children import Child, child
from tests.hostile.victim import VICTIM

ROLES: Final = ("gateway", "worker")
BARE: Final = "bare"
SLACK: Final = "slack"
_GROUP: Final = "alert-router"
_SETTINGS: Final = {
    # Room for the victim's pace; what was refused is tried again soon, so that forged answers are met often.
    "SLACK__CHANNEL_INTERVAL_S": "0.1",
    "SLACK__WORKSPACE_POSTS_PER_MIN": "1200",
    "SLACK__WORKSPACE_POSTS_BURST": "50",
    "SLACK__WORKSPACE_EDITS_PER_MIN": "1200",
    "SLACK__TIMEOUT_S": "2",
    "SLACK__LONGEST_CALL_S": "5",
    "SLACK__AMBIGUOUS_WAIT_S": "1",
    "WORKER__LEASE_S": "6",
    "WORKER__PARK_RETRY_S": "1",
    "WORKER__CHANNEL_RETRY_S": "1",
}


@dataclass(frozen=True, slots=True)
class Site:
    """The running system, and the processes beside it."""

    stage: Stage
    pulse: Child
    urls: dict[str, str]
    """What the pulse asks, by name."""
    attackers: Child

    async def silences(self) -> dict[str, float]:
        """How long each was silent at most since the last look, in seconds; the bare loop and Slack among them."""
        found = await self.pulse.ask()
        return {name: found[url] for name, url in self.urls.items()}

    async def draw(self, order: Order) -> None:
        """Let the attackers draw what they throw in a round."""
        await self.attackers.ask(json.dumps(asdict(order)))

    async def attack(self) -> dict[str, Any]:
        """Let the attackers throw it and Slack do its worst, until they have."""
        await self.slack("forge")
        try:
            return dict(await self.attackers.ask())
        finally:
            await self.slack("stop")

    async def slack(self, path: str) -> str:
        """Turn the stub, or ask it how many answers it has forged."""
        async with self.stage.system.http.get(f"{self.stage.stub.origin}/{path}") as response:
            return await response.text()

    def memory(self) -> dict[str, int]:
        """Bytes that each role has had at most since the last look."""
        return {name: _peak(self.stage.system.pids[name]) for name in ROLES}

    def waited(self) -> dict[str, float]:
        """Seconds for which each role has had no core so far."""
        return {name: cores.waited(self.stage.system.pids[name]) for name in ROLES}

    def logs(self) -> dict[str, str]:
        """What the roles have logged."""
        return {name: (self.stage.folder / f"{name}.log").read_text("utf-8", "replace") for name in ROLES}

    async def lag(self) -> int:
        """Records that no worker has dealt with yet."""
        kafka = self.stage.system.settings["KAFKA__BOOTSTRAP_SERVERS"]
        parts = [TopicPartition(INBOUND, number) for number in range(PARTITIONS)]
        async with AIOKafkaConsumer(bootstrap_servers=kafka, group_id=_GROUP, enable_auto_commit=False) as consumer:
            consumer.assign(parts)
            ends = await consumer.end_offsets(parts)
            return sum([max(0, end - (await consumer.committed(part) or 0)) for part, end in ends.items()])

    async def unready(self) -> list[str]:
        """The roles that are not ready."""
        answers = await asyncio.gather(*(self._ready(self.urls[name]) for name in ROLES))
        return [f"{name}: {text}" for name, (status, text) in zip(ROLES, answers, strict=True) if status != 200]

    async def _ready(self, url: str) -> tuple[int, str]:
        async with self.stage.system.http.get(f"{url}/ready") as response:
            return response.status, await response.text()


def _peak(pid: int) -> int:
    """Bytes, as the kernel counts them; 0 where the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    found = {name: value for name, _, value in (line.partition(":") for line in lines)}
    return int(found.get("VmHWM", found.get("VmRSS", "0")).split()[0]) * 1024


@asynccontextmanager
async def running_site(folder: Path, seed: int) -> AsyncIterator[Site]:
    """All of it, ready."""
    async with AsyncExitStack() as stack:
        slack, line = await stack.enter_async_context(
            bench_child(folder / "slack.log", "tests.hostile.slack", str(seed))
        )
        stub = Slack(f"http://{HOST}:{line['port']}", slack.pid)
        tenants = (VICTIM, *TENANTS)
        system = await stack.enter_async_context(
            running(folder, map(document, tenants), Setup(_SETTINGS, stub, senders=tenants))
        )
        bare = await stack.enter_async_context(child(folder / "bare.log", "tests.hostile.bare_loop"))
        ports = {
            "gateway": system.settings["GATEWAY__OPERATIONS_PORT"],
            "worker": system.settings["WORKER__PORT"],
            BARE: (await bare.read())["port"],
            SLACK: line["port"],
        }
        urls = {name: f"http://{HOST}:{port}" for name, port in ports.items()}
        pulse = await stack.enter_async_context(child(folder / "pulse.log", "tests.e2e.pulse", *urls.values()))
        place = Place(seed, system.gateway, system.settings, str(folder))
        throwing = await stack.enter_async_context(
            child(folder / "attackers.log", "tests.hostile.attackers", json.dumps(asdict(place)))
        )
        await throwing.read()
        yield Site(Stage(system, stub, folder), pulse, urls, throwing)
