"""Records set aside with the reason and where they came from, so that a person can fix and redrive them.

A record always ends: what no dead letter takes whole goes as its digest and first bytes, and what is not taken at all
is counted, named in the log, and passed.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.instant import Instant, to_rfc3339
from router.core.parse.naming import alert_named_in
from router.errors import NotAppendedError, PayloadError, UnavailableError
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.kafka import OBSERVED_AT, RECEIVED_AT, Headers, Record, RecordLog
from router.ports.marks import Counters
from router.roles.ingest.observed import claimed

LETTER_ATTEMPTS: Final = 20
"""Attempts to append one dead letter while Kafka answers; beyond, its record is named in the log and passed."""
FIRST_BYTES: Final = 16 * 1024
"""Bytes of a body that are kept where the dead-letter topic does not take all of it."""
_SHORT: Final = 1024
_ERROR: Final = 1000
_STAGE: Final = "parse"
_KEPT: Final = ("tenant", RECEIVED_AT)
_MAX_REMEMBERED: Final = 10_000

_Place = tuple[str, int, int, int]
_Letter = tuple[bytes, bytes, Headers]


class DeadLetters:
    """The dead-letter topic."""

    def __init__(self, records: RecordLog, counters: Counters, topic: str, metrics: Metrics) -> None:
        self._records = records
        self._counters = counters
        self._topic = topic
        self._metrics = metrics
        self._failures: dict[_Place, int] = {}
        self._log = structlog.get_logger("router.dead_letters")

    async def add(self, record: Record, tenant: TenantId | None, error: PayloadError, stage: str = _STAGE) -> None:
        """Append the record as it was, its headers, and why; returns when Kafka has it, or never takes it.

        Raises:
            NotAppendedError: it may not be there; the record must not be committed.
        """
        origin = {"topic": record.topic, "partition": str(record.partition), "offset": str(record.offset)}
        own = {
            "reason": error.reason,
            "stage": stage,
            "error": str(error)[:_ERROR],
            **{f"origin_{name}": value for name, value in origin.items()},
            "origin_timestamp": str(record.timestamp),
            OBSERVED_AT: to_rfc3339(_claimed(record)),
        }
        if not await self._append(record, tenant, own):
            self._metrics.records.labels(outcome="given_up").inc()
            self._log.error("record_given_up", tenant=tenant, reason=error.reason, stage=stage, **origin)
            return
        self._metrics.dead_letters.labels(reason=error.reason).inc()
        named = alert_named_in(record.value or b"")
        self._log.warning(
            "record_dead_lettered", tenant=tenant, alert=named, reason=error.reason, stage=stage, **origin
        )
        if tenant is not None:
            self._metrics.problems.count(tenant, TenantProblem.DEAD_LETTER)
            await self._count(tenant)

    async def _count(self, tenant: TenantId) -> None:
        """Beside the tenant's books; the record has its end, so nobody waits until they can be reached."""
        try:
            await self._counters.count(tenant, "dead_letters", 1)
        except UnavailableError as error:
            self._log.warning("dead_letter_not_counted", tenant=tenant, error=str(error))

    async def _append(self, record: Record, tenant: TenantId | None, own: Mapping[str, str]) -> bool:
        """Whether Kafka has it, in the fullest of its forms that is taken."""
        place = (record.topic, record.partition, record.offset, hash(record.value))
        for value, key, headers in _forms(record, tenant, own):
            try:
                await self._records.append(self._topic, value, key, headers)
            except PayloadError:
                continue
            except UnavailableError as error:
                if await self._may_come_again(place):
                    raise NotAppendedError(str(error)) from error
                break
            self._failures.pop(place, None)
            return True
        self._failures.pop(place, None)
        return False

    async def _may_come_again(self, place: _Place) -> bool:
        """Whether to go on trying: always while Kafka is away for everybody."""
        if not await self._records.reached():
            return True
        if len(self._failures) >= _MAX_REMEMBERED:
            self._failures.clear()
        self._failures[place] = self._failures.get(place, 0) + 1
        return self._failures[place] < LETTER_ATTEMPTS


def _forms(record: Record, tenant: TenantId | None, own: Mapping[str, str]) -> Iterator[_Letter]:
    """The record as it was; its first bytes and digest; these alone. Kafka takes no record without key and value."""
    value = record.value or b""
    key = (tenant or "").encode() if record.key is None else record.key
    missing = [name for name, part in (("key", record.key), ("value", record.value)) if part is None]
    ours = [(name, text.encode()) for name, text in own.items()]
    ours += [("was_null", ",".join(missing).encode())] if missing else []
    kept = [(name, one) for name, one in record.headers if one is not None and name not in own]
    yield value, key, [*kept, *ours]
    ours += [
        ("body_left_out", b"too large; it is at its origin"),
        ("body_bytes", str(len(value)).encode()),
        ("body_sha256", hashlib.sha256(value).hexdigest().encode()),
    ]
    named = [(name, one[:_SHORT]) for name, one in kept if name in _KEPT]
    yield value[:FIRST_BYTES], key[:_SHORT], [*dict(named).items(), *ours]
    yield b"", b"", ours


def _claimed(record: Record) -> Instant:
    """The time by which it counts when it is appended again; a bad header must not keep it from its end."""
    try:
        return claimed(record)
    except PayloadError:
        return record.timestamp
