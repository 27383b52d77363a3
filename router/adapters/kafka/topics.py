"""The topics that must exist before anything runs."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from router.adapters.kafka.connecting import KafkaConnection
from router.errors import OperationError
from router.ports.kafka import Stamped

TopicSettings = Mapping[str, str]
"""Names and values as Kafka has them."""

_REPLICAS_FOR_TWO: Final = 3
_KAFKAS_OWN: Final[Mapping[str, TopicSettings]] = MappingProxyType({})


def topic_settings(replication_factor: int, max_record_bytes: int, stamped: Stamped) -> TopicSettings:
    """How a topic is created.

    Of three replicas two must have a record before it counts as appended: else all that are in sync may be one.
    """
    settings = {"max.message.bytes": str(max_record_bytes)}
    if replication_factor >= _REPLICAS_FOR_TWO:
        settings["min.insync.replicas"] = "2"
    if stamped is Stamped.BY_BROKER:
        settings["message.timestamp.type"] = "LogAppendTime"
    return settings


async def ensure_topics(
    connection: KafkaConnection,
    topics: Sequence[str],
    *,
    create: bool,
    partitions: int,
    replication_factor: int,
    settings: Mapping[str, TopicSettings] = _KAFKAS_OWN,
) -> None:
    """Create the topics that are missing, with their settings, or say which are.

    Raises:
        OperationError: Kafka cannot be reached, or topics are missing and are not to be created.
    """
    admin = AIOKafkaAdminClient(**connection.arguments())
    try:
        await admin.start()
        missing = sorted(set(topics) - set(await admin.list_topics()))
        if missing and not create:
            raise OperationError(
                f"Kafka has no topic {', '.join(missing)}",
                remedy="create them, or set ALERT_ROUTER_KAFKA__CREATE_TOPICS=true",
            )
        if missing:
            answer = await admin.create_topics(
                [
                    NewTopic(topic, partitions, replication_factor, topic_configs=dict(settings.get(topic, {})))
                    for topic in missing
                ]
            )
            _check(answer.topic_errors)
    except (KafkaError, OSError) as error:
        raise OperationError(
            f"Kafka cannot be reached at {connection.bootstrap_servers} ({type(error).__name__})",
            remedy="check ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS and that the broker runs",
        ) from error
    finally:
        await admin.close()


def _check(answers: Sequence[tuple[Any, ...]]) -> None:
    """The client raises nothing for a topic that was refused; somebody else may have been faster than we."""
    errors = {topic: for_code(code) for topic, code, *_ in answers}
    refused = [
        f"{topic} ({error.__name__})"
        for topic, error in errors.items()
        if error not in {NoError, TopicAlreadyExistsError}
    ]
    if refused:
        raise OperationError(
            f"Kafka does not create the topic {', '.join(refused)}", remedy="create it, or fix its settings"
        )
