"""Topics that must be there before anything runs; what is wrong is printed in one line."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from alert_router_local.process import HOST, free_port
from structlog.testing import capture_logs

from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.topics import ensure_topics, topic_settings, warn_of_others
from router.core.model.instant import HOUR
from router.errors import OperationError
from router.ports.kafka import Stamped


async def partitions_of(kafka: KafkaConnection, topic: str) -> int | None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        [found] = await admin.describe_topics([topic])
        return len(found["partitions"]) or None
    finally:
        await admin.close()


async def ensure(kafka: KafkaConnection, *topics: str, create: bool) -> None:
    await ensure_topics(kafka, topics, create=create, partitions=3, replication_factor=1)


async def test_missing_topics_are_created_as_configured(kafka: KafkaConnection, unique: str) -> None:
    await ensure(kafka, f"{unique}-a", f"{unique}-b", create=True)

    assert await partitions_of(kafka, f"{unique}-a") == 3
    assert await partitions_of(kafka, f"{unique}-b") == 3


async def test_topics_that_are_there_are_left_alone(kafka: KafkaConnection, unique: str) -> None:
    await ensure_topics(kafka, [unique], create=True, partitions=1, replication_factor=1)

    await ensure(kafka, unique, f"{unique}-new", create=True)
    await ensure(kafka, unique, create=False)

    assert await partitions_of(kafka, unique) == 1


async def test_a_topic_of_before_that_has_the_producers_time_is_named(kafka: KafkaConnection, unique: str) -> None:
    before, new = f"{unique}-before", f"{unique}-new"
    by_broker = topic_settings(1, 1000, Stamped.BY_BROKER)
    await ensure(kafka, before, create=True)
    settings = {before: by_broker, new: by_broker, f"{unique}-other": topic_settings(1, 1000, Stamped.BY_PRODUCER)}

    with capture_logs() as logs:
        for _ in range(2):
            await ensure_topics(
                kafka, list(settings), create=True, partitions=1, replication_factor=1, settings=settings
            )

    assert [(one["event"], one["topic"]) for one in logs] == [("topic_has_producers_time", before)] * 2
    assert "message.timestamp.type=LogAppendTime" in logs[0]["remedy"]


@pytest.mark.parametrize(
    ("found", "is_named"), [("3599999", False), ("3600000", False), ("3600001", True), ("-1", True), (None, False)]
)
async def test_a_topic_that_keeps_records_longer_than_it_should_is_named(found: str | None, is_named: bool) -> None:
    class Admin:
        async def describe_configs(self, wanted: Any) -> Any:
            return [SimpleNamespace(resources=[(0, "", 2, one.name, [("retention.ms", found)]) for one in wanted])]

    with capture_logs() as logs:
        await warn_of_others(cast("Any", Admin()), {"t": topic_settings(1, 1000, Stamped.BY_PRODUCER, HOUR)})

    assert [(one["event"], one["remedy"]) for one in logs] == [
        ("topic_keeps_longer", "set retention.ms=3600000 on it")
    ] * is_named


async def test_topics_that_may_not_be_created_are_named(kafka: KafkaConnection, unique: str) -> None:
    await ensure(kafka, f"{unique}-there", create=True)

    with pytest.raises(OperationError) as error:
        await ensure(kafka, f"{unique}-b", f"{unique}-there", f"{unique}-a", create=False)

    assert f"{unique}-a, {unique}-b" in str(error.value)
    assert f"{unique}-there" not in str(error.value)
    assert "ALERT_ROUTER_KAFKA__CREATE_TOPICS" in str(error.value)


@pytest.mark.parametrize(
    "where",
    [pytest.param(f"{HOST}:{free_port()}", id="nobody listens"), "no-such-host.invalid:9092", "no-such-host.invalid"],
)
async def test_a_broker_that_cannot_be_reached_is_named_with_its_setting(where: str) -> None:
    with pytest.raises(OperationError) as error:
        await ensure(KafkaConnection(where), "alerts.inbound", create=True)

    assert where in str(error.value)
    assert "ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("code", "name"), [(38, "InvalidReplicationFactorError"), (29, "TopicAuthorizationFailedError")]
)
async def test_a_topic_that_kafka_refuses_to_create_is_named(
    kafka: KafkaConnection, unique: str, monkeypatch: pytest.MonkeyPatch, code: int, name: str
) -> None:
    """The client only hands the refusal over. Tansu refuses nothing, so the answer is Kafka's by hand."""
    _answers(monkeypatch, [(f"{unique}-a", 0, None), (f"{unique}-b", code, "no")])

    with pytest.raises(OperationError, match=f"{unique}-b \\({name}\\)"):
        await ensure(kafka, f"{unique}-a", f"{unique}-b", create=True)


async def test_a_topic_that_somebody_else_creates_at_the_same_time_is_fine(
    kafka: KafkaConnection, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answers(monkeypatch, [(unique, 36, "exists")])

    await ensure(kafka, unique, create=True)


def _answers(monkeypatch: pytest.MonkeyPatch, errors: list[tuple[str, int, str | None]]) -> None:
    async def create_topics(self: Any, new_topics: Any) -> Any:
        return SimpleNamespace(topic_errors=errors)

    monkeypatch.setattr(AIOKafkaAdminClient, "create_topics", create_topics)


@pytest.mark.parametrize(
    ("replicas", "stamped", "expected"),
    [
        (1, Stamped.BY_PRODUCER, {}),
        (2, Stamped.BY_PRODUCER, {}),
        (3, Stamped.BY_PRODUCER, {"min.insync.replicas": "2"}),
        (1, Stamped.BY_BROKER, {"message.timestamp.type": "LogAppendTime"}),
        (5, Stamped.BY_BROKER, {"min.insync.replicas": "2", "message.timestamp.type": "LogAppendTime"}),
    ],
)
def test_two_replicas_have_a_record_where_there_are_three_and_the_broker_stamps_what_comes_in(
    replicas: int, stamped: Stamped, expected: dict[str, str]
) -> None:
    assert topic_settings(replicas, 1000, stamped) == {"max.message.bytes": "1000", **expected}


async def test_each_topic_is_created_with_its_settings(
    kafka: KafkaConnection, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    async def create_topics(self: Any, new_topics: Any) -> Any:
        asked.extend(new_topics)
        return SimpleNamespace(topic_errors=[])

    monkeypatch.setattr(AIOKafkaAdminClient, "create_topics", create_topics)
    names, settings = [f"{unique}-a", f"{unique}-b"], {f"{unique}-a": {"x": "1"}}
    await ensure_topics(kafka, names, create=True, partitions=3, replication_factor=2, settings=settings)

    assert [(one.name, one.num_partitions, one.replication_factor, one.topic_configs) for one in asked] == [
        (f"{unique}-a", 3, 2, {"x": "1"}),
        (f"{unique}-b", 3, 2, {}),
    ]
