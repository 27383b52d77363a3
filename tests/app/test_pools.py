"""What the settings say of pools reaches workers, gateways and who makes topics."""

from pydantic import SecretStr

from router.adapters.kafka.connecting import KafkaConnection
from router.app.compose import build_base
from router.app.options import consumer_options, held_options
from router.app.past import kafka_past
from router.app.pools import held_topics, inbound_topics, topics_by_tenant
from router.app.retention import kept_in_topics
from router.app.worker import build_worker
from router.core.model.alert import TenantId
from router.core.pool import SHARED, Pool
from router.settings import KafkaSettings, RedisSettings, Settings, WorkerSettings

KAFKA = KafkaSettings(pools=("gold",), bound_topics={"acme.alerts": "acme"})


def test_a_worker_of_a_pool_reads_its_own_topics_by_groups_of_its_own() -> None:
    settings = Settings(kafka=KAFKA, worker=WorkerSettings(pool="gold"))
    inbound, held = consumer_options(settings), held_options(settings)

    assert (inbound.topics, inbound.group_id) == (("alerts.inbound.gold",), "alert-router.gold")
    assert (held.topics, held.group_id) == (("alerts.held.gold",), "alert-router.gold-held")


def test_a_worker_of_the_shared_pool_reads_what_it_did_before_there_were_pools() -> None:
    settings = Settings(kafka=KAFKA)
    inbound, held = consumer_options(settings), held_options(settings)

    assert (inbound.topics, inbound.group_id) == (("alerts.inbound", "acme.alerts"), "alert-router")
    assert (held.topics, held.group_id) == (("alerts.held",), "alert-router-held")


def test_topics_of_all_pools_are_there_and_kept_as_long_as_those_of_the_shared_one() -> None:
    assert inbound_topics(KAFKA) == ("alerts.inbound", "alerts.inbound.gold")
    assert held_topics(KAFKA) == ("alerts.held", "alerts.held.gold")
    kept = kept_in_topics(Settings(kafka=KAFKA))
    assert kept["alerts.inbound.gold"] == kept["alerts.inbound"]
    assert kept["alerts.held.gold"] == kept["alerts.held"]


def test_a_body_goes_to_the_topic_of_its_tenants_pool() -> None:
    topic_of = topics_by_tenant(KAFKA, lambda tenant: Pool("gold") if tenant == "acme" else SHARED)

    assert topic_of(TenantId("acme")) == "alerts.inbound.gold"
    assert topic_of(TenantId("beta")) == "alerts.inbound"


def test_what_was_lost_is_read_again_from_the_topics_of_all_pools() -> None:
    past = kafka_past(Settings(kafka=KAFKA), KafkaConnection("127.0.0.1:9092"))

    assert past._inbound == ("alerts.inbound", "alerts.inbound.gold", "acme.alerts")


def test_tenants_data_is_put_together_by_the_shared_pool_alone() -> None:
    """Workers of others may read no topics but their own."""
    kafka = KafkaSettings(bootstrap_servers="127.0.0.1:9092", pools=("gold",))
    redis = RedisSettings(url=SecretStr("redis://127.0.0.1:6379"))
    shared, gold = (
        build_worker(build_base(Settings(kafka=kafka, redis=redis, worker=WorkerSettings(pool=pool)), {}))
        for pool in (None, Pool("gold"))
    )

    assert shared.losses.recovery is not None
    assert gold.losses.recovery is None
