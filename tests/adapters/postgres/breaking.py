"""PostgreSQL and Redis as they stop in the middle of a change, at a step that is named."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from alert_router_local.postgres import Postgres, restart_postgres, start_postgres
from sqlalchemy.ext.asyncio import AsyncConnection

from router.adapters.postgres.auditing import PostgresAudit
from router.adapters.postgres.migrating import migrate
from router.adapters.redis.command import Command
from router.adapters.redis.connection import Connection
from router.adapters.redis.projection import RedisProjection
from router.control.audit.appending import Appending
from router.ports.audit import Entry
from router.ports.record import Verdict, Wanted
from tests.chaos.processes import Valkey
from tests.chaos.proxy import Proxy
from tests.record_at import RecordAt

Break = Callable[[], Awaitable[None]]


class Writing(StrEnum):
    """Where a change is when something stops."""

    NOT_BEGUN = "not begun"
    LOCKED = "the head is locked"
    WRITTEN = "all is written"
    COMMIT_LOST = "the commit does not arrive"
    ANSWER_LOST = "the answer to the commit does not arrive"
    DONE = "committed"


class Projecting(StrEnum):
    """Where a projection is when something stops."""

    NOT_BEGUN = "not begun"
    READ = "the record was read"
    HALF = "half of Redis is written"
    STORED = "Redis is written, and the record does not know"


class KilledError(BaseException):
    """A projector ends here, without a word."""


@dataclass
class Engines:
    """A PostgreSQL and a Redis of one's own, which stop and start where they are with what they have."""

    postgres: Postgres
    valkey: Valkey

    async def stop_postgres(self) -> None:
        """At once: whoever is connected is cut off, and it recovers when it starts."""
        process = self.postgres.engine.process
        if process.returncode is None:
            process.send_signal(signal.SIGQUIT)
            await process.wait()

    async def stop_redis(self) -> None:
        """At once; its file stays."""
        await self.valkey.kill()

    async def empty_redis(self) -> None:
        """It stops, and comes back with nothing."""
        await self.valkey.kill()
        for one in self.valkey.folder.rglob("*.aof*"):
            one.unlink()

    async def kill_projector(self) -> None:
        """Whoever asked for it ends."""
        raise KilledError

    async def start(self) -> None:
        """What has stopped runs again."""
        if self.postgres.engine.process.returncode is not None:
            self.postgres.engine = (await restart_postgres(self.postgres)).engine
        if self.valkey.engine is None or self.valkey.engine.process.returncode is not None:
            await self.valkey.start()


@asynccontextmanager
async def started_engines(folder: Path) -> AsyncIterator[Engines]:
    """Both, with the newest schema, ended at the end."""
    engines = Engines(await start_postgres(), Valkey(folder / "valkey"))
    try:
        await engines.start()
        await asyncio.to_thread(migrate, engines.postgres.url("ar_migrator"))
        yield engines
    finally:
        await engines.valkey.kill()
        await engines.stop_postgres()
        await engines.postgres.stop()


class BreakingLog(PostgresAudit):
    """The audit log, where something stops at a step."""

    def __init__(self, at: Writing, breaks: Break) -> None:
        super().__init__(Appending(lambda _, text: text))
        self._at = at
        self._breaks = breaks

    async def lock(self, connection: AsyncConnection) -> None:
        await super().lock(connection)
        if self._at is Writing.LOCKED:
            await self._breaks()

    async def append(self, connection: AsyncConnection, entry: Entry) -> None:
        await super().append(connection, entry)
        if self._at is Writing.WRITTEN:
            await self._breaks()


class BreakingProjection(RedisProjection):
    """Redis as a projector writes it, where something stops at a step."""

    def __init__(self, connection: Connection, at: Projecting, breaks: Break) -> None:
        super().__init__(connection)
        self._at = at
        self._breaks = breaks

    async def project(self, wanted: Wanted) -> Verdict:
        if self._at is Projecting.READ:
            await self._breaks()
        verdict = await super().project(wanted)
        if self._at is Projecting.STORED:
            await self._breaks()
        return verdict

    async def _index_part(self, wanted: Wanted, gone_at: str) -> Command:
        if self._at is Projecting.HALF:
            await self._breaks()
        return await super()._index_part(wanted, gone_at)


@dataclass
class CommitProxy(Proxy):
    """Between commands and PostgreSQL: the connection ends with a commit, before or after that has arrived."""

    at: Writing = Writing.DONE
    commits: int = 0

    def url(self, record: RecordAt, login: str) -> str:
        """The record's address through here."""
        return record.url(login).replace(f":{self.target}/", f":{self.port}/")

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        while data := await reader.read(65_536):
            if answers and self.commits and self.at is Writing.ANSWER_LOST:
                return
            if not answers and b"COMMIT" in data:
                self.commits += 1
                if self.at is Writing.COMMIT_LOST:
                    return
            writer.write(data)
            await writer.drain()
