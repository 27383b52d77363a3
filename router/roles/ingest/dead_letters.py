"""Records set aside with the reason and where they came from, so that a person can mend and redrive them."""

import structlog

from router.errors import PayloadError
from router.observe.telemetry import Metrics
from router.ports import Log, Record


class DeadLetters:
    """The dead-letter topic."""

    def __init__(self, log: Log, topic: str, metrics: Metrics) -> None:
        self._log = log
        self._topic = topic
        self._metrics = metrics
        self._logger = structlog.get_logger("router.dead_letters")

    async def add(self, record: Record, reason: str, detail: str, *, stage: str) -> None:
        """Append the record as it was, its headers, and why; returns when Kafka has it.

        Raises:
            UnavailableError: it may not be there; the record must not be committed.
        """
        origin = {"topic": record.topic, "partition": str(record.partition), "offset": str(record.offset)}
        own = {
            "reason": reason,
            "stage": stage,
            "error": detail[:1000],
            **{f"origin_{name}": value for name, value in origin.items()},
            "origin_timestamp": str(record.timestamp),
        }
        kept = [(name, value) for name, value in record.headers if value is not None and name not in own]
        headers = [*kept, *((name, value.encode()) for name, value in own.items())]
        try:
            await self._log.append(self._topic, record.value, record.key, headers)
        except PayloadError:
            own["body_left_out"] = "too large; it is at its origin"
            alone = [(name, value.encode()) for name, value in own.items()]
            await self._log.append(self._topic, None, None, alone)
        self._metrics.dead_letters.labels(reason=reason).inc()
        self._logger.warning("record_dead_lettered", reason=reason, stage=stage, **origin)
