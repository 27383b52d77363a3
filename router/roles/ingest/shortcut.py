"""The way of bodies that are known: counted, and passed, before anything of them is parsed.

All others go the whole way first, also those of the batches that came before and are still under way. What they
changed is found out before a known body is passed: order within a batch means nothing, since observations are maxima.
Whatever is in doubt goes the whole way.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.instant import Instant, parse_rfc3339
from router.core.seal.sent import is_sent
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.kafka import ALERTS, OBSERVED_AT, RECEIVED_AT, SIGNATURE, SOURCE, TENANT, UNREAD, Record, Stamped
from router.ports.marks import DuplicateBooks, GroupMarks, Standing
from router.roles.ingest.hold import Hold
from router.roles.ingest.ingest import Ingest
from router.roles.ingest.known import Known, KnownBodies
from router.roles.ingest.learning import Learning, Outset
from router.roles.ingest.observed import Times, claim, counted
from router.roles.ingest.origins import Origins, Worth
from router.roles.ingest.read import is_in_time
from router.roles.ingest.share import owner_of
from router.roles.ingest.understated import stated_alerts
from router.roles.offload import LARGE
from router.roles.signed import body_digest, signed_digest
from router.roles.tenants import ActiveTenants

_STATED: Final = frozenset({ALERTS, TENANT, RECEIVED_AT, SIGNATURE})
_SPECIAL: Final = frozenset({UNREAD, OBSERVED_AT, SOURCE})
"""What a record has beyond a plain body of the gateway: it goes the whole way."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A record whose body was folded before, and the time that it claims."""

    record: Record
    tenant: TenantId
    digest: bytes
    claim: Instant
    paid: int | None
    """How many alerts its sender has stated, where that could not be counted."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """A record of which all is known that it would bring."""

    record: Record
    tenant: TenantId
    digest: bytes
    known: Known


@dataclass(slots=True, eq=False)
class _UnderWay:
    """A batch whose records that are not known are being folded; None while nobody knows whose they are."""

    owners: set[TenantId] | None = None
    folded: asyncio.Event = field(default_factory=asyncio.Event)

    def may_change(self, tenants: set[TenantId]) -> bool:
        """Whether it may bring any of these tenants something."""
        return self.owners is None or not self.owners.isdisjoint(tenants)


@dataclass(frozen=True, slots=True)
class Engines:
    """What tells how tenants stand, what counts, and what time it is."""

    marks: GroupMarks
    books: DuplicateBooks
    clock: Clock
    metrics: Metrics


class Shortcut:
    """Stands before ingest."""

    def __init__(
        self,
        ingest: Ingest,
        learning: Learning,
        tenants: ActiveTenants,
        hold: Hold,
        engines: Engines,
        origins: Origins,
    ) -> None:
        self._ingest = ingest
        self._learning = learning
        self._known: KnownBodies = learning.bodies
        self._tenants = tenants
        self._hold = hold
        self._engines = engines
        self._origins = origins
        self._bound = origins.bound
        self._under_way: list[_UnderWay] = []

    def forget(self) -> None:
        """Nothing is known: others may have had our partitions."""
        self._known.clear()

    async def handle(self, records: Sequence[Record]) -> None:
        """Bring every record of a batch to its end.

        Raises:
            UnavailableError: an engine does not answer; hand the same records over again.
        """
        under_way = (*self._under_way, mine := _UnderWay())
        self._under_way.append(mine)
        try:
            await self._handle(records, under_way)
        finally:
            mine.folded.set()
            self._under_way.remove(mine)

    async def _handle(self, records: Sequence[Record], under_way: Sequence[_UnderWay]) -> None:
        """The batch is the last of those under way."""
        seen = [one for record in records if (one := self._seen(record)) is not None]
        standings = await self._standings({one.tenant for one in seen})
        now = await self._engines.clock.now() if seen else None
        hits = [hit for one in seen if now is not None and (hit := self._hit(one, standings, now)) is not None]
        passed = {id(one.record) for one in hits}
        others = [one for one in records if id(one) not in passed] if hits else records
        under_way[-1].owners = {TenantId(owner_of(one, self._bound)) for one in others}
        self._learning.begin(records, Outset(standings, now))
        try:
            await self._ingest.handle(others, partial(self._pass, hits, others, under_way))
        finally:
            self._forget_what_waits(others)
            self._learning.end(records)

    def _seen(self, record: Record) -> _Seen | None:
        """The record, if its body may be known; headers that are not what they should be are looked at elsewhere."""
        stated: dict[str, bytes | None] = {}
        for name, value in record.headers:
            if name in _SPECIAL or (name in _STATED and name in stated):
                return None
            if name in _STATED:
                stated[name] = value
        return self._noted(record, stated)

    def _noted(self, record: Record, stated: Mapping[str, bytes | None]) -> _Seen | None:
        body, bound, named = record.value, self._bound.get(record.topic), stated.get(TENANT)
        if not body or len(body) > LARGE:
            return None
        try:
            tenant = TenantId(named.decode() if named is not None else bound or "")
            if (bound is not None and tenant != bound) or not self._known.has(tenant):
                return None
            digest = body_digest(body)
            if not self._known.is_noted(tenant, digest):
                return None
            worth = self._origins.allowed(record, tenant, signed_digest(record, digest))
            if worth is None:
                return None
            paid = stated_alerts(stated.get(ALERTS)) if is_sent(record.envelope) else None
            return _Seen(record, tenant, digest, _claimed(record, stated, worth), paid)
        except ValueError:
            return None

    async def _standings(self, tenants: Collection[TenantId]) -> Mapping[TenantId, Standing]:
        """How these tenants stand: those that are well, and whose rules are those in force."""
        well = [one for one in tenants if self._hold.sickness(one) is None]
        if not well:
            return {}
        try:
            found = await self._engines.marks.standings(well)
        except UnavailableError:
            self._known.clear()
            return {}
        for tenant in (one for one, standing in zip(well, found, strict=True) if standing is None):
            self._known.forget(tenant)
        pairs = zip(well, found, strict=True)
        return {tenant: one for tenant, one in pairs if one is not None and self._is_in_force(tenant, one)}

    def _is_in_force(self, tenant: TenantId, standing: Standing) -> bool:
        rules = self._tenants.get(tenant)
        return rules is not None and rules.version == standing.version

    def _hit(self, one: _Seen, standings: Mapping[TenantId, Standing], now: Instant) -> _Hit | None:
        known, standing, record = self._known.find(one.tenant, one.digest), standings.get(one.tenant), one.record
        observed = counted(one.claim, record, now)
        if known is None or standing is None or not is_in_time(observed, now):
            return None
        if one.paid is not None and known.alerts > one.paid:
            return None
        place = record.topic, record.partition, record.key
        if not known.covers(place, observed, now) or not known.holds(standing):
            return None
        return _Hit(record, one.tenant, one.digest, known)

    async def _pass(
        self, hits: Sequence[_Hit], others: Sequence[Record], under_way: Sequence[_UnderWay]
    ) -> Sequence[Record]:
        """Count what nothing has changed for meanwhile; the rest must go the whole way as well."""
        self._forget_what_waits(others)
        under_way[-1].folded.set()
        if not hits:
            return ()
        still = await self._still_known(hits, await self._changed({one.tenant for one in hits}, under_way))
        uncounted = await self._count(still)
        for tenant in uncounted:
            self._known.forget(tenant)
        done = {id(one) for one in still if one.tenant not in uncounted}
        return [one.record for one in hits if id(one) not in done]

    async def _changed(self, tenants: set[TenantId], under_way: Iterable[_UnderWay]) -> set[TenantId]:
        """Those of the tenants that this batch and earlier ones brought something else, when that has been folded."""
        changed = set[TenantId]()
        for one in under_way:
            if one.may_change(tenants):
                await one.folded.wait()
                changed |= tenants if one.owners is None else tenants & one.owners
        return changed

    def _forget_what_waits(self, others: Iterable[Record]) -> None:
        """What was not folded now may be later, as observed now: then all that was passed must have been folded."""
        for record in others:
            if not self._learning.has_folded(record):
                self._known.forget(TenantId(owner_of(record, self._bound)))

    async def _still_known(self, hits: Sequence[_Hit], changed: set[TenantId]) -> list[_Hit]:
        """Those that nothing has changed; of tenants that brought nothing else all are."""
        if not changed:
            return list(hits)
        standings = await self._standings(changed)
        return [one for one in hits if one.tenant not in changed or self._holds(one, standings.get(one.tenant))]

    def _holds(self, one: _Hit, standing: Standing | None) -> bool:
        is_kept = self._known.find(one.tenant, one.digest) is not None
        return is_kept and standing is not None and one.known.holds(standing)

    async def _count(self, hits: Sequence[_Hit]) -> Collection[TenantId]:
        """Each is a duplicate of all its alerts; the tenants for whom it may not be counted."""
        alerts = Counter[TenantId]()
        for one in hits:
            alerts[one.tenant] += one.known.alerts
        uncounted = await self._engines.books.count_duplicates(alerts) if alerts else ()
        self._engines.metrics.alerts.inc(sum(by for tenant, by in alerts.items() if tenant not in uncounted))
        for tenant in alerts.keys() - set(uncounted):
            self._engines.metrics.tenants.accepted(tenant, alerts[tenant])
        counted = sum(one.tenant not in uncounted for one in hits)
        self._engines.metrics.records.labels(outcome="known").inc(counted)
        return uncounted


def _claimed(record: Record, stated: Mapping[str, bytes | None], worth: Worth) -> Instant:
    """As `claimed`, of a record whose headers have been looked at.

    Raises:
        ValueError: the header cannot be read.
    """
    text, is_good = stated.get(RECEIVED_AT), worth is Worth.GOOD
    counts = is_good or record.stamped is Stamped.BY_PRODUCER
    times = Times(parse_rfc3339(text.decode()) if text and counts else None)
    return claim(record, times.vouched() if is_good else times)
