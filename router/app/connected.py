"""A producer of Kafka that one command may need: it connects with the first record."""

import asyncio
from typing import Final

from router.adapters.kafka.producer import KafkaProducer
from router.core.shard import Shard
from router.errors import UnavailableError
from router.ports.kafka import Headers

_CONNECT_S: Final = 10.0


class ConnectedWhenUsed:
    """A producer for those who may not append anything."""

    def __init__(self, producer: KafkaProducer) -> None:
        self._producer = producer
        self._is_started = False

    async def append(
        self, topic: str, value: bytes | None, key: bytes | None, headers: Headers, shard: Shard | None = None
    ) -> None:
        """As the producer does, once it is connected."""
        if not self._is_started:
            self._is_started = True
            await self._connect()
        await self._producer.append(topic, value, key, headers, shard)

    async def reached(self) -> bool:
        """Whether Kafka answers now."""
        return await self._producer.reached()

    async def _connect(self) -> None:
        await self._producer.start()
        try:
            async with asyncio.timeout(_CONNECT_S):
                await self._producer.connected()
        except TimeoutError:
            raise UnavailableError("Kafka: it takes no records from here") from None
