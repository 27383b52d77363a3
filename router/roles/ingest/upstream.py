"""Alertmanager's own events: what is muted there is marked so, in the alert groups that show it.

They add to what bodies say, and Alertmanager repeats them at each flush. So no event holds anything up: what cannot
be read, is about another tenant, or meets a Redis that does not answer is counted and passed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from router.core.fold.upstream import shortened
from router.core.match.labels import Labels
from router.core.model.alert import AlertId, TenantId
from router.core.model.instant import Instant
from router.core.model.muted import Sight, Upstream
from router.core.parse.bounds import DEFAULT_BOUNDS, BodyBounds
from router.core.parse.upstream import Muting, SilenceChange, UpstreamEvent, read_event
from router.core.route.identity import alert_id_of
from router.errors import PayloadError, UnavailableError
from router.observe.incident import Incident
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.kafka import Record
from router.roles.ingest.event_topics import EventOutcome, EventTopic, event_in
from router.roles.ingest.marking import Marking
from router.roles.ingest.observed import claimed, counted
from router.roles.ingest.read import is_in_time
from router.roles.tenants import ActiveTenants


@dataclass(frozen=True, slots=True)
class _Heard:
    """An event, and when it was observed."""

    event: UpstreamEvent
    at: Instant
    topic: EventTopic


class UpstreamEvents:
    """Takes the records of the topics that Alertmanagers write their events to."""

    def __init__(
        self,
        tenants: ActiveTenants,
        marking: Marking,
        clock: Clock,
        metrics: Metrics,
        topics: Mapping[str, EventTopic],
        bounds: BodyBounds = DEFAULT_BOUNDS,
    ) -> None:
        self._tenants = tenants
        self._marking = marking
        self._clock = clock
        self._metrics = metrics
        self._topics = topics
        self._bounds = bounds
        self._waits = Incident()
        self._log = structlog.get_logger("router.upstream")

    def holds(self, record: Record) -> bool:
        """Whether a record is of such a topic."""
        return record.topic in self._topics

    async def take(self, records: Iterable[Record]) -> None:
        """Bring each to its end.

        Raises:
            UnavailableError: Redis does not answer anybody.
        """
        now = await self._clock.now()
        heard = [one for record in records if (one := self._read(record, now)) is not None]
        owned: dict[TenantId, list[tuple[Muting, Instant]]] = {}
        for one in heard:
            if isinstance(one.event, Muting):
                owner = one.topic.owner(one.event.labels)
                if owner is None:
                    self._count(EventOutcome.FOREIGN)
                else:
                    owned.setdefault(owner, []).append((one.event, one.at))
        for tenant, mutings in owned.items():
            await self._mark(tenant, mutings)
        for one in heard:
            if isinstance(one.event, SilenceChange):
                await self._change(one, one.event)

    def _read(self, record: Record, now: Instant) -> _Heard | None:
        try:
            observed = counted(claimed(record), record, now)
            event = read_event(event_in(record), self._bounds)
        except (PayloadError, ValueError):
            self._count(EventOutcome.UNREADABLE)
            return None
        if event is None or not is_in_time(observed, now):
            self._count(EventOutcome.IGNORED)
            return None
        return _Heard(event, observed, self._topics[record.topic])

    async def _mark(self, tenant: TenantId, mutings: Sequence[tuple[Muting, Instant]]) -> None:
        try:
            rules = await self._tenants.find(tenant)
            if rules is None:
                self._count(EventOutcome.FOREIGN, len(mutings))
                return
            alerts: dict[AlertId, Labels] = {}
            news: dict[AlertId, Upstream] = {}
            for one, at in sorted(mutings, key=lambda pair: pair[1]):
                alert = alert_id_of(one.fingerprint, one.labels, rules.ignored_labels)
                alerts[alert] = one.labels
                news[alert] = Upstream(Sight.MUTED, at, at, shortened(one.muted))
            noted = await self._marking.mark(rules, alerts, news)
        except UnavailableError as error:
            self._not_stored(tenant, error, len(mutings))
            return
        self._count(EventOutcome.NOTED, noted)
        self._count(EventOutcome.UNKNOWN, len(mutings) - noted)

    async def _change(self, heard: _Heard, event: SilenceChange) -> None:
        is_noted = False
        for tenant in heard.topic.owners:
            try:
                rules = await self._tenants.find(tenant)
                noted = rules is not None and await self._marking.change(rules, event.muted, heard.at)
                is_noted = is_noted or noted
            except UnavailableError as error:
                self._not_stored(tenant, error, 1)
                return
        self._count(EventOutcome.NOTED if is_noted else EventOutcome.UNKNOWN)

    def _not_stored(self, tenant: TenantId, error: UnavailableError, events: int) -> None:
        self._count(EventOutcome.NOT_STORED, events)
        if self._waits.happens(str(error)):
            self._log.warning("events_not_stored", tenant=tenant, error=str(error), times=self._waits.times)

    def _count(self, outcome: EventOutcome, by: int = 1) -> None:
        self._metrics.upstream.events.labels(outcome=outcome).inc(by)
