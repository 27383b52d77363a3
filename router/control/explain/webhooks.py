"""Explain what becomes of each alert of webhooks under a tenant's rules, by leading them through the simulation."""

from collections.abc import Iterator, Sequence

from router.control.arrivals import Body, arrivals
from router.control.explain.explanation import Explanation, Place
from router.control.simulate import Simulation
from router.core.context.asked import undrawn_of
from router.core.decide.standing import standing
from router.core.match.labels import Labels
from router.core.model.alert import Alert, RejectedAlert, Status
from router.core.model.instant import Instant, Span
from router.core.model.key import GroupKey
from router.core.model.observation import observations
from router.core.model.rules.tenant import Tenant
from router.core.route.heartbeat import is_beat, missed
from router.core.route.identity import identified
from router.core.route.trace import Tried, trace
from router.core.route.tree import assign
from router.ports.tenants import Localizations


def explain_webhooks(
    tenant: Tenant, bodies: Sequence[Body], first_at: Instant, every: Span, localizations: Localizations
) -> Iterator[Explanation]:
    """One explanation for each alert of each body, as things stand once that body was taken.

    Raises:
        ConfigurationError: a body is not a webhook, or none of its alerts can be read.
    """
    simulation = Simulation(tenant, lambda to: localizations.localizer(to.locale, tenant.time_zone, to.layout))
    for body, (webhook, at) in zip(bodies, arrivals(bodies, first_at, every), strict=True):
        simulation.see(webhook, at)
        yield from (_unusable(tenant, one, body.source, at) for one in webhook.rejected)
        seen = identified(observations(webhook, at), tenant.ignored_labels)
        for alert in seen.alerts:
            yield Explanation(
                at=at,
                source=body.source,
                labels=alert.labels,
                firing=alert.status is Status.FIRING,
                budget=tenant.notifications,
                tried=routes_tried(tenant, alert.labels),
                places=tuple(
                    _place(tenant, simulation, (alert, part.key), at) for part in assign(tenant, seen.only((alert,)))
                ),
            )


def _unusable(tenant: Tenant, one: RejectedAlert, source: str, at: Instant) -> Explanation:
    """An alert that goes to the dead letters alone."""
    budget = tenant.notifications
    return Explanation(at, source, {}, firing=None, budget=budget, tried=None, places=(), dead_letter=one.error)


def routes_tried(tenant: Tenant, labels: Labels) -> Tried | None:
    """The routes that an alert with these labels tries; a heartbeat, and one that is missing, tries none."""
    if is_beat(tenant, labels) or missed(tenant, labels) is not None:
        return None
    return trace(tenant.route, labels, tenant.pattern_sizes)


def _place(tenant: Tenant, simulation: Simulation, found: tuple[Alert, GroupKey], at: Instant) -> Place:
    alert, key = found
    group = simulation.group(key)
    policy = simulation.policy(group)
    calls = [(one.op, one.reason) for one in simulation.calls if one.group == key and one.step == simulation.steps]
    stands, undrawn = standing(group, alert.alert_id, policy, at), undrawn_of(tenant, group)
    return Place(group, dict(key.group), policy, stands, tuple(calls), undrawn)
