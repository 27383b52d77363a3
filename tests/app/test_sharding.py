"""Whoever appends to the topics of pools does it within the shards of tenants."""

from pydantic import SecretStr

from router.app.compose import build_base, build_gateway, gateway_keyring, inbound_log
from router.app.connections import redis_connection
from router.app.letters import letters_by
from router.app.sharding import StoredSizes, sharded_log
from router.core.model.alert import TenantId
from router.roles.sealed import SealedLog
from router.roles.sharded import ShardedLog
from router.settings import KafkaSettings, RedisSettings, Settings
from tests.adapters.builders import ACME, BETA
from tests.fakes.records import FakeRecordLog
from tests.fakes.store import FakeStore
from tests.fakes.tenants import FakeTenants
from tests.roles.builders import a_document

KAFKA = KafkaSettings(bootstrap_servers="127.0.0.1:9092", pools=("gold",), bound_topics={"acme.alerts": "acme"})
SETTINGS = Settings(kafka=KAFKA, redis=RedisSettings(url=SecretStr("redis://127.0.0.1:6379")))
SHARED = {"alerts.inbound", "alerts.inbound.gold", "alerts.held", "alerts.held.gold"}


async def nobodys(_: TenantId) -> None:
    return None


def test_it_is_the_topics_of_all_pools_and_none_that_is_bound() -> None:
    assert sharded_log(KAFKA, FakeRecordLog(), nobodys).shared == SHARED


def test_gateways_and_workers_append_within_shards() -> None:
    base = build_base(SETTINGS, {})
    gateway = build_gateway(base, base.tenants, gateway_keyring(base, base.tenants))

    for records in (base.records, inbound_log(base), gateway.inbound.records):
        assert isinstance(records, SealedLog)
        assert isinstance(records.records, ShardedLog)
        assert records.records.shared == SHARED


async def test_commands_that_redrive_letters_append_within_shards() -> None:
    async with letters_by(SETTINGS, redis_connection(SETTINGS)) as letters:
        records = letters._engines.records

    assert isinstance(records, SealedLog)
    assert isinstance(records.records, ShardedLog)
    assert records.records.shared == SHARED


async def test_what_is_redriven_is_appended_within_the_shard_that_the_file_in_force_has() -> None:
    tenants = FakeTenants(FakeStore())
    sizes = StoredSizes(tenants)
    await tenants.publish(ACME, a_document(shard=3))

    assert await sizes.of(ACME) == 3
    assert await sizes.of(BETA) is None
