"""A running `alert-router up` in a process of its own, and one tenant of it as seen from outside."""

import asyncio
import io
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode

from router.__main__ import main
from tests import brokers, records
from tests.e2e.webhooks import Alert, body
from tests.forked import Forked, forked
from tests.waiting import eventually

Json = dict[str, Any]

KEYS: Final = {"SEALING__KEY", "SIGNING__KEY", "SECRETS__KEY"}

_PROXIES: Final = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
_QUIET_FOR_S: Final = 60
_START_S: Final = 120 if records.STOPPED else 45
"""With a record PostgreSQL is made and runs at first, and takes in a hundred tenants, each in a transaction."""
_COMMAND_S: Final = 90


def clean_environment(**settings: str) -> dict[str, str]:
    """This process' environment without anybody's settings, and with these; `__` nests as in production."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ALERT_ROUTER_") and name.upper() not in _PROXIES
    }
    return inherited | {f"ALERT_ROUTER_{name}": value for name, value in settings.items()}


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str


async def command(*arguments: str, **settings: str) -> Finished:
    """Run `alert-router` with these arguments to its end."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = await forked(main, arguments, clean_environment(**settings), out, err)
        try:
            code = await process.ended(_COMMAND_S)
        finally:
            await process.kill()
        return _finished(code, out, err)


def _finished(code: int, out: Path, err: Path) -> Finished:
    return Finished(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


async def command_of(build: Path | None, *arguments: str, **settings: str) -> Finished:
    """The same, of the build in that folder, started as any program is."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "router", *arguments, cwd=build,
        env=clean_environment(**settings), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(), _COMMAND_S)
    finally:
        await kill(process)
    return Finished(process.returncode or 0, out.decode(), err.decode())


async def kill(process: asyncio.subprocess.Process) -> None:
    """End it if it still runs, so that no test leaves a process behind."""
    if process.returncode is None:
        process.kill()
    await process.wait()


def service(log: Path, *arguments: str, **settings: str) -> AbstractAsyncContextManager[Forked]:
    """`alert-router` with these arguments, killed at the end if it still runs; what it logs goes to that file."""
    return service_of(main, log, *arguments, **settings)


@asynccontextmanager
async def service_of(
    program: Callable[[], None], log: Path, /, *arguments: str, **settings: str
) -> AsyncIterator[Forked]:
    """The same of another program, which has something of ours changed from outside."""
    process = await forked(program, arguments, clean_environment(**settings), printed(log), log)
    try:
        yield process
    finally:
        await process.kill()


def printed(log: Path) -> Path:
    """The file that has what the service with this log prints."""
    return log.with_suffix(".out")


async def first_line(process: Forked, log: Path) -> Json:
    """The ready line."""

    def line() -> str:
        first, ended, _ = printed(log).read_text(encoding="utf-8").partition("\n")
        if process.returncode is not None:
            raise AssertionError(f"ended before it was ready, see {log}")
        return first if ended else ""

    ready: Json = json.loads(await eventually(line, within_s=_START_S))
    return ready


def up(folder: Path, *more: str, **settings: str) -> AbstractAsyncContextManager["System"]:
    """`alert-router up` with the tenants of this folder and `more` arguments, ready; at the end stopped in order."""
    return up_of(main, folder, *more, **settings)


@asynccontextmanager
async def up_of(program: Callable[[], None], folder: Path, /, *more: str, **settings: str) -> AsyncIterator["System"]:
    """The same of another program."""
    log = folder.with_suffix(".log")
    arguments = ("up", "--tenants", str(folder), "--port", "0", *records.OF_UP, *more)
    async with (
        brokers.of_its_own(folder.with_suffix(".kafka")) as kafka,
        service_of(program, log, *arguments, **{**kafka, **settings}) as process,
    ):
        ready = await first_line(process, log)
        redis = a_client(settings.get("REDIS__URL") or ready["redis"], together="REDIS__CLUSTER" in settings)
        timeout = aiohttp.ClientTimeout(total=30)
        async with redis, aiohttp.ClientSession(timeout=timeout) as http, KafkaSide(ready["kafka"]) as side:
            refuses = settings.get("SIGNING__UNSIGNED_STORED") == "refuse"
            own_keys = {name: value for name, value in settings.items() if refuses and name in KEYS}
            system = System(process, ready, log, http, redis, side, own_keys=own_keys)
            await eventually(system.listens)
            if records.STOPPED:
                await records.stop(ready, redis)
            yield system
        process.terminate()
        assert await process.ended(within_s=30) == 0


def a_client(urls: str, *, together: bool) -> Any:
    """A client of one's own, to look at what was stored."""
    if not together:
        return Redis.from_url(urls, decode_responses=True)
    places = [urlsplit(url) for url in urls.split(",")]
    nodes = [ClusterNode(place.hostname or "", place.port or 0) for place in places]
    return RedisCluster(startup_nodes=nodes, decode_responses=True, require_full_coverage=False)


class KafkaSide:
    """A producer of one's own, and a reader that remembers every record of a topic."""

    def __init__(self, address: str) -> None:
        self._producer = AIOKafkaProducer(bootstrap_servers=address, acks="all")
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=address, enable_auto_commit=False, auto_offset_reset="earliest", fetch_max_wait_ms=50
        )
        self._topics: set[str] = set()
        self._records: list[Any] = []

    async def __aenter__(self) -> "KafkaSide":
        await self._producer.start()
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()
        await self._producer.stop()

    async def append(
        self,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes | None]],
        key: bytes | None = None,
        topic: str = "alerts.inbound",
    ) -> None:
        """Append to a topic as any producer could."""
        await self._producer.send_and_wait(topic, value, key=key, headers=list(headers))

    async def records(self, topic: str) -> list[Any]:
        """Everything that stands in the topic by now."""
        if topic not in self._topics:
            self._topics.add(topic)
            await self._consumer._client.force_metadata_update()
            known = [TopicPartition(one, part) for one in self._topics for part in await self._partitions(one)]
            self._consumer.assign(known)
            await self._consumer.seek_to_beginning(*(one for one in known if one.topic == topic))
        for batch in (await self._consumer.getmany(timeout_ms=100)).values():
            self._records += batch
        return [one for one in self._records if one.topic == topic]

    async def _partitions(self, topic: str) -> set[int]:
        await self._consumer._client.set_topics(self._topics)
        found: set[int] = await eventually(lambda: self._consumer.partitions_for_topic(topic))
        return found


