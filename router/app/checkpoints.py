"""What signs checkpoints of the audit log, and appends them to Kafka: out of reach of who has the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.adapters.kafka.producer import OVERHEAD, KafkaProducer
from router.adapters.kafka.topics import ensure_topics, topic_settings
from router.app.auditing import note_key, opened_log
from router.app.connected import ConnectedWhenUsed
from router.app.options import kafka_connection
from router.app.shutdown import supervised
from router.control.audit.note import MAX_NOTE
from router.control.checkpointing import Checkpointing, Publish
from router.errors import ConfigurationError, OperationError, UnavailableError
from router.ports.audit import AuditLog
from router.ports.kafka import Stamped
from router.roles.checkpoints import Checkpoints
from router.settings import Settings


@asynccontextmanager
async def open_checkpointing(settings: Settings) -> AsyncIterator[Checkpointing]:
    """What signs checkpoints, appends them to Kafka, and stores them.

    Raises:
        ConfigurationError: no database or no key is set, or what connects to one is not installed.
    """
    signer = note_key(settings)
    if signer is None:
        raise ConfigurationError("no key signs checkpoints: set ALERT_ROUTER_AUDIT__KEY_FILE; `audit key` makes one")
    async with opened_log(settings) as log, _publishing(settings) as publish:
        yield Checkpointing(log, signer, publish)


@asynccontextmanager
async def signing(settings: Settings, log: AuditLog) -> AsyncIterator[None]:
    """Sign checkpoints of the log during the block, where there is a key.

    Raises:
        ConfigurationError: the key cannot be read, or there is one and no Kafka.
    """
    signer = note_key(settings)
    if signer is None:
        yield
        return
    async with (
        _publishing(settings) as publish,
        supervised(Checkpoints(Checkpointing(log, signer, publish)).run()),
    ):
        yield


@asynccontextmanager
async def _publishing(settings: Settings) -> AsyncIterator[Publish]:
    """What appends checkpoints to their topic.

    The producer is not idempotent: a checkpoint may be there twice, and brokers without idempotent ones take it.
    """
    producer = KafkaProducer(
        kafka_connection(settings),
        max_body=MAX_NOTE,
        idempotent=False,
        timeout_s=settings.gateway.kafka_timeout_s,
    )
    try:
        yield _Topic(settings, ConnectedWhenUsed(producer)).append
    finally:
        await producer.close()


class _Topic:
    """The topic of checkpoints, looked for before the first one."""

    def __init__(self, settings: Settings, records: ConnectedWhenUsed) -> None:
        self._settings = settings
        self._records = records
        self._is_there = False

    async def append(self, note: str) -> None:
        """Append a checkpoint.

        Raises:
            UnavailableError: Kafka does not answer, or has no such topic and is not to make one.
        """
        if not self._is_there:
            await self._ensure()
            self._is_there = True
        await self._records.append(self._settings.audit.topic, note.encode(), None, [])

    async def _ensure(self) -> None:
        """Make the topic, which keeps all for ever, if it is to be made."""
        kafka, topic = self._settings.kafka, self._settings.audit.topic
        kept = topic_settings(kafka.replication_factor, MAX_NOTE + OVERHEAD, Stamped.BY_PRODUCER)
        try:
            await ensure_topics(
                kafka_connection(self._settings),
                [topic],
                create=kafka.create_topics,
                partitions=1,
                replication_factor=kafka.replication_factor,
                settings={topic: {**kept, "retention.ms": "-1"}},
            )
        except OperationError as error:
            raise UnavailableError(error.problem, error.remedy) from None
