"""The topic of events, read from the outside of any group: what went before, whatever Redis has lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from router.adapters.kafka.connecting import KafkaConnection
from router.errors import UnavailableError


class EventsTopic:
    """A reader that comes and goes."""

    def __init__(self, connection: KafkaConnection, topic: str) -> None:
        self._connection = connection
        self._topic = topic

    async def exists(self) -> bool:
        """Whether an event was ever appended, also if it has expired by now.

        Raises:
            UnavailableError: Kafka does not answer.
        """
        async with self._reading() as consumer:
            return any((await consumer.end_offsets(consumer.assignment())).values())

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            self._topic, **self._connection.arguments(), client_id="alert-router", enable_auto_commit=False
        )
        try:
            await consumer.start()
            yield consumer
        except (KafkaError, OSError) as error:
            raise UnavailableError(f"Kafka: {type(error).__name__}") from error
        finally:
            await consumer.stop()