@dataclass
class System:
    """What `up` said when it was ready, and the ways to look at it."""

    process: Forked | asyncio.subprocess.Process
    ready: Json
    log: Path
    http: aiohttp.ClientSession
    redis: Any
    kafka: KafkaSide
    taken: set[str] = field(default_factory=set)
    own_keys: Mapping[str, str] = field(default_factory=dict)
    """Settings with the keys of a system that refuses what is stored unsigned: commands on it need them as well."""

    @asynccontextmanager
    async def tenant(self, name: str) -> AsyncIterator["Tenant"]:
        """A tenant for one test alone; when the test is done its books balance and Slack saw nothing odd."""
        assert name not in self.taken, f"tenant {name} belongs to another test"
        self.taken.add(name)
        mine = Tenant(self, name)
        yield mine
        await mine.books()
        assert await mine.anomalies() == []

    async def listens(self) -> bool:
        """Whether the ports take connections; that they do when `up` says so is a test of its own."""
        try:
            await self.get("/live")
        except aiohttp.ClientConnectorError:
            return False
        return True

    async def get(self, path: str) -> tuple[int, str]:
        """What operators ask of the process."""
        return await self._page("operations", path)

    async def get_from_gateway(self, path: str) -> tuple[int, str]:
        """What anybody gets where alerts are taken."""
        return await self._page("gateway", path)

    async def _page(self, port: str, path: str) -> tuple[int, str]:
        async with self.http.get(self.ready[port] + path) as response:
            return response.status, await response.text()

    async def emulator(self, path: str, **wanted: Any) -> Json:
        """Look at the emulated Slack, or with `wanted` change it."""
        url = f"{self.ready['slack']}/emulator/{path}"
        asking = self.http.post(url, json=wanted) if wanted else self.http.get(url)
        async with asking as response:
            answer: Json = await response.json()
        assert response.status == 200, answer
        return answer

    def log_lines(self) -> list[Json]:
        """The log so far."""
        text = self.log.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    async def command(self, *arguments: str, **settings: str) -> Finished:
        """`alert-router` on the engines of this system, with these settings besides."""
        engines = {"REDIS__URL": self.ready["redis"], "KAFKA__BOOTSTRAP_SERVERS": self.ready["kafka"]}
        return await command(*records.past(*arguments), **{**engines, **self.own_keys, **settings})


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    """The content in pieces."""
    for start in range(0, len(content), 2**16):
        yield content[start : start + 2**16]


@dataclass(frozen=True)
class Reply:
    """An answer of the gateway."""

    status: int
    headers: Mapping[str, str]
    body: Json


@dataclass(frozen=True)
class Message:
    """A message as the channel shows it."""

    ts: str
    text: str
    color: str
    texts: tuple[str, ...]
    replies: tuple["Message", ...]
    broadcast: bool
    card: str = ""
    """What stands beside its bar, as JSON."""
    blocks: tuple[Json, ...] = ()
    """What stands above it."""

    @classmethod
    def read(cls, shown: Json) -> "Message":
        """From the emulator's JSON."""
        return cls(
            ts=shown["ts"],
            text=shown["text"],
            color=next((one.get("color", "") for one in shown["attachments"]), ""),
            texts=tuple(shown["texts"]),
            replies=tuple(map(cls.read, shown["replies"])),
            broadcast=shown["broadcast"],
            card=json.dumps(shown["attachments"], ensure_ascii=False),
            blocks=tuple(shown["blocks"] or ()),
        )


