"""Alert groups that are about a person whose data is erased, and how they are stored without it."""

from router.core import engine
from router.core.context.listing import changed_listing
from router.core.decide.erase import is_known_by
from router.core.decide.policy import kept_for
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.rules.tenant import Tenant
from router.core.mute.inhibition import changed_sources
from router.ports.state import StoreTransition


def without(rules: Tenant, group: AlertGroup, now: Instant) -> StoreTransition | None:
    """What stores the group without those that the rules have as erased; None where it holds nothing of them."""
    made = engine.erase(group, rules.erased, now)
    if made.after is group:
        return None
    return StoreTransition(
        rules.tenant_id,
        group,
        made,
        now,
        kept_for(rules.timing(group.key.receiver, group.key.path)),
        sources=changed_sources(rules, group, made.after),
        listing=changed_listing(rules, group, made.after, now),
    )


def is_about(rules: Tenant, group: AlertGroup, mark: str, now: Instant) -> bool:
    """Whether it names the person that the rules have as erased, or has its mark."""
    if is_known_by(group, rules.erased) or has_mark(group, mark):
        return True
    return engine.erase(group, rules.erased, now).after is not group


def has_mark(group: AlertGroup, mark: str) -> bool:
    """Whether the mark stands in it."""
    contents = (alert.content for alert in group.alerts.values() if alert.content is not None)
    return any(mark in text for one in contents for text in (*one.labels.values(), *one.annotations.values())) or any(
        mark in value for _, value in group.key.group
    )
