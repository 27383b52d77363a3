"""Records of a tenant with a shard go to its partitions, whoever appends them and wherever they wait."""

import pytest

from router.core.model.alert import TenantId
from router.core.shard import Shard
from router.ports.kafka import TENANT
from router.roles.sharded import KnownSizes, ShardedLog
from tests.adapters.builders import ACME, BETA
from tests.fakes.records import FakeRecordLog
from tests.roles.builders import a_document
from tests.roles.worker import Site, Worker

OF_ACME = (TENANT, b"acme")


async def size_of(tenant: TenantId) -> int | None:
    return 2 if tenant == ACME else None


@pytest.fixture
def records() -> FakeRecordLog:
    return FakeRecordLog()


@pytest.fixture
def sharded(records: FakeRecordLog) -> ShardedLog:
    return ShardedLog(records, size_of, frozenset({"alerts.inbound", "alerts.held"}))


async def test_a_record_of_a_tenant_with_a_shard_is_appended_within_it(
    records: FakeRecordLog, sharded: ShardedLog
) -> None:
    for topic in ("alerts.inbound", "alerts.held"):
        await sharded.append(topic, b"body", b"key", [OF_ACME])

    assert [one.shard for one in records.records] == [Shard(ACME, 2)] * 2
    assert [(one.value, one.key, one.headers) for one in records.records] == [
        (b"body", b"key", {TENANT: b"acme"})
    ] * 2


async def test_any_partition_takes_what_is_anothers_or_goes_where_no_pool_reads_it(
    records: FakeRecordLog, sharded: ShardedLog
) -> None:
    await sharded.append("alerts.inbound", b"body", b"key", [(TENANT, b"beta")])
    await sharded.append("alerts.inbound", b"body", b"key", [])
    await sharded.append("alerts.inbound", b"body", b"key", [(TENANT, b"\xff")])
    await sharded.append("alerts.dead-letter", b"body", b"key", [OF_ACME])
    await sharded.append("acme.alerts", b"body", b"key", [OF_ACME])

    assert [one.shard for one in records.records] == [None] * 5


async def test_a_changed_size_counts_once_the_file_is_known() -> None:
    site = Site()
    await site.open(ACME, a_document(shard=2))
    await site.open(BETA)
    worker = Worker(site)
    sizes = KnownSizes(worker.tenants)
    await worker.tenants.load()
    assert (await sizes.of(ACME), await sizes.of(BETA)) == (2, None)

    await site.open(ACME, a_document(shard=3))
    await worker.tenants.load()
    assert await sizes.of(ACME) == 3

    await site.open(ACME, a_document())
    await worker.tenants.load()
    assert await sizes.of(ACME) is None


async def test_kafka_is_reached_where_it_is(records: FakeRecordLog, sharded: ShardedLog) -> None:
    assert await sharded.reached()
    records.is_reached = False
    assert not await sharded.reached()
