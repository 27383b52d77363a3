"""Records of a tenant that cannot be folded now: held for that tenant alone, in a topic of their own.

They keep their body, key, headers, time, and where they came from: restored, they are what they were. Whoever reads
the topic tries them again until they end; nobody else's records wait meanwhile.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import structlog

from router.core.decide.heartbeat import HELD_FOR
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, SECOND, Instant, Span, to_rfc3339
from router.errors import NotAppendedError, PayloadError, UnavailableError
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.ports.clock import Clock
from router.ports.kafka import OBSERVED_AT, Record, RecordLog
from router.roles.ingest.dead_letters import DeadLetters
from router.roles.ingest.observed import claimed, counted
from router.roles.ingest.origins import Origins

HOLD: Final = Span(5 * SECOND)
"""How long a held record waits before it is tried again."""
SICK_S: Final = 15.0
"""Seconds for which records of a sick or busy tenant are held without another try, unless it has proved well."""
LOST_S: Final = 1.0
"""Seconds for which those of a tenant without data are: Redis answers, so that another try costs little."""
PATIENCE_S: Final = 1.0
"""Seconds that a batch may last; what a tenant has left of it then is held, so that others' next records come."""
PASSED_ON: Final = 30
"""How often a record of an unreadable group is passed on to others, who may know its form; then it stays."""
PASS_ON: Final = Span(SECOND)
"""How long it waits each time."""

_ORIGIN: Final = ("origin_partition", "origin_offset", "origin_timestamp")
_PASSES: Final = "held_passes"
_OWN: Final = {"held_reason", "held_until", "origin_topic", _PASSES, *_ORIGIN}


class HeldReason(StrEnum):
    """Why records are held."""

    DATA_LOST = "data_lost"
    """Redis has no epoch for the tenant."""
    CONFIGURATION_UNTRUSTED = "configuration_untrusted"
    """The tenant's configuration is not signed as it must be, and no earlier one is known."""
    GROUP_UNREADABLE = "group_unreadable"
    """A group that the record belongs to is stored in a form not known here."""
    UNAVAILABLE = "unavailable"
    """The tenant's part of Redis does not answer, others' do."""
    KEY_UNAVAILABLE = "key_unavailable"
    """It is sealed, and the tenant's key cannot be had now."""
    SUSPENDED = "suspended"
    """Redis is nearly full, and nothing is sent for the tenant: its records wait, and stand in nobody's way."""
    BUSY = "busy"
    """Nothing is wrong, but others wait."""


_AT_ONCE: Final = {HeldReason.BUSY, HeldReason.GROUP_UNREADABLE}
"""Whoever reads the held topic may succeed at once."""


Opened = Callable[[Sequence[Record]], Awaitable[Sequence[Record]]]
"""What opens the bodies of records that are sealed."""


async def as_they_are(records: Sequence[Record]) -> Sequence[Record]:
    """Nothing is sealed."""
    return records


class Hold(Protocol):
    """What becomes of records that cannot be folded now."""

    patience_s: float
    """How long a batch may last before what is left of it is held."""
    together: bool
    """Whether small records of several tenants share a step: not where most of them are sick."""

    async def hold(self, record: Record, tenant: TenantId | None, reason: HeldReason) -> bool:
        """Keep the record for later; whether it is somewhere else by now, so that it need not come again."""

    def sickness(self, tenant: TenantId) -> HeldReason | None:
        """What is known to be wrong with a tenant, so that nobody need find it out again."""

    def note(self, tenant: TenantId, reason: HeldReason | None) -> None:
        """What is wrong with a tenant; None when it is well."""


class Sick:
    """Tenants that were sick a moment ago, what `unwell` knows of them, and of which records are held."""

    def __init__(self, unwell: Callable[[TenantId], HeldReason | None] = lambda _: None) -> None:
        self._unwell = unwell
        self._known: dict[TenantId, tuple[HeldReason, float]] = {}
        self._held: dict[TenantId, Instant] = {}

    def note(self, tenant: TenantId, reason: HeldReason | None) -> None:
        """Take note of what is wrong with a tenant; None when it is well."""
        if reason is None:
            self._known.pop(tenant, None)
        else:
            self._known[tenant] = (reason, time.monotonic())

    def note_held(self, tenant: TenantId | None, now: Instant) -> None:
        """A record of the tenant is held, for whatever reason."""
        if tenant is not None:
            self._held[tenant] = now

    def held(self, now: Instant) -> Mapping[TenantId, Instant]:
        """The tenants of which records were held within `HELD_FOR`, and when last; the others are forgotten."""
        self._held = {tenant: at for tenant, at in self._held.items() if now - at <= HELD_FOR}
        return self._held

    def since(self, tenant: TenantId, moment: float) -> HeldReason | None:
        """What was found wrong with the tenant at or after a moment of the monotonic clock."""
        reason, noted = self._known.get(tenant, (None, 0.0))
        return self._unwell(tenant) or (reason if noted >= moment else None)


@dataclass(frozen=True, slots=True)
class HeldAppends:
    """The held topic, as it is written."""

    records: RecordLog
    topic: str
    origins: Origins

    async def append(self, record: Record, key: bytes, own: Mapping[str, str]) -> None:
        """Append a record with what is to be known of it.

        Raises:
            PayloadError: the topic does not take it.
            NotAppendedError: it may not be there.
        """
        signed = await self.origins.to_be_held(record, own.get(OBSERVED_AT, ""))
        kept = [(name, value) for name, value in signed.headers if value is not None and name not in own]
        headers = [*kept, *((name, text.encode()) for name, text in own.items())]
        try:
            await self.records.append(self.topic, record.envelope or record.value or b"", key, headers)
        except UnavailableError as error:
            raise NotAppendedError(str(error)) from error


