"""The record as a test finds it: empty, and asked as each of its roles."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from alert_router_local.postgres import Postgres
from psycopg.rows import tuple_row
from sqlalchemy.ext.asyncio import AsyncEngine

from router.adapters.postgres.engine import opened

TABLES: Final = (
    "idempotency, projected, checkpoint, audit, access_document, api_key, proposal, tenant_key, secret, token, "
    "erased_person, active, configuration, tenant"
)


@dataclass(frozen=True, slots=True)
class RecordAt:
    """A database with the schema of the record."""

    server: Postgres
    database: str = "postgres"
    connections: dict[str, psycopg.AsyncConnection[Any]] = field(default_factory=dict)

    def url(self, login: str) -> str:
        """Its address for a login; `postgres` may do anything."""
        return self.server.url(login, self.database)

    def engine(self, login: str, size: int = 4) -> AbstractAsyncContextManager[AsyncEngine]:
        """A pool for a login, disposed of at the end."""
        return opened(self.url(login), size)

    async def ask(self, login: str, statement: str, *values: Any, tenant: str | None = None) -> list[tuple[Any, ...]]:
        """The rows of the last statement that a login makes, in the scope of a tenant or of none."""
        connection = await self._connection(login)
        async with connection.transaction():
            await connection.execute("select set_config('app.tenant', %s, true)", [tenant or ""])
            found = await connection.execute(statement.encode(), values or None)
            while found.nextset():
                pass
            return await found.fetchall() if found.description else []

    async def _connection(self, login: str) -> psycopg.AsyncConnection[Any]:
        known = self.connections.get(login)
        if known is None or known.closed:
            options = "-c search_path=control"
            known = await psycopg.AsyncConnection.connect(self.url(login), row_factory=tuple_row, options=options)
            await known.set_autocommit(True)
            self.connections[login] = known
        return known

    async def close(self) -> None:
        """Close what `ask` has opened."""
        for one in self.connections.values():
            await one.close()

    async def empty(self) -> None:
        """Nothing is recorded."""
        await self.ask("postgres", f"truncate {TABLES}")
        await self.ask("postgres", "update audit_head set size = 0, edge = ''")

    async def back_up(self) -> None:
        """Keep all that is recorded."""
        await self.ask("postgres", "drop schema if exists kept cascade; create schema kept")
        for one in (*TABLES.split(", "), "audit_head"):
            await self.ask("postgres", f"create table kept.{one} as table control.{one}")

    async def restore(self) -> None:
        """What was kept is recorded, and nothing since."""
        rows = "; ".join(f"insert into control.{one} table kept.{one}" for one in (*TABLES.split(", "), "audit_head"))
        whole = f"set local session_replication_role = replica; truncate {TABLES}, audit_head; {rows}"
        await self.ask("postgres", f"{whole}; drop schema kept cascade")

    async def seed(self, *tenants: str) -> None:
        """For each tenant a configuration that is active, a token and a secret."""
        for one in tenants:
            await self.ask("ar_api", "insert into tenant values (%s)", one, tenant=one)
            await self.ask(
                "ar_api",
                "insert into configuration (tenant, version, document, digest, part) values (%s, 1, %s, '', 'both')",
                one,
                f"document of {one}",
                tenant=one,
            )
            await self.ask("ar_api", "update active set version = 1", tenant=one)
            await self.ask("ar_api", "insert into token values (%s, %s)", f"digest of {one}", one, tenant=one)
            await self.ask("ar_api", "insert into secret values (%s, 'slack', 'sealed')", one, tenant=one)
