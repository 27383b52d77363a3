"""The ceilings of the settings, for those who load tenants and for those who apply them."""

from router.core.budget.ceilings import Ceilings
from router.core.model.instant import SECOND, Span
from router.core.model.rules.limits import Caps
from router.settings import Settings


def ceilings(settings: Settings) -> Ceilings:
    """The most that any tenant gets."""
    most = settings.ceilings
    caps = Caps(most.active_alerts, most.active_alerts, most.stored_bytes)
    return Ceilings(
        alerts_per_s=most.alerts_per_s,
        requests_per_s=most.alerts_per_s,
        kibibytes_per_s=most.kibibytes_per_s,
        notifications_per_min=most.notifications_per_min,
        shortest_interval=Span(round(most.shortest_interval_s * SECOND)),
        caps=caps,
    )
