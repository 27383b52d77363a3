"""Apache Kafka on loopback: a node that keeps its log when it is killed, and more beside it where a test wants them.

`make kafka` puts its jars into .kafka. The brokers talk to each other by a port of their own, so that clients may be
sent through a proxy.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from alert_router_local.process import HOST, Engine, free_port, start_engine

from tests.waiting import eventually

JARS: Final = Path(__file__).parents[2] / ".kafka"
_CLUSTER: Final = "YWxlcnQtcm91dGVyLTAwMQ"
_READY_S: Final = 40
_SMALL: Final = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
_EVERY_NODE: Final = {
    "listener.security.protocol.map": "CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "INTERNAL",
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "num.network.threads": "2",
    "num.io.threads": "2",
    "log.cleaner.dedupe.buffer.size": "4194304",
    "log.cleaner.threads": "1",
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
}
"""Small, and quick to notice that a node has died; all else is Kafka's default."""


@dataclass(eq=False)
class Broker:
    """A node, which keeps its ports and its log when it is killed. The first node of a cluster is its controller."""

    directory: Path
    first: "Broker | None" = None
    settings: Mapping[str, str] = field(default_factory=dict)
    scram: Mapping[str, str] = field(default_factory=dict)
    """Passwords of the logins that it is made with."""
    port: int = field(default_factory=free_port)
    advertised: int = 0
    """The port that clients are sent to, where that is a proxy's."""
    internal: int = field(default_factory=free_port)
    controller: int = field(default_factory=free_port)
    engine: Engine | None = None

    @property
    def address(self) -> str:
        """Where clients find it."""
        return f"{HOST}:{self.port}"

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self.engine is not None and self.engine.process.returncode is None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.engine is not None
        return self.engine.process.pid

    async def start(self) -> None:
        """Start it with the log that it has; returns when it answers."""
        if not self._properties.exists():
            await self._format()
        command = java("-Dlog4j2.level=ERROR", *_SMALL, main="kafka.Kafka")
        self.engine = await start_engine("Kafka", [*command, str(self._properties)], self.port, within_s=_READY_S)
        await eventually(self._answers, within_s=_READY_S, every_s=0.05)

    async def kill(self) -> None:
        """End it at once, as a machine that fails would."""
        if self.engine is not None and self.runs:
            self.engine.process.kill()
            await self.engine.process.wait()

    async def stop(self) -> None:
        """End it in good order."""
        if self.engine is not None:
            await self.engine.stop()

    @property
    def _properties(self) -> Path:
        return self.directory / "server.properties"

    async def _format(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        lines = {**_EVERY_NODE, **self._places(), **self.settings}
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), encoding="utf-8")
        alone = "--standalone" if self.first is None else "--no-initial-controllers"
        process = await asyncio.create_subprocess_exec(
            *java("-Xmx128m", "-XX:TieredStopAtLevel=1", main="kafka.tools.StorageTool"),
            "format", alone, "--cluster-id", _CLUSTER, "--config", str(self._properties), *self._logins(),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()

    def _logins(self) -> list[str]:
        ways = ("SCRAM-SHA-256", "SCRAM-SHA-512")
        made = [f"{way}=[name={name},password={word}]" for way in ways for name, word in self.scram.items()]
        return [part for one in made for part in ("--add-scram", one)]

    def _places(self) -> dict[str, str]:
        """What differs between the nodes."""
        first = self.first or self
        clients = f"CLIENT://{HOST}:{self.port},INTERNAL://{HOST}:{self.internal}"
        leads = self.first is None
        return {
            "process.roles": "broker,controller" if leads else "broker",
            "node.id": "1" if leads else str(self.port),
            "controller.quorum.bootstrap.servers": f"{HOST}:{first.controller}",
            "listeners": f"{clients},CONTROLLER://{HOST}:{self.controller}" if leads else clients,
            "advertised.listeners": clients.replace(str(self.port), str(self.advertised or self.port), 1),
            "log.dirs": str(self.directory / "log"),
        }

    async def _answers(self) -> bool:
        assert self.engine is not None
        assert self.engine.process.returncode is None, "Kafka has ended"
        admin = AIOKafkaAdminClient(bootstrap_servers=f"{HOST}:{self.internal}")
        try:
            await admin.start()
        except (KafkaError, OSError):
            return False
        finally:
            await admin.close()
        return True


def java(*options: str, main: str) -> list[str]:
    """The command that runs this class of Kafka's."""
    return ["java", *options, "-cp", f"{JARS}/*", main]


@asynccontextmanager
async def running(directory: Path, **settings: str) -> AsyncIterator[Broker]:
    """A node, ready."""
    broker = Broker(directory, settings=settings)
    try:
        await broker.start()
        yield broker
    finally:
        await broker.stop()
