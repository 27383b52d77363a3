"""Scopes of many tenants over few connections, some of them cancelled: none sees another's rows."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from router.adapters.postgres.scope import scope, transaction
from router.adapters.postgres.tables import TENANT
from router.core.model.alert import TenantId
from router.errors import UnavailableError
from tests.record_at import RecordAt
from tests.waiting import eventually

_TOGETHER = 12
"""Four for each connection: a larger crowd would be cancelled as it waits, and on a busy machine wait too long."""
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
        looking = asyncio.create_task(_look_once(engine))
        for _ in range(turns):
            await asyncio.sleep(0)
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    async def closed() -> bool:
        return await _open_connections(record) == before

    await eventually(closed)


async def test_whoever_waits_longest_is_next(record: RecordAt) -> None:
    """Also where others come as a connection comes back, who would take it from those who wait."""
    asked, served, draw = list[int](), list[int](), random.Random(1)
    async with record.engine("ar_api", size=1) as engine:

        async def take(number: int) -> None:
            for _ in range(draw.randrange(400)):
                await asyncio.sleep(0)
            asked.append(number)
            async with transaction(engine):
                served.append(number)

        await asyncio.gather(*map(take, range(100)))
    assert served == asked


async def test_whoever_gives_up_takes_no_turn(record: RecordAt) -> None:
    taken = list[object]()
    async with record.engine("ar_api", size=1) as engine:
        event.listen(engine.sync_engine, "checkout", lambda connection, *_: taken.append(connection))
        async with transaction(engine):
            waiting = [asyncio.create_task(_look_once(engine)) for _ in range(_TOGETHER)]
            await asyncio.wait(waiting, timeout=0.01)
            for one in waiting:
                one.cancel()
        await asyncio.wait(waiting)
        await _look_once(engine)
    assert len(taken) == 2


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
    async with record.engine("ar_api", size=3) as engine:
        crowd = _Crowd(engine, random.Random(count), iter(range(count)))
        async with asyncio.TaskGroup() as group:
            for _ in range(_TOGETHER):
                group.create_task(crowd.go_on())
        assert crowd.cancelled_inside > count / 200
        await _take_all(engine, 3)
        async with transaction(engine) as connection:
            assert (await connection.execute(select(TENANT.c.tenant))).all() == []


@dataclass
class _Crowd:
    """Opens so many scopes, some at a time; half of them are cancelled, each at any moment of its life."""

    engine: AsyncEngine
    draw: random.Random
    left: Iterator[int]
    lasts_s: float = 0.01
    """How long the last one took that was not cancelled, its wait for a connection with it."""
    cancelled_inside: int = 0

    async def go_on(self) -> None:
        """One after another, until all were opened."""
        loop = asyncio.get_running_loop()
        for _ in self.left:
            begun, looking = loop.time(), loop.create_task(self._look_inside(self.draw.choice(_TENANTS)))
            if self.draw.random() < 0.5:
                loop.call_later(self.draw.uniform(0, self.lasts_s), looking.cancel)
            await asyncio.wait([looking])
            if not looking.cancelled():
                looking.result()
                self.lasts_s = loop.time() - begun

    async def _look_inside(self, tenant: TenantId) -> None:
        async with scope(self.engine, tenant) as connection:
            try:
                await _look(connection, tenant, self.draw.random())
            except asyncio.CancelledError:
                self.cancelled_inside += 1
                raise


async def _take_all(engine: AsyncEngine, size: int) -> None:
    """None was lost to the pool: as many can be had at once as it has."""
    async with AsyncExitStack() as stack:
        for one in _TENANTS[:size]:
            await stack.enter_async_context(scope(engine, one))


async def _open_connections(record: RecordAt) -> list[tuple[int]]:
    return await record.ask("postgres", "select count(*) from pg_stat_activity where usename = 'ar_api'")


async def _look(connection: AsyncConnection, tenant: TenantId, chance: float) -> None:
    assert (await connection.execute(select(TENANT.c.tenant))).scalars().all() == [tenant]
    if chance < 0.3:
        await connection.execute(text("select pg_sleep(0.001)"))
    assert (await connection.execute(select(TENANT.c.tenant))).scalars().all() == [tenant]


async def _look_once(engine: AsyncEngine) -> None:
    async with scope(engine, _TENANTS[0]) as connection:
        await connection.execute(select(TENANT.c.tenant))
