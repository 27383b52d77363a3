"""When the oldest record of each topic was appended, for one command: by nobody's group, and nothing is committed."""

from collections.abc import Mapping, Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from router.adapters.kafka.closing import close_in_time
from router.adapters.kafka.connecting import KafkaConnection
from router.adapters.kafka.fetched import bound_unpacking
from router.core.model.instant import MILLISECOND, Instant
from router.errors import UnavailableError

_LOOKS: Final = 20
_LOOK_MS: Final = 500


class TopicAges:
    """The topics of a Kafka."""

    def __init__(self, connection: KafkaConnection, max_unpacked: int) -> None:
        self._connection = connection
        self._max_unpacked = max_unpacked

    async def oldest(self, topics: Sequence[str]) -> Mapping[str, Instant]:
        """By topic; those that are empty, or not there, are left out.

        Raises:
            UnavailableError: Kafka does not answer.
        """
        bound_unpacking(self._max_unpacked)
        arguments = self._connection.arguments()
        consumer = AIOKafkaConsumer(**arguments, client_id="alert-router-retention", enable_auto_commit=False)
        close_in_time(consumer._client)  # noqa: SLF001 - there is no public way
        try:
            await consumer.start()
            there = await consumer.topics()
            found = {one: await _oldest(consumer, one) for one in topics if one in there}
        except (KafkaError, OSError) as error:
            raise UnavailableError(f"Kafka: {type(error).__name__}") from error
        finally:
            await consumer.stop()
        return {topic: at for topic, at in found.items() if at is not None}


async def _oldest(consumer: AIOKafkaConsumer, topic: str) -> Instant | None:
    """The first record of each partition is looked at; what does not come in a while is left out."""
    partitions = [TopicPartition(topic, one) for one in consumer.partitions_for_topic(topic) or ()]
    first, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    wanted = [one for one in partitions if first[one] < ends[one]]
    if not wanted:
        return None
    consumer.assign(wanted)
    for one in wanted:
        consumer.seek(one, first[one])
    times = dict[TopicPartition, int]()
    for _ in range(_LOOKS):
        for one, records in (await consumer.getmany(timeout_ms=_LOOK_MS, max_records=len(wanted))).items():
            times.setdefault(one, records[0].timestamp)
            consumer.pause(one)
        if len(times) == len(wanted):
            break
    return Instant(min(times.values()) * MILLISECOND) if times else None
