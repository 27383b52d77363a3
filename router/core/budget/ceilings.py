"""The platform's ceilings: whatever a tenant's document says, it gets no more than these."""

from dataclasses import dataclass, replace
from typing import Final

from router.core.model.instant import MILLISECOND, MINUTE, SECOND, Span
from router.core.model.rules.limits import Caps, InboundRates, Rate, SenderLimits
from router.core.model.rules.route import Route, Timing
from router.core.model.rules.tenant import Tenant

BURST_S: Final = 60
"""A tenant may send at once what its ceiling allows in so many seconds."""
SHORTEST_INTERVAL: Final = Span(100 * MILLISECOND)
"""What no interval of a route is shorter than, unless the settings say otherwise."""
_CAPS: Final = Caps(1_000_000, 1_000_000, 4 << 30)


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The most that any tenant may send a second, over all gateways, and may have stored; how often it may notify."""

    alerts_per_s: int = 100_000
    requests_per_s: int = 100_000
    kibibytes_per_s: int = 1_000_000
    notifications_per_min: int = 6_000
    shortest_interval: Span = SHORTEST_INTERVAL
    """The least that a route's `group_interval`, `repeat_interval` and `stale_after` come to."""
    caps: Caps = _CAPS

    def of_sender(self, limits: SenderLimits) -> SenderLimits:
        """The limits within the ceilings."""
        return replace(limits, inbound=self._rates(limits.inbound))

    def of_tenant(self, tenant: Tenant) -> Tenant:
        """The rules with limits within the ceilings."""
        return replace(
            tenant,
            inbound=self._rates(tenant.inbound),
            notifications=self._notifications(tenant.notifications),
            caps=self._caps(tenant.caps),
            route=_slowed(tenant.route, self.shortest_interval),
        )

    def lowered(self, tenant: Tenant) -> tuple[str, ...]:
        """The keys of the document that get less than they say."""
        cut = self.of_tenant(tenant)
        limits = {
            "inbound": (tenant.inbound.alerts, cut.inbound.alerts),
            "requests": (tenant.inbound.requests, cut.inbound.requests),
            "bytes": (tenant.inbound.kibibytes, cut.inbound.kibibytes),
            "notifications": (tenant.notifications, cut.notifications),
            "active_alerts": (tenant.caps.alerts, cut.caps.alerts),
            "active_groups": (tenant.caps.groups, cut.caps.groups),
            "stored_bytes": (tenant.caps.stored_bytes, cut.caps.stored_bytes),
        }
        found = [f"platform.limits.{name}" for name, (wanted, most) in limits.items() if wanted != most]
        return (*found, *(("route",) if cut.route is not tenant.route else ()))

    def _rates(self, rates: InboundRates) -> InboundRates:
        return InboundRates(
            requests=_within(rates.requests, SECOND, self.requests_per_s, BURST_S * self.requests_per_s),
            kibibytes=_within(rates.kibibytes, SECOND, self.kibibytes_per_s, BURST_S * self.kibibytes_per_s),
            alerts=_within(rates.alerts, SECOND, self.alerts_per_s, BURST_S * self.alerts_per_s),
        )

    def _notifications(self, rate: Rate) -> Rate:
        return _within(rate, MINUTE, self.notifications_per_min, self.notifications_per_min)

    def _caps(self, caps: Caps) -> Caps:
        most = self.caps
        return Caps(
            alerts=min(caps.alerts, most.alerts),
            groups=min(caps.groups, most.groups),
            stored_bytes=min(caps.stored_bytes, most.stored_bytes),
        )


def _within(rate: Rate, time: Span, most: int, burst: int) -> Rate:
    """At most so many in that time, and so many at once."""
    return Rate(Span(max(rate.period, time // most)), min(rate.burst, burst))


def _slowed(root: Route, shortest: Span) -> Route:
    """The routes, none of whose intervals is shorter."""
    fast = any(_slower(route.timing, shortest) != route.timing for route in root.walk())
    return _all_slower(root, shortest) if fast else root


def _all_slower(route: Route, shortest: Span) -> Route:
    below = tuple(_all_slower(child, shortest) for child in route.routes)
    return replace(route, timing=_slower(route.timing, shortest), routes=below)


def _slower(timing: Timing, shortest: Span) -> Timing:
    return replace(
        timing,
        group_interval=max(timing.group_interval, shortest),
        repeat_interval=max(timing.repeat_interval, shortest),
        stale_after=max(timing.stale_after, shortest),
    )


DEFAULT_CEILINGS: Final = Ceilings()
