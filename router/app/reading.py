"""The consumer of a worker, and what counts the batches that an engine makes wait."""

from collections.abc import Sequence

from router.adapters.kafka.consumer import Handle, RecordConsumer
from router.app.compose import Base
from router.app.options import consumer_options
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.ports.kafka import Record
from router.roles.ingest.shortcut import Shortcut


def build_consumer(base: Base, inbound: Shortcut) -> RecordConsumer:
    """What takes the records of the inbound topics."""
    handle = _counted(inbound.handle, base.metrics)
    return RecordConsumer(base.kafka, consumer_options(base.settings), handle, inbound.forget)


def _counted(handle: Handle, metrics: Metrics) -> Handle:
    async def counted(records: Sequence[Record]) -> None:
        try:
            await handle(records)
        except UnavailableError:
            metrics.store_errors.labels(role="ingest").inc()
            raise

    return counted
