"""Each role logs in to Kafka as itself and may do no more than it must: `deploy/kafka/acls.sh` on the real broker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    NoError,
    TopicAuthorizationFailedError,
    for_code,
)
from structlog.testing import capture_logs

from router.adapters.kafka.connecting import ConsumerOptions, KafkaConnection
from router.adapters.kafka.consumer import RecordConsumer
from router.adapters.kafka.past import KafkaPast
from router.adapters.kafka.producer import KafkaProducer
from router.adapters.kafka.topics import ensure_topics
from router.errors import OperationError, UnavailableError
from router.ports.kafka import Record
from tests.kafka.secured import (
    ADMIN,
    ALERTMANAGER,
    ALERTMANAGERS,
    BOUND,
    CHECKPOINTER,
    CHECKPOINTS,
    CONTROL,
    EVENTS,
    GATEWAY,
    HELD,
    HELD_GOLD,
    INBOUND,
    INBOUND_GOLD,
    INBOUND_SILVER,
    LETTERS,
    LOGINS,
    MECHANISMS,
    OF_ACME,
    OF_GOLD,
    OPERATOR,
    PRODUCER,
    STRANGER,
    TOPICS,
    WORKER,
    Secured,
)
from tests.waiting import eventually

pytestmark = pytest.mark.timeout(180)

OF_POOLS: Final = {INBOUND_GOLD, INBOUND_SILVER}
READS: Final = {
    WORKER: {INBOUND, BOUND, ALERTMANAGERS, HELD, EVENTS, *OF_POOLS},
    OF_GOLD: {INBOUND_GOLD, HELD_GOLD, EVENTS},
    OPERATOR: {INBOUND, BOUND, LETTERS, EVENTS, *OF_POOLS},
    CONTROL: {LETTERS},
}
WRITES: Final = {
    GATEWAY: {INBOUND, *OF_POOLS},
    WORKER: {INBOUND, HELD, LETTERS, EVENTS},
    OF_GOLD: {INBOUND_GOLD, HELD_GOLD, LETTERS, EVENTS},
    OPERATOR: {INBOUND, BOUND, *OF_POOLS},
    CONTROL: {INBOUND, BOUND, *OF_POOLS},
    CHECKPOINTER: {CHECKPOINTS},
    PRODUCER: {INBOUND},
    OF_ACME: {BOUND},
    ALERTMANAGER: {ALERTMANAGERS},
}
"""All that anybody may read and write; what is not here is tried as well, and refused."""

Ask = Callable[[AIOKafkaAdminClient], Awaitable[Any]]

ADMINISTRATION: Final[dict[str, Ask]] = {
    "create a topic": lambda admin: admin.create_topics([NewTopic("another", 1, 1)]),
    "delete a topic": lambda admin: admin.delete_topics([INBOUND]),
    "add partitions": lambda admin: admin.create_partitions({INBOUND: NewPartitions(9)}),
    "change a topic": lambda admin: admin.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, INBOUND, {"retention.ms": "1"})]
    ),
    "see a broker's settings": lambda admin: admin.describe_configs([ConfigResource(ConfigResourceType.BROKER, "1")]),
    "see another group": lambda admin: admin.list_consumer_group_offsets("another"),
}
"""What no login of ours may do."""


@asynccontextmanager
async def admin_of(connection: KafkaConnection) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**connection.arguments())
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


@asynccontextmanager
async def consumer_of(
    connection: KafkaConnection, topic: str, group: str | None = None
) -> AsyncIterator[AIOKafkaConsumer]:
    """One that begins at the beginning; in a group a static member."""
    consumer = AIOKafkaConsumer(
        topic, **connection.arguments(), group_id=group, group_instance_id="one" if group else None,
        enable_auto_commit=False, auto_offset_reset="earliest",
    )  # fmt: skip
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def write(connection: KafkaConnection, topic: str) -> None:
    producer = AIOKafkaProducer(**connection.arguments(), acks="all")
    try:
        await producer.start()
        await producer.send_and_wait(topic, b"not an alert")
    finally:
        await producer.stop()


async def read(connection: KafkaConnection, topic: str, group: str | None = None) -> None:
    async with asyncio.timeout(10), consumer_of(connection, topic, group) as consumer:
        await consumer.getone()


async def is_allowed(attempt: Awaitable[object]) -> bool:
    """Whether it succeeds; whatever fails for another reason than rights fails the test."""
    try:
        await attempt
    except (TopicAuthorizationFailedError, GroupAuthorizationFailedError, ClusterAuthorizationFailedError):
        return False
    return True


async def test_everybody_reads_and_writes_what_is_his_and_nothing_else(guarded: Secured) -> None:
    for topic in TOPICS:
        await write(guarded.connection(ADMIN), topic)

    tried = [(login, topic) for login in LOGINS for topic in TOPICS]
    may_read = [one for one in tried if await is_allowed(read(guarded.connection(one[0]), one[1]))]
    may_write = [one for one in tried if await is_allowed(write(guarded.connection(one[0]), one[1]))]

    assert may_read == [(login, topic) for login, topic in tried if topic in READS.get(login, ())]
    assert may_write == [(login, topic) for login, topic in tried if topic in WRITES.get(login, ())]


async def test_workers_alone_are_members_of_their_groups_and_of_no_other(guarded: Secured) -> None:
    own = [f"{group}{more}" for group in ("alert-router", "alert-router.gold") for more in ("", "-held")]
    groups = (*own, "alert-router.silver", "another")
    await write(guarded.connection(ADMIN), INBOUND)
    await write(guarded.connection(ADMIN), INBOUND_GOLD)
    topics = {login: INBOUND_GOLD if login == OF_GOLD else INBOUND for login in LOGINS}
    tried = [(login, group) for login in LOGINS for group in groups]

    may = [one for one in tried if await is_allowed(read(guarded.connection(one[0]), topics[one[0]], one[1]))]

    assert may == [*((WORKER, group) for group in own[:2]), *((OF_GOLD, group) for group in own[2:])]


async def test_who_moves_a_tenant_sees_how_far_the_workers_of_each_pool_have_read(guarded: Secured) -> None:
    groups = ("alert-router", "alert-router.gold", "alert-router.silver", "another")
    tried = [(login, group) for login in (OPERATOR, GATEWAY, PRODUCER) for group in groups]

    async def look(login: str, group: str) -> None:
        async with admin_of(guarded.connection(login)) as admin:
            await admin.list_consumer_group_offsets(group)

    may = [one for one in tried if await is_allowed(look(*one))]

    assert may == [(OPERATOR, group) for group in groups[:3]]


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("what", ADMINISTRATION)
async def test_nobody_administers_the_cluster(guarded: Secured, login: str, what: str) -> None:
    async with admin_of(guarded.connection(login)) as admin:
        try:
            answer = await ADMINISTRATION[what](admin)
        except KafkaError as error:
            names = [type(error).__name__]
        else:
            names = [error.__name__ for error in errors_in(answer)]

    assert names, "it is answered"
    assert all("AuthorizationFailed" in name for name in names), names


async def test_workers_see_whose_time_the_topics_have(guarded: Secured) -> None:
    topics = [INBOUND, BOUND, ALERTMANAGERS, LETTERS]
    async with admin_of(guarded.connection(WORKER)) as admin:
        answer = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, one) for one in topics])

    assert errors_in(answer) == [NoError] * len(topics)


def errors_in(answer: Any) -> list[type[KafkaError]]:
    """The errors that stand in an answer of Kafka."""
    responses = answer if isinstance(answer, list) else [answer]
    rows = [row for one in responses for row in _rows(one)]
    return [for_code(next(part for part in row if isinstance(part, int))) for row in rows]


def _rows(response: Any) -> list[tuple[Any, ...]]:
    names = ("topic_errors", "topic_error_codes", "resources")
    return [row for name in names for row in getattr(response, name, ())]


@pytest.mark.parametrize("login", [GATEWAY, WORKER, OPERATOR])
async def test_nobody_gets_in_with_another_password(guarded: Secured, login: str) -> None:
    with pytest.raises(KafkaConnectionError):
        await write(guarded.connection(login, "another"), INBOUND)
    with pytest.raises(OperationError, match="__SASL_PASSWORD"):
        await ensure_topics(
            guarded.connection(login, "another"), [INBOUND], create=False, partitions=1, replication_factor=1
        )


async def test_nobody_gets_in_without_a_login(guarded: Secured) -> None:
    for protocol in ("PLAINTEXT", "SSL"):
        with pytest.raises(KafkaConnectionError):
            await write(KafkaConnection(guarded.broker.address, protocol, ssl_cafile=guarded.certificates), INBOUND)


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_a_worker_logs_in_by_each_mechanism_that_there_is_a_setting_for(
    guarded: Secured, mechanism: str
) -> None:
    found: list[bytes | None] = []
    connection = guarded.connection(WORKER, mechanism=mechanism)

    async def handle(records: Sequence[Record]) -> None:
        found.extend(one.value for one in records)

    producer = KafkaProducer(connection, max_body=100_000, idempotent=True, timeout_s=5.0, topics=(INBOUND,))
    consumer = RecordConsumer(connection, options(INBOUND, "alert-router"), handle)
    await producer.start()
    try:
        await producer.connected()
        await producer.append(INBOUND, mechanism.encode(), None, [])
        await consumer.start()
        await eventually(lambda: mechanism.encode() in found)
    finally:
        await consumer.stop()
        await producer.close()


def options(topic: str, group: str) -> ConsumerOptions:
    return ConsumerOptions((topic,), group, 100, 50, 500, 6000, drain_s=5.0)


async def test_a_worker_without_a_right_to_its_group_names_what_to_do(guarded: Secured) -> None:
    consumer = RecordConsumer(guarded.connection(WORKER), options(INBOUND, "another"), _nothing)

    with pytest.raises(OperationError, match=r"deploy/kafka/acls\.sh"):
        await consumer.start()
    await consumer.stop()


async def _nothing(_: Sequence[Record]) -> None:
    return


async def test_an_append_that_is_forbidden_is_named_once_with_what_to_do(guarded: Secured) -> None:
    producer = KafkaProducer(guarded.connection(GATEWAY), max_body=1000, idempotent=True, timeout_s=5.0)
    await producer.start()
    await producer.connected()

    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(UnavailableError, match="TopicAuthorizationFailedError"):
                await producer.append(EVENTS, b"forged", None, [])
    await producer.close()

    [named] = [one for one in logs if one["event"] != "kafka_producer_replaced"]
    assert named["event"] == "kafka_refuses"
    assert "deploy/kafka/acls.sh" in named["remedy"]


async def test_topics_that_a_login_has_no_right_to_may_be_there(guarded: Secured) -> None:
    with pytest.raises(OperationError, match=r"if they are there, .*deploy/kafka/acls\.sh"):
        await ensure_topics(guarded.connection(STRANGER), [INBOUND], create=False, partitions=1, replication_factor=1)


async def test_whoever_may_not_create_topics_learns_what_to_do(guarded: Secured) -> None:
    with pytest.raises(OperationError, match=r"deploy/kafka/acls\.sh"):
        await ensure_topics(
            guarded.connection(WORKER), ["alerts.other"], create=True, partitions=1, replication_factor=1
        )


async def test_whoever_asks_what_went_before_has_the_answer_in_a_moment(guarded: Secured) -> None:
    """Closing over TLS took half a minute where an answer was on its way, and nothing was sent meanwhile."""
    past = KafkaPast(guarded.connection(WORKER), EVENTS, [INBOUND])
    for _ in range(5):
        async with asyncio.timeout(10):
            await past.exists()
