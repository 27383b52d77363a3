"""Records set aside with the reason and where they came from, so that a person can fix and redrive them."""

import structlog

from router.core.model.alert import TenantId
from router.core.parse.naming import alert_named_in
from router.errors import PayloadError
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.kafka import Record, RecordLog
from router.ports.marks import Counters

_STAGE = "parse"


class DeadLetters:
    """The dead-letter topic."""

    def __init__(self, records: RecordLog, counters: Counters, topic: str, metrics: Metrics) -> None:
        self._records = records
        self._counters = counters
        self._topic = topic
        self._metrics = metrics
        self._log = structlog.get_logger("router.dead_letters")

    async def add(self, record: Record, tenant: TenantId | None, error: PayloadError, stage: str = _STAGE) -> None:
        """Append the record as it was, its headers, and why; returns when Kafka has it.

        Raises:
            UnavailableError: it may not be there; the record must not be committed.
        """
        origin = {"topic": record.topic, "partition": str(record.partition), "offset": str(record.offset)}
        own = {
            "reason": error.reason,
            "stage": stage,
            "error": str(error)[:1000],
            **{f"origin_{name}": value for name, value in origin.items()},
            "origin_timestamp": str(record.timestamp),
        }
        await self._append(record, own)
        self._metrics.dead_letters.labels(reason=error.reason).inc()
        named = alert_named_in(record.value or b"")
        self._log.warning(
            "record_dead_lettered", tenant=tenant, alert=named, reason=error.reason, stage=stage, **origin
        )
        if tenant is not None:
            self._metrics.problems.count(tenant, TenantProblem.DEAD_LETTER)
            await self._counters.count(tenant, "dead_letters", 1)

    async def _append(self, record: Record, own: dict[str, str]) -> None:
        kept = [(name, value) for name, value in record.headers if value is not None and name not in own]
        headers = [*kept, *((name, value.encode()) for name, value in own.items())]
        try:
            await self._records.append(self._topic, record.value, record.key, headers)
        except PayloadError:
            own["body_left_out"] = "too large; it is at its origin"
            alone = [(name, value.encode()) for name, value in own.items()]
            await self._records.append(self._topic, None, None, alone)
