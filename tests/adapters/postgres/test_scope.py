"""Scopes of many tenants over few connections, some of them cancelled: none sees another's rows."""

import asyncio
import random
from contextlib import AsyncExitStack, suppress

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from router.adapters.postgres.scope import scope, transaction
from router.adapters.postgres.tables import TENANT
from router.core.model.alert import TenantId
from router.errors import UnavailableError
from tests.record_at import RecordAt
from tests.waiting import eventually

_LASTS_S = 0.1
"""About as long as fifty scopes over three connections."""
_TENANTS = [TenantId(f"t{number}") for number in range(8)]


async def test_a_few_hundred_interleaved_scopes_leak_nothing(record: RecordAt) -> None:
    await _interleave(record, 150)


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(300)
async def test_ten_thousand_interleaved_scopes_leak_nothing(record: RecordAt) -> None:
    await _interleave(record, 10_000)


@pytest.mark.parametrize("turns", range(6))
async def test_whoever_is_cancelled_while_a_connection_opens_leaves_none_open(record: RecordAt, turns: int) -> None:
    """One that comes back to a pool which is closed belonged to nobody, and was open until it was collected."""
    before = await _open_connections(record)
    async with record.engine("ar_api") as engine:
        looking = asyncio.create_task(_look(engine, _TENANTS[0], 1.0))
        for _ in range(turns):
            await asyncio.sleep(0)
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    async def closed() -> bool:
        return await _open_connections(record) == before

    await eventually(closed)


async def test_the_tenant_ends_with_its_transaction(record: RecordAt) -> None:
    async with record.engine("ar_api", size=1) as engine:
        async with scope(engine, TenantId("acme")) as connection:
            await connection.execute(TENANT.insert().values(tenant="acme"))
        async with transaction(engine) as connection:
            assert (await connection.execute(select(TENANT.c.tenant))).all() == []


async def test_what_fails_is_not_committed_and_is_unavailable(record: RecordAt) -> None:
    async with record.engine("ar_api") as engine:
        with pytest.raises(UnavailableError, match="row-level security"):
            await _insert(engine, "acme", "globex")
    assert await record.ask("ar_projector", "select * from tenant") == []


async def _insert(engine: AsyncEngine, *tenants: str) -> None:
    async with scope(engine, TenantId(tenants[0])) as connection:
        for one in tenants:
            await connection.execute(TENANT.insert().values(tenant=one))


async def _interleave(record: RecordAt, count: int) -> None:
    for one in _TENANTS:
        await record.ask("ar_api", "insert into tenant values (%s)", one, tenant=one)
    draw = random.Random(count)
    async with record.engine("ar_api", size=3) as engine:
        for _ in range(count // 50):
            tasks = [asyncio.create_task(_look(engine, draw.choice(_TENANTS), draw.random())) for _ in range(50)]
            for task in draw.sample(tasks, 25):
                asyncio.get_running_loop().call_later(draw.uniform(0, _LASTS_S), task.cancel)
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            assert [one for one in ends if one and not isinstance(one, asyncio.CancelledError)] == []
        await _take_all(engine, 3)
        async with transaction(engine) as connection:
            assert (await connection.execute(select(TENANT.c.tenant))).all() == []


async def _take_all(engine: AsyncEngine, size: int) -> None:
    """None was lost to the pool: as many can be had at once as it has."""
    async with AsyncExitStack() as stack:
        for one in _TENANTS[:size]:
            await stack.enter_async_context(scope(engine, one))


async def _open_connections(record: RecordAt) -> list[tuple[int]]:
    return await record.ask("postgres", "select count(*) from pg_stat_activity where usename = 'ar_api'")


async def _look(engine: AsyncEngine, tenant: TenantId, chance: float) -> None:
    async with scope(engine, tenant) as connection:
        assert (await connection.execute(select(TENANT.c.tenant))).scalars().all() == [tenant]
        if chance < 0.3:
            await connection.execute(text("select pg_sleep(0.001)"))
        assert (await connection.execute(select(TENANT.c.tenant))).scalars().all() == [tenant]