class Holding:
    """Appends to the held topic what comes from the inbound ones."""

    def __init__(
        self,
        appends: HeldAppends,
        dead_letters: DeadLetters,
        sick: Sick,
        clock: Clock,
        metrics: Metrics,
        opened: Opened = as_they_are,
    ) -> None:
        self._opened = opened
        self._appends = appends
        self._dead_letters = dead_letters
        self._sick = sick
        self._clock = clock
        self._metrics = metrics
        self._log = structlog.get_logger("router.hold")
        self.patience_s = PATIENCE_S
        self.together = True

    def sickness(self, tenant: TenantId) -> HeldReason | None:
        """What was wrong with a tenant a moment ago."""
        now = time.monotonic()
        reason = self._sick.since(tenant, now - SICK_S)
        return self._sick.since(tenant, now - LOST_S) if reason is HeldReason.DATA_LOST else reason

    def note(self, tenant: TenantId, reason: HeldReason | None) -> None:
        """Take note of what is wrong; that a tenant is well, those who read the held topic find out."""
        if reason is not None:
            self._sick.note(tenant, reason)

    async def hold(self, record: Record, tenant: TenantId | None, reason: HeldReason) -> bool:
        """Append the record to the held topic; what that never takes is dead-lettered.

        Raises:
            NotAppendedError: it may not be there; the record must not be committed.
        """
        now = await self._clock.now()
        self._sick.note_held(tenant, now)
        try:
            await self.append(record, reason, now)
        except PayloadError as error:
            refused = PayloadError("not_held", f"{reason}; and it cannot be held: {error}")
            await self._dead_letters.add(record, tenant, refused, stage="fold")
            return True
        self._metrics.records.labels(outcome="held").inc()
        if reason is HeldReason.BUSY:
            return True
        if tenant is not None:
            self._metrics.problems.begin(tenant, TenantProblem.RECORDS_HELD, why=reason)
        self._log.info(
            "record_held", tenant=tenant, reason=reason, topic=record.topic, partition=record.partition,
            offset=record.offset,
        )  # fmt: skip
        return True

    async def restored(self, held: Sequence[Record]) -> Sequence[Record]:
        """Records of the held topic as they were when they came, their bodies opened."""
        return await self._opened([restored(one) for one in held])

    async def pass_on(self, held: Record, now: Instant) -> None:
        """Append what is held here once more, so that another partition's reader gets it.

        Raises:
            PayloadError: the topic does not take it.
            NotAppendedError: it may not be there.
        """
        record, number = restored(held), passes(held) + 1
        key = _key_of_pass(number) + (record.key or b"")
        own = _own(record, held_reason(held), now, Instant(now + PASS_ON))
        await self._appends.append(record, key, {_PASSES: str(number), **own})

    async def append(self, record: Record, reason: HeldReason, now: Instant) -> None:
        """Append it with what is to be known of it, for another try after a while; at once where others may succeed.

        Raises:
            PayloadError: the topic does not take it.
            NotAppendedError: it may not be there.
        """
        until = now if reason in _AT_ONCE else Instant(now + HOLD)
        await self._appends.append(record, record.key or b"", _own(record, reason, now, until))


def _own(record: Record, reason: HeldReason, now: Instant, until: Instant) -> dict[str, str]:
    """What is to be known of a held record, as headers."""
    return {
        **_observed(record, now),
        "held_reason": reason.value,
        "held_until": str(until),
        "origin_topic": record.topic,
        "origin_partition": str(record.partition),
        "origin_offset": str(record.offset),
        "origin_timestamp": str(record.timestamp),
    }


def _observed(record: Record, now: Instant) -> dict[str, str]:
    """The time by which it counts, as a header; none where it cannot be read, which is found out again."""
    try:
        return {OBSERVED_AT: to_rfc3339(counted(claimed(record), record, now))}
    except PayloadError:
        return {}


def held_until(held: Record) -> Instant:
    """When a record of the held topic is to be tried again."""
    text = _texts(held).get("held_until", "")
    return Instant(int(text)) if text.isascii() and text.isdecimal() else NEVER


def held_reason(held: Record) -> HeldReason:
    """Why it was held."""
    named = _texts(held).get("held_reason", "")
    return HeldReason(named) if named in set(HeldReason) else HeldReason.BUSY


def may_be_passed_on(held: Record) -> bool:
    """Whether others have not yet been asked often enough."""
    return passes(held) < PASSED_ON


def passes(held: Record) -> int:
    """How often it was handed to others."""
    text = _texts(held).get(_PASSES, "")
    return int(text) if text.isascii() and text.isdecimal() else 0


def restored(held: Record) -> Record:
    """A record of the held topic as it was when it came, its time too; one that is not ours stays as it is."""
    texts = _texts(held)
    topic, numbers = texts.get("origin_topic", ""), [texts.get(name, "") for name in _ORIGIN]
    if not topic or not all(one.isascii() and one.isdecimal() for one in numbers):
        return held
    partition, offset, timestamp = map(int, numbers)
    headers = tuple(one for one in held.headers if one[0] not in _OWN)
    key = (held.key or b"").removeprefix(_key_of_pass(passes(held)))
    return Record(topic, partition, offset, Instant(timestamp), key, held.value, headers)


def _key_of_pass(number: int) -> bytes:
    """What precedes the key, so that each pass comes to a partition of its own choice; nothing at first."""
    return b"%d/" % number if number else b""


def _texts(held: Record) -> dict[str, str]:
    return {name: value.decode(errors="replace") for name, value in held.headers if value is not None}
