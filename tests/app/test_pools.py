"""What the settings say of pools reaches workers, gateways and who makes topics."""

from router.app.options import consumer_options, held_options
from router.app.pools import held_topics, inbound_topics
from router.app.retention import kept_in_topics
from router.settings import KafkaSettings, Settings, WorkerSettings

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