@dataclass
class Tenant:
    """One tenant: what its sender does, what its channels show, and its books."""

    system: System
    name: str
    sent: int = 0

    @property
    def team(self) -> str:
        """Its emulated workspace."""
        return f"T{self.name.upper().replace('-', '0')}"

    async def post(self, content: bytes, *, to: str | None = None, announced: bool = True, **headers: str) -> Reply:
        """Hand a body to the gateway as this tenant's Alertmanager would.

        Headers may be set, or removed with ""; a body whose length is not announced comes in chunks.
        """
        usual = {
            "Authorization": f"Bearer {self.system.ready['tokens'][self.name]}",
            "Content-Type": "application/json",
        }
        wanted = usual | {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.system.ready['gateway']}/v1/tenants/{to or self.name}/alerts"
        async with self.system.http.post(
            url,
            data=io.BytesIO(content) if announced else chunks(content),
            headers={name: value for name, value in wanted.items() if value},
            skip_auto_headers=["Content-Type"],
        ) as response:
            return Reply(response.status, dict(response.headers), await response.json(content_type=None))

    async def send(self, *alerts: Alert) -> None:
        """Post one body, which must be accepted."""
        reply = await self.post(body(*alerts))
        assert (reply.status, reply.body) == (202, {"accepted": len(alerts)})
        self.sent += len(alerts)

    async def append(self, content: bytes | None, *more: tuple[str, bytes | None], alerts: int = 0) -> None:
        """Append a record of this tenant to Kafka; `alerts` of it will be folded."""
        headers = [("tenant", self.name.encode())] if "tenant" not in dict(more) else []
        await self.system.kafka.append(content, [*headers, *more], key=self.name.encode())
        self.sent += alerts

    async def books(self) -> dict[str, int]:
        """The books, which balance at every reading."""
        stored = await self.system.redis.hgetall(f"alert-router:{{{self.name}}}:books")
        books = {name: int(count) for name, count in stored.items()}
        shown = sum(books.get(name, 0) for name in ("notified", "superseded", "pending"))
        suppressed = sum(count for name, count in books.items() if name.startswith("suppressed:"))
        assert books.get("changes", 0) == shown + suppressed, books
        return books

    async def settled(self, *, within_s: float = 20) -> dict[str, int]:
        """The books once all that was sent is folded and shown, and nothing is about to happen."""

        async def quiet() -> dict[str, int] | None:
            books = await self.books()
            soon = (datetime.now(UTC).timestamp() + _QUIET_FOR_S) * 1000
            due = await self.system.redis.zcount(f"alert-router:{{{self.name}}}:due", "-inf", soon)
            done = books.get("accepted", 0) >= self.sent and not books.get("pending") and not due
            return books if done else None

        return await eventually(quiet, within_s=within_s, every_s=0.05) or {}

    async def parked(self) -> None:
        """Wait until its notification was set aside, with a change that is still to be shown."""

        async def is_parked() -> bool:
            rows = [row for row in self.system.log_lines() if row.get("tenant") == self.name]
            refused = any(row["event"] in {"secret_not_found", "notification_not_sent"} for row in rows)
            return refused and (await self.books()).get("pending", 0) > 0

        await eventually(is_parked, every_s=0.1)

    async def messages(self, channel: str = "alerts") -> list[Message]:
        """What the channel shows, oldest first."""
        for workspace in (await self.system.emulator("workspaces"))["workspaces"]:
            for one in workspace["channels"]:
                if (workspace["team_id"], one["name"]) == (self.team, channel):
                    return [Message.read(message) for message in one["messages"]]
        raise AssertionError(f"no channel {channel} in {self.team}")

    async def message(self) -> Message:
        """The one message of its channel."""
        [message] = await self.messages()
        return message

    async def may_read(self) -> None:
        """Let the tenant's bot read what its channels show."""
        scopes = ["channels:history", "groups:history"]
        await self.system.emulator("tokens/scopes", token=f"xoxb-emulated-{self.name}", scopes=scopes)

    async def calls(self, *methods: str) -> list[Json]:
        """Calls to Slack with its token, all or of these methods."""
        every = (await self.system.emulator("calls"))["calls"]
        return [one for one in every if one["team_id"] == self.team and (not methods or one["method"] in methods)]

    async def anomalies(self) -> list[Json]:
        """What its readers would regret."""
        every = (await self.system.emulator("anomalies"))["anomalies"]
        return [one for one in every if one["team_id"] == self.team]

    async def fault(self, kind: str, method: str = "chat.postMessage", **more: Any) -> None:
        """Let the next call of this tenant go wrong."""
        await self.system.emulator("faults", kind=kind, method=method, team_id=self.team, **more)
