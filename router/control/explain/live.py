"""Explain how alerts of a tenant stand now, by what is stored of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from router.config.compile.tenant import load_tenant
from router.control.explain.asked import Asked
from router.control.explain.closed import ClosedChannels
from router.control.explain.explanation import Explanation, Place, Unkept
from router.control.explain.webhooks import routes_tried
from router.control.readable import readable_labels
from router.control.tenants import TenantControl
from router.core.context.asked import undrawn_of
from router.core.context.context import NO_CONTEXT, Context
from router.core.context.surroundings import context_of, wanted_of
from router.core.decide.policy import CallTimes, Policy, policy_for
from router.core.decide.standing import standing
from router.core.model.alert import AlertId, TenantId
from router.core.model.alert_state import AlertState
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, Instant, Span
from router.core.model.rules.silence import Silences
from router.core.model.rules.tenant import Tenant
from router.core.mute.inhibition import Sources, keys_wanted
from router.core.render.beside.surroundings import readable
from router.core.render.redaction import redactor_for
from router.ports.clock import Clock
from router.ports.context import Surroundings
from router.ports.control import OnHold, StoredGroups
from router.ports.inhibition import InhibitingAlerts

_MOST: Final = 100
"""Alerts that are explained at once."""


@dataclass(slots=True)
class _Found:
    """The alerts that were asked about, where they may be as well, and the newest observation of any alert."""

    closed: ClosedChannels
    explained: dict[AlertId, Explanation] = field(default_factory=dict)
    unkept: list[Unkept] = field(default_factory=list)
    last_record: Instant = NEVER


@dataclass(frozen=True, slots=True)
class Beside:
    """What else fires, and how it usually goes; episodes older than `history` are left out, as in messages."""

    known: Surroundings
    history: Span

    async def of(self, tenant: Tenant, group: AlertGroup, now: Instant) -> Context:
        """What the message of a group would show of it now, without what nobody may read."""
        wanted = wanted_of(tenant, group)
        if wanted is None:
            return NO_CONTEXT
        [found] = await self.known.find(tenant.tenant_id, [wanted], now)
        recent = tuple(one for one in found.episodes if one.end > now - self.history)
        context = context_of(tenant, group, replace(found, episodes=recent), "", now)
        return readable(context, redactor_for(tenant.redaction, group))


def as_stored(_: Tenant, group: AlertGroup) -> AlertGroup:
    """Alerts are found by all of their labels."""
    return group


def as_readable(tenant: Tenant, group: AlertGroup) -> AlertGroup:
    """Alerts are found by what may be read of their labels, so that nobody finds out the rest by asking for it."""
    redactor = redactor_for(tenant.redaction, group)

    def read(alert: AlertState) -> AlertState:
        if alert.content is None:
            return alert
        return replace(alert, content=replace(alert.content, labels=readable_labels(alert.content.labels, redactor)))

    labels = readable_labels(dict(group.key.group), redactor)
    alerts = {alert_id: read(alert) for alert_id, alert in group.alerts.items()}
    return replace(group, key=replace(group.key, group=tuple(labels.items())), alerts=alerts)


@dataclass(frozen=True, slots=True)
class LiveExplaining:
    """Answers from what is stored; what the tenant redacts is hidden. `known` is what alerts are found by."""

    tenants: TenantControl
    groups: StoredGroups
    inhibiting: InhibitingAlerts
    hold: OnHold
    clock: Clock
    beside: Beside
    known: Callable[[Tenant, AlertGroup], AlertGroup] = as_stored

    async def explain(self, tenant_id: TenantId, asked: Asked) -> tuple[Tenant, list[Explanation]]:
        """The rules that hold, and one explanation for each alert that fits, at most a hundred; else one for none.

        Where labels are not kept, one more names the groups in which there may be others.

        Raises:
            OperationError: the tenant has no configuration.
            ConfigurationError: this program cannot read it.
        """
        active = await self.tenants.active(tenant_id)
        tenant = load_tenant(active.text, active.version)
        tenant = replace(tenant, silences=Silences(active.silences))
        asked = await self._of_digest(tenant_id, asked)
        found, on_hold_since = await self._find(tenant, asked), await self.hold.since()
        every = [found.closed.applied_to(one) for one in found.explained.values()]
        if found.unkept or not every:
            every.append(_not_found(tenant, asked, found, await self.clock.now()))
        return tenant, [
            replace(one, suspended_since=active.suspended_since, on_hold_since=on_hold_since) for one in every
        ]

    async def _find(self, tenant: Tenant, asked: Asked) -> _Found:
        found = _Found(ClosedChannels(tenant))
        async for group in self.groups.everything(tenant.tenant_id):
            found.closed.look_at(group)
            found.last_record = max(found.last_record, _last_seen(group))
            if not asked.fits_group(group):
                continue
            seen = self.known(tenant, group)
            fitting, unkept = _fitting(seen, asked), _unkept(tenant, group, seen, asked)
            if unkept.alerts:
                found.unkept.append(unkept)
            if fitting:
                now, sources = await self.clock.now(), await self._sources(tenant, group)
                policy = policy_for(tenant, group, CallTimes(), sources)
                context = await self.beside.of(tenant, group, now)
                for alert_id in fitting:
                    if alert_id in found.explained or len(found.explained) < _MOST:
                        first = _explained(tenant, group, alert_id, now)
                        known = found.explained.setdefault(alert_id, first)
                        place = replace(_place(tenant, group, alert_id, policy, now), context=context)
                        found.explained[alert_id] = replace(known, places=(*known.places, place))
        return found

    async def _of_digest(self, tenant: TenantId, asked: Asked) -> Asked:
        """What is asked; where the message that it names is that of a digest, of that."""
        if asked.message is None:
            return asked
        async for group in self.groups.everything(tenant):
            if group.digest is not None and group.posted == asked.message:
                return replace(asked, message=None, digest=group.key.group_id)
        return asked

    async def _sources(self, tenant: Tenant, group: AlertGroup) -> Sources:
        wanted = keys_wanted(tenant.inhibit_rules, group, tenant.pattern_sizes) if tenant.inhibit_rules else ()
        return await self.inhibiting.latest(tenant.tenant_id, sorted(wanted)) if wanted else {}


def _explained(tenant: Tenant, group: AlertGroup, alert_id: AlertId, now: Instant) -> Explanation:
    """An alert without its groups."""
    alert, redactor = group.alerts[alert_id], redactor_for(tenant.redaction, group)
    labels = alert.content.labels if alert.content is not None else dict(group.key.group)
    return Explanation(
        at=now,
        source="",
        labels=readable_labels(labels, redactor),
        firing=alert.firing,
        budget=tenant.notifications,
        tried=routes_tried(tenant, labels) if alert.content is not None else None,
        places=(),
        labels_kept=alert.content is not None,
    )


def _place(tenant: Tenant, group: AlertGroup, alert_id: AlertId, policy: Policy, now: Instant) -> Place:
    stands = standing(group, alert_id, policy, now)
    return Place(group, _group_labels(tenant, group), policy, stands, undrawn=undrawn_of(tenant, group))


def _not_found(tenant: Tenant, asked: Asked, found: _Found, now: Instant) -> Explanation:
    """What no alert fits for sure; where labels were given, the way that an alert with these would take."""
    return Explanation(
        at=now,
        source="",
        labels=asked.labels,
        firing=None,
        budget=tenant.notifications,
        tried=routes_tried(tenant, asked.labels) if asked.labels else None,
        places=(),
        last_record=found.last_record,
        unkept=tuple(found.unkept),
    )


def _fitting(group: AlertGroup, asked: Asked) -> list[AlertId]:
    return [alert_id for alert_id, alert in group.alerts.items() if asked.fits(alert_id, alert)]


def _unkept(tenant: Tenant, group: AlertGroup, seen: AlertGroup, asked: Asked) -> Unkept:
    alerts = sum(asked.may_fit(seen, alert_id, alert) for alert_id, alert in seen.alerts.items())
    return Unkept(group, _group_labels(tenant, group), alerts)


def _last_seen(group: AlertGroup) -> Instant:
    return max((alert.registers.last_seen for alert in group.alerts.values()), default=NEVER)


def _group_labels(tenant: Tenant, group: AlertGroup) -> Mapping[str, str]:
    return readable_labels(dict(group.key.group), redactor_for(tenant.redaction, group))
