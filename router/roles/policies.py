"""What configuration and settings say about one notification, joined for the core."""

from dataclasses import dataclass

from router.core.decide.policy import Policy
from router.core.decide.schedule import REPLAY_HORIZON
from router.core.model.group import Method, Notification, Op
from router.core.model.instant import Span
from router.core.model.tenant import OnChange, Rate, Receiver, Tenant


@dataclass(frozen=True, slots=True)
class Platform:
    """The operator's limits: how fast we speak to Slack, and how long things may take."""

    channel: Rate
    workspace_posts: Rate
    workspace_edits: Rate
    lease: Span
    ambiguous_wait: Span
    park_retry: Span
    in_flight: int
    in_flight_per_tenant: int
    in_flight_per_workspace: int
    drain_s: float


def policy_for(tenant: Tenant, notification: Notification, platform: Platform) -> Policy:
    """The policy of a notification."""
    key = notification.key
    return Policy(
        receiver=tenant.receivers.get(key.receiver) or _former_receiver(tenant, notification),
        timing=tenant.timing(key.receiver, key.path),
        severity=tenant.severity,
        lease=platform.lease,
        ambiguous_wait=platform.ambiguous_wait,
        park_retry=platform.park_retry,
    )


def _former_receiver(tenant: Tenant, notification: Notification) -> Receiver:
    """Where a receiver was that is no longer configured: only for the last words to a message that is there."""
    channel = notification.place.channel if notification.place is not None else ""
    return Receiver(
        name=notification.key.receiver,
        channel=channel,
        mention=(),
        locale=tenant.locale,
        send_resolved=True,
        on_change=OnChange.EDIT,
    )


def keep_for(tenant: Tenant, notification: Notification) -> Span:
    """How long a closed notification is kept."""
    key = notification.key
    return Span(max(tenant.timing(key.receiver, key.path).reopen_within, REPLAY_HORIZON))


def buckets_for(op: Op, tenant: Tenant, channel: str, platform: Platform) -> tuple[tuple[str, Rate], ...]:
    """The buckets of a call: posts and edits apart; the tenant's own counts tellings, so a reply is free of it."""
    telling = () if op.is_reply else ((f"tenant:{tenant.tenant_id}", tenant.notifications),)
    if op.method is Method.UPDATE:
        return (("update", platform.workspace_edits), *telling)
    return ((f"channel:{channel}", platform.channel), ("post", platform.workspace_posts), *telling)
