"""How far a consumer group has read a topic, asked from the outside: nobody joins the group, nothing is committed."""

from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from router.adapters.kafka.closing import close_in_time
from router.adapters.kafka.connecting import KafkaConnection
from router.errors import UnavailableError
from router.ports.moving import Place


class KafkaPlaces:
    """Topics, each as one group reads it."""

    def __init__(self, connection: KafkaConnection) -> None:
        self._connection = connection

    async def ends(self, place: Place) -> Mapping[int, int]:
        """The offset behind the last record of each partition that has any.

        Raises:
            UnavailableError: Kafka does not answer.
        """
        return (await self._look(place))[0]

    async def read(self, place: Place) -> Mapping[int, int]:
        """The offset up to which the group has read each partition; raises likewise."""
        return (await self._look(place))[1]

    async def _look(self, place: Place) -> tuple[Mapping[int, int], Mapping[int, int]]:
        arguments = self._connection.arguments()
        consumer = AIOKafkaConsumer(
            **arguments, client_id="alert-router-isolation", group_id=place.group, enable_auto_commit=False
        )
        close_in_time(consumer._client)  # noqa: SLF001 - there is no public way
        try:
            await consumer.start()
            return await _offsets(consumer, place.topic)
        except (KafkaError, OSError) as error:
            raise UnavailableError(f"Kafka: {type(error).__name__}") from error
        finally:
            await consumer.stop()


async def _offsets(consumer: AIOKafkaConsumer, topic: str) -> tuple[Mapping[int, int], Mapping[int, int]]:
    await consumer.topics()
    partitions = [TopicPartition(topic, one) for one in sorted(consumer.partitions_for_topic(topic) or ())]
    if not partitions:
        return {}, {}
    consumer.assign(partitions)
    first, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    read = {one.partition: await consumer.committed(one) or 0 for one in partitions}
    return {one.partition: ends[one] for one in partitions if first[one] < ends[one]}, read
