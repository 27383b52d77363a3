"""The platform's ceilings: whatever a tenant's document says, it gets no more than these."""

from dataclasses import dataclass, replace
from typing import Final

from router.core.model.instant import SECOND, Span
from router.core.model.rules.limits import Caps, InboundRates, Rate, SenderLimits
from router.core.model.rules.tenant import Tenant

BURST_S: Final = 60
"""A tenant may send at once what its ceiling allows in so many seconds."""
_CAPS: Final = Caps(1_000_000, 1_000_000, 4 << 30)


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The most that any tenant may send a second, over all gateways, and may have stored."""

    alerts_per_s: int = 100_000
    requests_per_s: int = 100_000
    kibibytes_per_s: int = 1_000_000
    caps: Caps = _CAPS

    def of_sender(self, limits: SenderLimits) -> SenderLimits:
        """The limits within the ceilings."""
        return replace(limits, inbound=self._rates(limits.inbound))

    def of_tenant(self, tenant: Tenant) -> Tenant:
        """The rules with limits within the ceilings."""
        return replace(tenant, inbound=self._rates(tenant.inbound), caps=self._caps(tenant.caps))

    def _rates(self, rates: InboundRates) -> InboundRates:
        return InboundRates(
            requests=_within(rates.requests, self.requests_per_s),
            kibibytes=_within(rates.kibibytes, self.kibibytes_per_s),
            alerts=_within(rates.alerts, self.alerts_per_s),
        )

    def _caps(self, caps: Caps) -> Caps:
        most = self.caps
        return Caps(
            alerts=min(caps.alerts, most.alerts),
            groups=min(caps.groups, most.groups),
            stored_bytes=min(caps.stored_bytes, most.stored_bytes),
        )


def _within(rate: Rate, per_s: int) -> Rate:
    return Rate(Span(max(rate.period, SECOND // per_s)), min(rate.burst, BURST_S * per_s))
