"""Records out: inbound alerts, dead letters, events; appended once all replicas have them.

A producer starts without Kafka and goes on trying in the background, so that the gateway can say 503 meanwhile. An
idempotent one numbers its records by partition: where it and the broker no longer agree on the number, since a batch
was given up or the broker has lost some, the broker refuses all that follow. Then another takes its place.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidProducerEpoch,
    InvalidProducerIdMapping,
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    RecordListTooLargeError,
    RequestTimedOutError,
    UnknownProducerId,
)

from router.adapters.kafka import leaders
from router.adapters.kafka.closing import close_in_time
from router.adapters.kafka.connecting import FORBIDDEN, RIGHTS, KafkaConnection
from router.adapters.kafka.pace import pace
from router.core.shard import Shard
from router.errors import PayloadError, UnavailableError
from router.observe.incident import Incident
from router.ports.kafka import Headers

_RETRY_S: Final = 1.0
_OUT_OF_STEP: Final = (
    OutOfOrderSequenceNumber,
    UnknownProducerId,
    InvalidProducerEpoch,
    InvalidProducerIdMapping,
    ProducerFenced,
)
_REACH: Final = (
    "check that the brokers run, and ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS and __SECURITY_PROTOCOL; with a login "
    "also __SASL_USERNAME and __SASL_PASSWORD"
)
_IDEMPOTENCE: Final = (
    f"{RIGHTS}; where brokers have no idempotent producers, as Tansu, set "
    "ALERT_ROUTER_KAFKA__IDEMPOTENT_PRODUCER=false"
)
OVERHEAD: Final = 64 * 1024
"""What headers and framing may add to a body."""


class KafkaProducer:
    """One producer for all topics; `topics` are those without which the process is of no use."""

    def __init__(
        self,
        connection: KafkaConnection,
        *,
        max_body: int,
        idempotent: bool,
        timeout_s: float,
        topics: Sequence[str] = (),
    ) -> None:
        self._connection = connection
        self._max_request = max_body + OVERHEAD
        self._idempotent = idempotent
        self._timeout_s = timeout_s
        self._topics = topics
        self._producer: AIOKafkaProducer | None = None
        self._starting: asyncio.Task[None] | None = None
        self._retired = set[asyncio.Task[None]]()
        self._failures = Incident()
        self._away = {"metadata": Incident(), "append": Incident()}
        self._log = structlog.get_logger()

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        self._starting = asyncio.create_task(self._connect())

    async def connected(self) -> None:
        """Returns once Kafka has been reached, however long that takes."""
        if self._starting is not None:
            await asyncio.shield(self._starting)

    async def reached(self) -> bool:
        """Whether Kafka answers now, and takes records."""
        if self._producer is None:
            return False
        try:
            cluster = await self._producer.client.fetch_all_metadata()
        except (KafkaError, OSError) as error:
            self._is_away("metadata", type(error).__name__)
            return False
        if standing := leaders.standing(cluster, self._topics):
            self._is_away("metadata", f"no partition has a leader: {', '.join(standing)}")
        else:
            self._is_back("metadata")
        return not standing

    async def append(
        self, topic: str, value: bytes | None, key: bytes | None, headers: Headers, shard: Shard | None = None
    ) -> None:
        """Append one record, within a shard where one is given; returns when all replicas have it.

        Raises:
            UnavailableError: nobody knows whether it was appended; append it again.
            PayloadError: it can never be appended: larger than a record may be, or not what a client takes.
        """
        producer = self._producer
        if producer is None:
            raise UnavailableError("Kafka: not connected")
        try:
            async with asyncio.timeout(self._timeout_s):
                partition = None if shard is None else await _within(shard, producer, topic, key)
                await producer.send_and_wait(topic, value, key=key, headers=list(headers), partition=partition)
        except (MessageSizeTooLargeError, RecordListTooLargeError) as error:
            raise PayloadError("too_large", "larger than a record may be") from error
        except (AssertionError, TypeError, ValueError) as error:
            raise PayloadError("not_appendable", f"the client refuses it: {error}") from error
        except (KafkaError, TimeoutError, OSError) as error:
            self._failed(producer, error)
            raise UnavailableError(f"Kafka: {type(error).__name__}") from error
        self._is_back("append")

    async def close(self) -> None:
        """Send what is buffered and close, in bounded time."""
        if self._starting is not None:
            self._starting.cancel()
            with suppress(asyncio.CancelledError):
                await self._starting
        if self._producer is not None:
            self._retire(self._producer)
        await asyncio.gather(*self._retired)

    def _failed(self, producer: AIOKafkaProducer, error: Exception) -> None:
        """What one append has met; a producer that no broker takes anything from any more is replaced."""
        if isinstance(error, FORBIDDEN):
            self._is_refused(error)
        else:
            self._is_away("append", type(error).__name__)
        useless = isinstance(error, _OUT_OF_STEP) or producer._sender.sender_task.done()  # noqa: SLF001 - nor is this
        if useless and producer is self._producer:
            self._log.warning("kafka_producer_replaced", error_type=type(error).__name__)
            self._producer = None
            self._retire(producer)
            self._starting = asyncio.create_task(self._connect())

    def _retire(self, producer: AIOKafkaProducer) -> None:
        stopping = asyncio.create_task(self._stop(producer))
        self._retired.add(stopping)
        stopping.add_done_callback(self._retired.discard)

    async def _stop(self, producer: AIOKafkaProducer) -> None:
        """An idempotent producer never gives up what is buffered, which nobody waits for any more; we do."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timeout_s):
                await producer.flush()
        await producer._sender.close()  # noqa: SLF001 - there is no public way
        buffer = producer._message_accumulator  # noqa: SLF001 - nor here
        buffer._batches.clear()  # noqa: SLF001
        buffer._pending_batches.clear()  # noqa: SLF001
        await producer.stop()

    def _is_away(self, asked: str, why: str) -> None:
        incident, servers = self._away[asked], self._connection.bootstrap_servers
        if incident.happens("away"):
            self._log.warning("kafka_away", asked=asked, servers=servers, error=why, times=incident.times)

    def _is_refused(self, error: Exception) -> None:
        """Kafka is there; what the login may not do, no attempt will change."""
        if self._away["append"].happens("refused"):
            named = {"error_type": type(error).__name__, "error": str(error), "remedy": RIGHTS}
            self._log.warning("kafka_refuses", servers=self._connection.bootstrap_servers, **named)

    def _is_back(self, asked: str) -> None:
        if times := self._away[asked].ends():
            self._log.info("kafka_back", asked=asked, failed=times)

    def _note_failure(self, error: KafkaError | OSError) -> None:
        """Log that Kafka is away, or that it is there and refuses us; and what to do about it."""
        is_away = isinstance(error, KafkaConnectionError | RequestTimedOutError | OSError)
        refused = _IDEMPOTENCE if self._idempotent else RIGHTS
        self._log.warning(
            "kafka_unreachable" if is_away else "kafka_refuses",
            servers=self._connection.bootstrap_servers,
            error_type=type(error).__name__,
            error=str(error),
            remedy=_REACH if is_away else refused,
            times=self._failures.times,
        )

    async def _connect(self) -> None:
        while True:
            producer = AIOKafkaProducer(
                **self._connection.arguments(),
                acks="all",
                enable_idempotence=self._idempotent,
                max_request_size=self._max_request,
                request_timeout_ms=int(self._timeout_s * 1000),
                partitioner=leaders.choose,
            )
            pace(producer.client)
            close_in_time(producer.client)
            try:
                await producer.start()
            except (KafkaError, OSError) as error:
                if self._failures.happens(f"{type(error).__name__}: {error}"):
                    self._note_failure(error)
                await producer.stop()
                await asyncio.sleep(_RETRY_S)
            except asyncio.CancelledError:
                await producer.stop()
                raise
            else:
                self._producer = producer
                return


async def _within(shard: Shard, producer: AIOKafkaProducer, topic: str, key: bytes | None) -> int:
    """The partition of a record of a shard, by what is known of the topic now."""
    every = await producer.partitions_for(topic)
    return leaders.choose_within(shard, key, every, producer.client.cluster.available_partitions_for_topic(topic))
