"""The topics that must exist before anything runs."""

from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from router.adapters.kafka.connecting import KafkaConnection
from router.errors import OperationError


async def ensure_topics(
    connection: KafkaConnection, topics: Sequence[str], *, create: bool, partitions: int, replication_factor: int
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
                f"Kafka has no topic {', '.join(missing)}: create them, or set ALERT_ROUTER_KAFKA__CREATE_TOPICS=true"
            )
        if missing:
            await admin.create_topics([NewTopic(topic, partitions, replication_factor) for topic in missing])
    except TopicAlreadyExistsError:
        return
    except (KafkaError, OSError) as error:
        raise OperationError(
            f"Kafka cannot be reached at {connection.bootstrap_servers} ({type(error).__name__}): "
            "check ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS and that the broker runs"
        ) from error
    finally:
        await admin.close()
