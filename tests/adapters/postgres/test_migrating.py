"""The schema goes up and down as its owner, which is not a superuser, with rows in it."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from alert_router_local.postgres import Postgres

from router.adapters.postgres.migrating import NEWEST, NOTHING, migrate, newest_step
from router.errors import UnavailableError
from tests.record_at import RecordAt


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
