"""Records to stored notifications: parse, route, fold. Returns when every record has its end, or raises.

What cannot be read is dead-lettered with reason and origin before anything is committed; an engine that does not
answer raises UnavailableError, and the same records come again, which changes nothing but plain counters.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from router.core.decide.schedule import REPLAY_HORIZON
from router.core.fold.fold import Observations
from router.core.model.alert import RejectedAlert, TenantId, Webhook
from router.core.model.instant import MINUTE, Instant, Span, parse_rfc3339
from router.core.model.key import GroupKey
from router.core.parse.webhook import parse
from router.core.route.tree import assign
from router.errors import PayloadError, RouterError, UnavailableError
from router.observe.telemetry import Metrics
from router.ports import Clock, Notifications, Record
from router.roles.ingest.dead_letters import DeadLetters
from router.roles.ingest.merge import CHUNK, Folding, Work
from router.roles.offload import off_the_loop_if_large
from router.roles.tenants import Registry

_CLOCK_TOLERANCE: Final = Span(5 * MINUTE)
_ATTEMPTS: Final = 20
_ALONE: Final = 20


@dataclass(frozen=True, slots=True)
class _Read:
    """A record that could be read."""

    tenant: TenantId
    group: Webhook
    observed: Instant


class Ingest:
    """The first half of a worker."""

    def __init__(
        self,
        registry: Registry,
        folding: Folding,
        store: Notifications,
        clock: Clock,
        dead_letters: DeadLetters,
        metrics: Metrics,
        bound_topics: Mapping[str, str],
        wake: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._folding = folding
        self._store = store
        self._clock = clock
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._bound = bound_topics
        self._wake = wake
        self._log = structlog.get_logger("router.ingest")

    async def handle(self, records: Sequence[Record]) -> None:
        """Bring every record of a batch to its end.

        A record that meets an error of ours is found out alone and dead-lettered, so that it stops nobody else's.

        Raises:
            UnavailableError: an engine does not answer; hand the same records over again.
        """
        try:
            await self._handle(records)
        except RouterError:
            raise
        except Exception as error:  # noqa: BLE001 - one place; the record is found out and set aside
            self._log.exception("ingest_failed", records=len(records))
            if len(records) == 1:
                await self._set_aside(records[0], None, PayloadError("internal_error", type(error).__name__))
            for record in records if len(records) > 1 else ():
                await self.handle([record])

    async def _handle(self, records: Sequence[Record]) -> None:
        now = await self._clock.now()
        read = [one for record in records if (one := await self._read(record, now)) is not None]
        bad = len(records) - len(read)
        if bad > len(read):
            self._log.error("most_records_are_bad", bad=bad, records=len(records))
        for _ in range(_ATTEMPTS):
            if not read:
                break
            outdated = await self._folding.merge(await self._assign(read))
            read = [one for one in read if one.tenant in outdated]
        if read:
            raise UnavailableError("configurations change faster than alerts can be routed")
        self._wake()

    async def _read(self, record: Record, now: Instant) -> _Read | None:
        tenant: TenantId | None = None
        try:
            tenant = await self._tenant(record)
            observed = _observed(record, now)
            body = record.value or b""
            group = await off_the_loop_if_large(body, parse, body, observed)
        except PayloadError as error:
            await self._set_aside(record, tenant, error)
            self._metrics.records.labels(outcome="dead_lettered").inc()
            return None
        for rejected in _few(group.rejected):
            alone = replace(record, value=rejected.body)
            await self._set_aside(alone, tenant, PayloadError("bad_alert", rejected.error))
        self._metrics.records.labels(outcome="folded").inc()
        return _Read(tenant, group, observed)

    async def _set_aside(self, record: Record, tenant: TenantId | None, error: PayloadError) -> None:
        await self._dead_letters.add(record, error.reason, str(error), stage="parse")
        if tenant is not None:
            await self._store.count(tenant, "dead_letters", 1)

    async def _tenant(self, record: Record) -> TenantId:
        named = _header(record, "tenant")
        bound = self._bound.get(record.topic)
        if bound is not None and named not in {None, bound}:
            raise PayloadError(
                "binding_violated", f"topic {record.topic} is bound to {bound!r}, header says {named!r}"
            )
        tenant = bound or named
        if not tenant:
            raise PayloadError("tenant_missing", "the record has no header `tenant`")
        if await self._registry.find(TenantId(tenant)) is None:
            unreadable = self._registry.is_unreadable(TenantId(tenant))
            reason = "configuration_unreadable" if unreadable else "unknown_tenant"
            raise PayloadError(reason, f"tenant {tenant!r} has no configuration that this worker can read")
        return TenantId(tenant)

    async def _assign(self, read: Sequence[_Read]) -> list[Work]:
        work: dict[tuple[TenantId, GroupKey], Work] = {}
        for one in read:
            tenant = self._registry.get(one.tenant)
            if tenant is None:
                raise UnavailableError(f"tenant {one.tenant!r} was removed meanwhile")
            for assignment in assign(tenant, one.group):
                mine = work.setdefault((one.tenant, assignment.key), Work(tenant, assignment.key, assignment.timing))
                group = one.group
                mine.seen.extend(_chunks(Observations(
                    assignment.alerts, one.observed, group.sender_group, group.truncated, group.group_labels
                )))  # fmt: skip
        return list(work.values())


def _few(rejected: Sequence[RejectedAlert]) -> Sequence[RejectedAlert]:
    """Bad alerts to set aside alone; of very many the rest go in one, so that they cost the others no time."""
    if len(rejected) <= _ALONE:
        return rejected
    rest = rejected[_ALONE:]
    together = b"[" + b",".join(one.body for one in rest) + b"]"
    return [*rejected[:_ALONE], RejectedAlert(together, f"{len(rest)} more; the first: {rest[0].error}")]


def _header(record: Record, name: str) -> str | None:
    values = {value for header, value in record.headers if header == name}
    if not values:
        return None
    if len(values) > 1:
        raise PayloadError("bad_header", f"the record has several headers {name!r} that differ")
    value = values.pop()
    try:
        return value.decode() if value is not None else None
    except UnicodeDecodeError:
        raise PayloadError("bad_header", f"header {name!r} is no UTF-8") from None


def _observed(record: Record, now: Instant) -> Instant:
    """The header `received_at`, else the record's own time: the same at every redelivery."""
    try:
        observed = parse_rfc3339(_header(record, "received_at") or "")
    except ValueError:
        observed = record.timestamp
    if observed < now - REPLAY_HORIZON:
        raise PayloadError("too_old", "received longer ago than alerts are remembered")
    if observed > now + _CLOCK_TOLERANCE:
        raise PayloadError("clock_ahead", "received in the future: a clock is wrong")
    return observed


def _chunks(seen: Observations) -> Iterable[Observations]:
    for start in range(0, len(seen.alerts), CHUNK):
        yield replace(seen, alerts=seen.alerts[start : start + CHUNK])
