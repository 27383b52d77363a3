"""Records out: inbound alerts, dead letters, events; appended once all replicas have them.

A producer starts without Kafka and goes on trying in the background, so that the gateway can say 503 meanwhile.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerClosed,
    RecordListTooLargeError,
    RequestTimedOutError,
)

from router.adapters.kafka.connecting import KafkaConnection
from router.errors import PayloadError, UnavailableError
from router.observe.incident import Incident
from router.ports.kafka import Headers

_RETRY_S: Final = 1.0
_REACH: Final = "check that the brokers run, and ALERT_ROUTER_KAFKA__BOOTSTRAP_SERVERS and __SECURITY_PROTOCOL"
_IDEMPOTENCE: Final = (
    "if the broker has no idempotent producers, as Tansu, or the user no right to them (IdempotentWrite): set "
    "ALERT_ROUTER_KAFKA__IDEMPOTENT_PRODUCER=false"
)
_RIGHTS: Final = "check the user's rights, and ALERT_ROUTER_KAFKA__SASL_USERNAME and __SASL_PASSWORD"
OVERHEAD: Final = 64 * 1024
"""What headers and framing may add to a body."""


class KafkaProducer:
    """One producer for all topics."""

    def __init__(self, connection: KafkaConnection, *, max_body: int, idempotent: bool, timeout_s: float) -> None:
        self._connection = connection
        self._max_request = max_body + OVERHEAD
        self._idempotent = idempotent
        self._timeout_s = timeout_s
        self._producer: AIOKafkaProducer | None = None
        self._starting: asyncio.Task[None] | None = None
        self._failures = Incident()
        self._log = structlog.get_logger()

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        self._starting = asyncio.create_task(self._connect())

    async def reached(self) -> bool:
        """Whether Kafka answers now."""
        if self._producer is None:
            return False
        try:
            await self._producer.client.fetch_all_metadata()
        except (KafkaError, OSError):
            return False
        return True

    async def append(self, topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None:
        """Append one record; returns when all replicas have it.

        Raises:
            UnavailableError: nobody knows whether it was appended; append it again.
            PayloadError: it can never be appended: larger than a record may be, or not what a client takes.
        """
        if self._producer is None:
            raise UnavailableError("Kafka: not connected")
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._producer.send_and_wait(topic, value, key=key, headers=list(headers))
        except (MessageSizeTooLargeError, RecordListTooLargeError) as error:
            raise PayloadError("too_large", "larger than a record may be") from error
        except (AssertionError, TypeError, ValueError) as error:
            raise PayloadError("not_appendable", f"the client refuses it: {error}") from error
        except (KafkaError, TimeoutError, OSError) as error:
            raise UnavailableError(f"Kafka: {type(error).__name__}") from error

    async def close(self) -> None:
        """Send what is buffered and close, in bounded time."""
        if self._starting is not None:
            self._starting.cancel()
            with suppress(asyncio.CancelledError):
                await self._starting
        if self._producer is not None:
            await self._stop(self._producer)

    async def _stop(self, producer: AIOKafkaProducer) -> None:
        """An idempotent producer never gives up what is buffered, which nobody waits for any more; we do."""
        stopping = asyncio.create_task(producer.stop())
        await asyncio.wait([stopping], timeout=self._timeout_s)
        if not stopping.done():
            producer._sender.sender_task.cancel()  # noqa: SLF001 - there is no public way
        await stopping
        producer._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001 - what still waits for the buffer ends

    def _failure(self, error: KafkaError | OSError) -> dict[str, str]:
        """What to log: that Kafka is away, or that it is there and refuses us; and what to do about it."""
        named = {
            "servers": self._connection.bootstrap_servers,
            "error_type": type(error).__name__,
            "error": str(error),
        }
        if isinstance(error, KafkaConnectionError | RequestTimedOutError | OSError):
            return {"event": "kafka_unreachable", **named, "remedy": _REACH}
        return {"event": "kafka_refuses", **named, "remedy": _IDEMPOTENCE if self._idempotent else _RIGHTS}

    async def _connect(self) -> None:
        while True:
            producer = AIOKafkaProducer(
                **self._connection.arguments(),
                acks="all",
                enable_idempotence=self._idempotent,
                max_request_size=self._max_request,
                request_timeout_ms=int(self._timeout_s * 1000),
            )
            try:
                await producer.start()
            except (KafkaError, OSError) as error:
                if self._failures.happens(f"{type(error).__name__}: {error}"):
                    self._log.warning(**self._failure(error), times=self._failures.times)
                await producer.stop()
                await asyncio.sleep(_RETRY_S)
            except asyncio.CancelledError:
                await producer.stop()
                raise
            else:
                self._producer = producer
                return
