"""Events of Alertmanager that say which alerts fire or end, as records like those of its webhooks.

They are folded with the other records of their batch, held and dead-lettered like them. One says no more than a
webhook would: an alert that was put into its group may be silenced, so that Alertmanager is asked about it first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from router.core.model.alert import AlertId, Status, TenantId
from router.core.model.changed import replace
from router.core.model.instant import to_rfc3339
from router.core.model.rules.tenant import Tenant
from router.core.parse.heard import HeardAlert, HeardGroup, read_group
from router.core.route.identity import alert_id_of
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.ports.kafka import RECEIVED_AT, SOURCE, TENANT, Record, Source
from router.ports.signing import Signing
from router.roles.ingest.event_topics import EventOutcome, EventTopic, event_in
from router.roles.signed import signed
from router.roles.tenants import ActiveTenants


class Listing(Protocol):
    """What Alertmanager listed last, as far as this process has asked."""

    def was_listed(self, tenant: TenantId, alert: AlertId) -> bool:
        """Whether it knew this alert, muted or not."""

    def want(self, tenant: TenantId) -> None:
        """Ask it soon: there is an alert that it did not list yet."""

    def forget(self, tenant: TenantId, alert: AlertId) -> None:
        """The alert has ended: when it fires again that is news."""


@dataclass(slots=True)
class Heard:
    """What comes of some events: records that are folded, and the events that say nothing of what fires."""

    bodies: list[Record] = field(default_factory=list)
    left: list[Record] = field(default_factory=list)


class Hearing:
    """Takes the events of topics with `alerts`."""

    def __init__(
        self,
        tenants: ActiveTenants,
        listing: Listing,
        metrics: Metrics,
        topics: Mapping[str, EventTopic],
        signing: Signing | None = None,
    ) -> None:
        self._tenants = tenants
        self._listing = listing
        self._metrics = metrics
        self._topics = topics
        self._signing = signing

    async def hear(self, events: Sequence[Record]) -> Heard:
        """What is to be folded of these events."""
        heard = Heard()
        for record in events:
            topic = self._topics[record.topic]
            try:
                group = read_group(event_in(record)) if topic.receiver else None
            except ValueError:
                self._count(EventOutcome.UNREADABLE)
                continue
            if group is None:
                heard.left.append(record)
            elif group.receiver != topic.receiver:
                self._count(EventOutcome.IGNORED)
            else:
                heard.bodies += await self._bodies(record, topic, group)
        return heard

    async def _bodies(self, record: Record, topic: EventTopic, group: HeardGroup) -> list[Record]:
        owned: dict[TenantId | None, list[HeardAlert]] = {}
        for alert in group.alerts:
            owned.setdefault(topic.owner(alert.labels), []).append(alert)
        pairs = [(owner, await self._taken(owner, group, alerts)) for owner, alerts in owned.items()]
        made = [_as_record(record, owner, group, alerts) for owner, alerts in pairs if owner and alerts]
        return [self._vouched(one) for one in made]

    def _vouched(self, made: Record) -> Record:
        """Signed by us: the topic has named its tenant, and it goes where that is not known any more."""
        if self._signing is None:
            return made
        stated = [(name, value) for name, value in made.headers if value is not None]
        return replace(made, headers=tuple(signed(self._signing, stated, made.value)))

    async def _taken(
        self, owner: TenantId | None, group: HeardGroup, alerts: Sequence[HeardAlert]
    ) -> Sequence[HeardAlert]:
        """Those alerts of one owner that are to be folded."""
        try:
            rules = await self._tenants.find(owner) if owner else None
        except UnavailableError:
            return alerts  # who folds them finds that out as well, and holds them
        if owner is None or rules is None:
            self._count(EventOutcome.FOREIGN)
            return ()
        if rules.alertmanager is None:
            self._count(EventOutcome.REFUSED)  # whoever compares reports it
            return ()
        return self._news(rules, group, alerts)

    def _news(self, rules: Tenant, group: HeardGroup, alerts: Sequence[HeardAlert]) -> Sequence[HeardAlert]:
        """What Alertmanager notifies of, or has ended; it is asked about what it has only put into its group."""
        known = [(one, alert_id_of(one.fingerprint, one.labels, rules.ignored_labels)) for one in alerts]
        for one, alert in known:
            if one.status is Status.RESOLVED:
                self._listing.forget(rules.tenant_id, alert)
        if group.is_whole:
            self._count(EventOutcome.FOLDED)
            return alerts
        grouped = [alert for one, alert in known if one.status is Status.FIRING]
        if any(not self._listing.was_listed(rules.tenant_id, alert) for alert in grouped):
            self._listing.want(rules.tenant_id)
        self._count(EventOutcome.ASKED if grouped else EventOutcome.FOLDED)
        return [one for one in alerts if one.status is Status.RESOLVED]

    def _count(self, outcome: EventOutcome) -> None:
        self._metrics.upstream.events.labels(outcome=outcome).inc()


def _as_record(event: Record, owner: TenantId, group: HeardGroup, alerts: Sequence[HeardAlert]) -> Record:
    """What the gateway would append of a webhook with these alerts, at the time and in the place of the event."""
    source = Source.WHOLE if group.is_whole else Source.PART
    received = to_rfc3339(event.timestamp).encode()
    headers = ((TENANT, owner.encode()), (RECEIVED_AT, received), (SOURCE, source.encode()))
    return replace(event, value=group.body(alerts), headers=headers)
