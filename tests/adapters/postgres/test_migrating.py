"""The schema goes up and down as its owner, which is not a superuser, with rows in it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import psycopg
import pytest
from alert_router_local.postgres import Postgres

from router.adapters.postgres.migrating import NEWEST, NOTHING, migrate, newest_step, steps
from router.adapters.postgres.tables import METADATA
from router.errors import UnavailableError
from tests.control.audit.builders import a_log
from tests.record_at import RecordAt

_WATCH: Final = """
create table public.ran (tag text, lock_timeout text, statement_timeout text, who text, is_superuser text);
create function public.note() returns event_trigger language plpgsql security definer as $$
begin
  insert into public.ran values (
    tg_tag, current_setting('lock_timeout'), current_setting('statement_timeout'),
    current_setting('role'), (select rolsuper::text from pg_roles where rolname = current_setting('role')));
end $$;
create event trigger note on ddl_command_start execute function public.note();
"""
_TABLES: Final = """
select tablename::text from pg_tables where schemaname = 'control' and tablename <> 'alembic_version' order by 1
"""
_ROW: Final = {
    "tenant": "insert into tenant values ('acme'), ('globex')",
    "configuration": "insert into configuration values ('acme', 1, 'text', 'digest', 'both')",
    "active": "update active set version = 1 where tenant = 'acme'",
    "token": "insert into token values ('digest', 'acme')",
    "secret": "insert into secret values ('acme', 'slack', 'sealed')",
    "access_document": "insert into access_document values (1, 'text', 'digest', 'ana')",
    "audit": "insert into audit (seq, entry, tenant) values (0, 'entry', 'acme')",
    "checkpoint": "insert into checkpoint values (1, 'note')",
    "idempotency": "insert into idempotency values ('acme', 'key', 'digest')",
    "api_key": """insert into api_key (digest, id, tenant, role, maker, expires_at)
                  values ('digest', 'id', 'acme', 'viewer', 'ana', now())""",
    "proposal": """insert into proposal values ('acme', 1, 'both', 1, 'text', '', '', '', '', 'ana', '', '', '{ana}',
                   'open', now(), now())""",
}
"""A row of each table, by what is there from the step that makes it."""


@pytest.fixture
async def empty(postgres: Postgres) -> AsyncIterator[RecordAt]:
    """A database without a schema."""
    admin = RecordAt(postgres)
    await _alone(admin, "create database stepping")
    await _alone(admin, "grant create on database stepping to ar_owner")
    stepping = RecordAt(postgres, "stepping")
    yield stepping
    await stepping.close()
    await admin.close()
    await _alone(admin, "drop database stepping with (force)")


async def test_up_and_down_and_up_again_with_rows(empty: RecordAt) -> None:
    url = empty.url("ar_migrator")
    assert await asyncio.to_thread(migrate, url) == ("", newest_step())
    await empty.seed("acme", "globex")
    assert await asyncio.to_thread(migrate, url) == (newest_step(), newest_step())
    assert len(await empty.ask("ar_projector", "select * from control.active")) == 2
    assert await asyncio.to_thread(migrate, url, NOTHING) == (newest_step(), "")
    assert await asyncio.to_thread(migrate, url, NEWEST) == ("", newest_step())
    assert await empty.ask("ar_projector", "select * from control.active") == []


async def test_each_step_finds_and_leaves_the_rows_of_the_step_before(empty: RecordAt) -> None:
    """In every table that there is by then, each column as it was."""
    url, filled = empty.url("ar_migrator"), set[str]()
    for step in steps():
        before = await _rows(empty)
        assert (await asyncio.to_thread(migrate, url, step))[1] == step
        after = await _rows(empty)
        assert (step, {table: _of_columns(rows, after[table]) for table, rows in before.items()}) == (step, before)
        await _fill(empty, filled)
    assert filled == {name.partition(".")[2] for name in METADATA.tables}
    assert await asyncio.to_thread(migrate, url, NOTHING) == (newest_step(), "")


async def test_an_entry_that_had_no_leaf_gets_the_one_that_its_bytes_have(empty: RecordAt) -> None:
    url = empty.url("ar_migrator")
    await asyncio.to_thread(migrate, url, steps()[0])
    rows, head = a_log(5)
    for row in rows:
        await empty.ask("postgres", "insert into control.audit (seq, entry) values (%s, %s)", row.seq, row.entry)
    await asyncio.to_thread(migrate, url)
    leaves = await empty.ask("postgres", "select leaf from control.audit order by seq")
    assert [bytes(leaf) for (leaf,) in leaves] == [row.leaf for row in rows]
    assert head.size == len(leaves)


async def test_every_statement_of_every_step_has_an_end_and_is_not_a_superusers(empty: RecordAt) -> None:
    """As PostgreSQL itself sees each of them, up and down."""
    await _alone(empty, _WATCH)
    url = empty.url("ar_migrator")
    for step in (*steps(), NOTHING):
        await _alone(empty, "truncate public.ran")
        await asyncio.to_thread(migrate, url, step)
        ran = await empty.ask("postgres", "select * from public.ran")
        assert (step, {one[1:] for one in ran}) == (step, {("5s", "1min", "ar_owner", "false")})


@pytest.mark.long
async def test_a_step_that_waits_for_a_lock_gives_up_and_changes_nothing(empty: RecordAt) -> None:
    """Whoever asks for the table meanwhile waits behind it, so it must not wait for long."""
    await asyncio.to_thread(migrate, empty.url("ar_migrator"))
    async with await psycopg.AsyncConnection.connect(empty.url("postgres")) as holding:
        await holding.execute("lock table control.tenant in access share mode")
        with pytest.raises(UnavailableError, match="lock timeout"):
            await asyncio.to_thread(migrate, empty.url("ar_migrator"), NOTHING)
    assert await asyncio.to_thread(migrate, empty.url("ar_migrator")) == (newest_step(), newest_step())


async def test_whoever_migrates_changes_the_rows_of_all_tenants(empty: RecordAt) -> None:
    await asyncio.to_thread(migrate, empty.url("ar_migrator"))
    await empty.seed("acme", "globex")
    step = "set local role ar_owner; update control.secret set sealed = 'again' returning tenant"
    rows = await empty.ask("ar_migrator", step)
    assert rows == [("acme",), ("globex",)]


async def test_another_login_changes_no_schema(empty: RecordAt) -> None:
    with pytest.raises(UnavailableError, match="permission denied"):
        await asyncio.to_thread(migrate, empty.url("ar_api"))


async def _alone(record: RecordAt, statement: str) -> None:
    async with await psycopg.AsyncConnection.connect(record.url("postgres"), autocommit=True) as connection:
        await connection.execute(statement.encode())


async def _fill(record: RecordAt, filled: set[str]) -> None:
    """A row in each table that has none yet."""
    there = {table for (table,) in await record.ask("postgres", _TABLES)}
    for table, statement in _ROW.items():
        if table in there - filled:
            await record.ask("postgres", statement)
    filled |= there


async def _rows(record: RecordAt) -> dict[str, list[dict[str, object]]]:
    """All rows of all tables, by their columns."""
    tables = await record.ask("postgres", _TABLES)
    return {
        table: [
            row for (row,) in await record.ask("postgres", f"select to_jsonb(t) from control.{table} t order by 1")
        ]
        for (table,) in tables
    }


def _of_columns(before: list[dict[str, object]], after: list[dict[str, object]]) -> list[dict[str, object]]:
    """Later rows by the columns that there were before."""
    return [{name: later.get(name) for name in row} for row, later in zip(before, after, strict=True)]
