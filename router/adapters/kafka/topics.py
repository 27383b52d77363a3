"""The topics that must exist before anything runs."""

from collections.abc import Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from router.adapters.kafka.connecting import KafkaConnection
from router.errors import OperationError


async def ensure_topics(
    connection: KafkaConnection,
    topics: Sequence[str],
    *,
    create: bool,
    partitions: int,
    replication_factor: int,
    max_record_bytes: int | None = None,
) -> None:
    """Create the topics that are missing, or say which are.

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
            limits = {"max.message.bytes": str(max_record_bytes)} if max_record_bytes else {}
            answer = await admin.create_topics(
                [NewTopic(topic, partitions, replication_factor, topic_configs=limits) for topic in missing]
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
