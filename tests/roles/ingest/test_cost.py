"""What a body of one alert costs does not depend on how many alerts its groups hold: measured on a real Redis."""

import gc
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from alert_router_local.process import Engine as Process
from redis.asyncio import Redis

from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from router.ports.kafka import Record
from tests.adapters.builders import ACME, after, an_alert_state, store, write
from tests.conftest import an_empty_redis
from tests.contracts.engines import OnRedis
from tests.roles.builders import a_resolve, an_alert
from tests.roles.ingest.test_regroup import a_sent, key
from tests.roles.worker import Site, Worker, a_worker

FEW, MANY = 10, 10_000


class Stored:
    """A worker whose groups are in a real Redis."""

    def __init__(self, worker: Worker, store: GroupStore, raw: Any) -> None:
        self._worker = worker
        self._store = store
        self._raw = raw

    async def fill(self, name: str, alerts: int) -> None:
        """That alert fires in the group by its name, and so many do there in all."""
        await self._worker.take(a_sent(an_alert(name), by=by_name(name)))
        [before] = await self._store.load(ACME, [key(by_name(name)).group_id])
        assert isinstance(before, AlertGroup)
        states = dict(before.alerts) | {AlertId(f"other{number}"): an_alert_state() for number in range(alerts - 1)}
        then = replace(before, alerts=states, firing=alerts, pending=alerts, contents=alerts)
        await store(self._store, [write(before, then)])

    async def cost(self, record: Record) -> tuple[int, float]:
        """Bytes that Redis answers, and seconds of our CPU, for the record."""
        answered = await self._answered()
        gc.collect()
        gc.disable()  # what the tests before have left behind is not looked through meanwhile
        try:
            began = time.process_time()
            await self._worker.take(record)
            spent = time.process_time() - began
        finally:
            gc.enable()
        return await self._answered() - answered, spent

    async def _answered(self) -> int:
        stats = await self._raw.info("stats")
        return int(stats["total_net_output_bytes"])


@pytest.fixture
async def stored(valkey: Process) -> AsyncIterator[Stored]:
    async with an_empty_redis(valkey) as url:
        connection, site = Connection(url), Site()
        await site.open(ACME)
        site.groups = GroupStore(connection)  # type: ignore[assignment]
        async with Redis.from_url(url, decode_responses=True) as raw:
            await OnRedis(connection, raw).activate(ACME, 1)
            yield Stored(await a_worker(site), GroupStore(connection), raw)
        await connection.close()


def by_name(name: str) -> dict[str, str]:
    return {"alertname": name}


def elsewhere(name: str, alert: object, route: str = "{}") -> Record:
    """A body of another group, by another label."""
    return a_sent(alert, by={"alertname": name, "cluster": "eu"}, route=route, minute=1)


RECORDS: dict[str, Callable[[str], Record]] = {
    "it fires on": lambda name: a_sent(an_alert(name), by=by_name(name), minute=1),
    "it fires in another group as well": lambda name: elsewhere(name, an_alert(name), '{}/{cluster="eu"}'),
    "it leaves for another group": lambda name: elsewhere(name, an_alert(name)),
    "it ends in another group": lambda name: elsewhere(name, a_resolve(name, ended=after(30))),
}


@pytest.mark.long
@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS.keys())
async def test_one_alert_of_a_group_of_ten_thousand_costs_what_one_of_ten_does(
    stored: Stored, record: Callable[[str], Record]
) -> None:
    costs = []
    for name, alerts in (("warmup", FEW), ("few", FEW), ("many", MANY)):
        await stored.fill(name, alerts)
        costs.append(await stored.cost(record(name)))

    _, (few_bytes, few_s), (many_bytes, many_s) = costs
    print(f"bytes {few_bytes} and {many_bytes}, CPU {few_s * 1000:.1f} and {many_s * 1000:.1f} ms")  # noqa: T201
    assert many_bytes <= few_bytes * 1.5
    assert many_s <= max(few_s, 0.005) * 4
