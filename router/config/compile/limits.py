"""What a tenant may use."""

from router.config.document.platform import InboundLimit, Limits, NotificationLimit, RequestLimit
from router.config.values import parse_period
from router.core.budget.flow import parse_flow, parse_kibibytes
from router.core.model.rules.limits import InboundRates, Rate


def rate_of(limit: NotificationLimit | InboundLimit | RequestLimit) -> Rate:
    """How fast, from a limit as written."""
    return Rate(parse_period(limit.rate), limit.burst)


def inbound_of(limits: Limits) -> InboundRates:
    """What senders may post."""
    return InboundRates(
        requests=rate_of(limits.requests or limits.inbound),
        kibibytes=Rate(parse_flow(limits.bytes_.rate), parse_kibibytes(limits.bytes_.burst)),
        alerts=rate_of(limits.inbound),
    )
