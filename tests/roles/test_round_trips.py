"""How often a worker waits for Redis until an alert is shown, counted on the real one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from alert_router_local.process import Engine as Process
from redis.asyncio import Redis

from router.adapters.redis.command import Command
from router.adapters.redis.server import Server
from router.core.budget.buckets import WorkspaceRates
from router.core.context.chart import Line
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.rules.limits import Rate
from router.ports.generation import Generation
from router.ports.kafka import Record
from router.roles.notify.loop import TURNS_AT_ONCE
from router.roles.notify.places import InFlightLimits
from tests.adapters.builders import ACME
from tests.catalogue import CATALOGUE
from tests.conftest import an_empty_redis
from tests.contracts.engines import OnRedis
from tests.fakes.records import FakeRecordLog
from tests.fakes.slack import FakeSlack
from tests.fakes.tenants import FakeSecrets
from tests.redis_at import redis_at
from tests.roles.builders import a_document, a_record, an_alert
from tests.roles.worker import Site, Worker, a_worker

UNLIMITED = Rate(Span(1), 1_000_000)
ALONE = 6
TOGETHER = 50
AMORTISED = 2


class RedisSite(OnRedis):
    """Redis is real, the rest is not."""

    def __init__(self, connection: Any, raw: Any) -> None:
        super().__init__(connection, raw)
        self.slack, self.records, self.secrets = FakeSlack(), FakeRecordLog(), FakeSecrets()
        self.localizations = CATALOGUE

    receivers, route, prometheus = "", "", ""

    async def open(self, tenant: TenantId = ACME) -> None:
        """A tenant is there, with a token that works."""
        await self.generations.begin(Generation("first", NEVER))
        channel = f"C0123{tenant.upper():0>6}"
        document = a_document(
            tenant, channel=channel, route=self.route, receivers=self.receivers, prometheus=self.prometheus
        )
        await self.tenants.publish(tenant, document)
        self.secrets.values[tenant, "slack"] = f"xoxb-{tenant}"


@pytest.fixture
async def site(valkey: Process) -> AsyncIterator[RedisSite]:
    async with an_empty_redis(valkey) as url:
        connection = redis_at(url)
        raw: Any
        async with Redis.from_url(url, decode_responses=True) as raw:
            yield RedisSite(connection, raw)
            await raw.flushall()
        await connection.close()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The commands of each round trip; of those that are under way together, of all."""
    sent, send, under_way = list[int](), Server._send, 0

    async def counted(server: Server, commands: list[Command], *, asking: bool) -> list[Any]:
        nonlocal under_way
        if commands[0].words == ("TIME",):  # asked every ten seconds, whatever goes on
            return await send(server, commands, asking=asking)
        if not under_way:
            sent.append(0)
        sent[-1] += len(commands)
        under_way += 1
        try:
            return await send(server, commands, asking=asking)
        finally:
            under_way -= 1

    monkeypatch.setattr(Server, "_send", counted)
    return sent


async def a_busy_worker(site: RedisSite, *tenants: TenantId) -> Worker:
    """A worker that no limit holds back, and that has shown an alert of each tenant already."""
    for tenant in tenants:
        await site.open(tenant)
    rates = WorkspaceRates(UNLIMITED, UNLIMITED, UNLIMITED)
    worker = await a_worker(cast("Site", site), InFlightLimits(100, 100, 100, slow_after_s=2, drain_s=5), rates)
    await shown(worker, [a_record(an_alert("A"), tenant=tenant, received=await now(site)) for tenant in tenants])
    return worker


async def now(site: RedisSite) -> Instant:
    return await site.clock.now()


async def shown(worker: Worker, records: list[Record]) -> None:
    """The records are taken, and turns until every alert is shown and every call is settled."""
    calls = worker.site.slack.calls
    wanted = len(calls) + len(records)
    await worker.take(*records)
    while len(calls) < wanted:
        for _ in range(TURNS_AT_ONCE):
            await worker.notifier._begin_turn_or_wait()
        await worker.notifier.finish_turns()
    await worker.in_flight.drain()


async def test_an_alert_alone_waits_for_six_round_trips(site: RedisSite, trips: list[int]) -> None:
    """Read; store; the head of its lane; its budget; claimed; settled."""
    worker = await a_busy_worker(site, ACME)
    record = a_record(an_alert("B"), group="h", received=await now(site))
    trips.clear()

    await worker.take(record)
    await worker.take_turn()
    await worker.in_flight.drain()

    assert len(worker.site.slack.calls) == 2
    assert len(trips) <= ALONE, trips


@pytest.mark.parametrize(("name", "most"), [("B", ALONE), ("T", ALONE + 1)])
async def test_with_inhibition_rules_only_a_possible_target_waits_for_one_more(
    site: RedisSite, trips: list[int], name: str, most: int
) -> None:
    site.route = "  inhibit_grace: 0s\n"
    site.receivers = "inhibit_rules: [{source_matchers: ['alertname=\"S\"'], target_matchers: ['alertname=\"T\"']}]\n"
    worker = await a_busy_worker(site, ACME)
    record = a_record(an_alert(name), group="h", received=await now(site))
    trips.clear()

    await worker.take(record)
    await worker.take_turn()
    await worker.in_flight.drain()

    assert len(worker.site.slack.calls) == 2
    assert len(trips) == most, trips


async def test_an_edit_for_a_chart_alone_waits_for_as_many_as_any_call(site: RedisSite, trips: list[int]) -> None:
    """Read; into its lane; the head of its lane; its budget; claimed; settled."""
    site.prometheus = "http://prometheus:9090"
    worker = await a_busy_worker(site, ACME)
    worker.prometheus.rules = {"B": frozenset({"up > 0"})}
    worker.prometheus.series = {"up": [Line({}, (1.0, 2.0))]}
    worker.prometheus.gate = asyncio.Event()
    drawn = an_alert("B") | {"generatorURL": "http://p/graph?g0.expr=up+%3E+0"}
    await shown(worker, [a_record(drawn, group="h", received=await now(site))])
    trips.clear()

    worker.prometheus.gate.set()
    await worker.charting.settled()
    await worker.take_turn()
    await worker.in_flight.drain()

    assert worker.site.slack.calls[-1].text == "B firing with a chart"
    assert len(trips) == ALONE, trips


async def test_many_alerts_share_them(site: RedisSite, trips: list[int]) -> None:
    tenants = [TenantId(f"t{number}") for number in range(TOGETHER)]
    worker = await a_busy_worker(site, *tenants)
    received = await now(site)
    records = [a_record(an_alert("B"), tenant=one, group="h", received=received) for one in tenants]
    trips.clear()

    await shown(worker, records)

    assert len(trips) <= AMORTISED * TOGETHER, trips
