"""Alerts that their sender no longer sends: neither firing nor resolved, just left out of newer full bodies.

What is left out for five minutes counts as stale. A sender's group is watched from the first body that may lack
something; whether it does is known only when all alerts are loaded. One Alertmanager of a pair that has just
started, or a record out of order, therefore ends nothing.
"""

from collections.abc import Mapping
from typing import Final

from router.core.model.alert import Fingerprint
from router.core.model.group import AlertState, Notification, Sender
from router.core.model.instant import MINUTE, NEVER, Instant, Span, earliest

GRACE: Final = Span(5 * MINUTE)
"""How long an alert may be missing from newer bodies of its sender group before it counts as stale."""


def armed(body: Instant, now: Instant) -> Sender:
    """A sender's group whose body of that time may lack something."""
    return Sender(newest=body, lacking_since=body, look_at=Instant(now + GRACE))


def missing_due(notification: Notification) -> Instant:
    """When to look for what is missing; NEVER if nothing may be."""
    return earliest(*(sender.look_at for sender in notification.senders.values()))


def is_missing(alert: AlertState, notification: Notification, now: Instant) -> bool:
    """Whether the alert has been left out for long enough."""
    sender = notification.senders.get(alert.sender_group)
    return sender is not None and _left_out_since(alert, sender) and NEVER < sender.look_at <= now


def watch_again(
    notification: Notification, alerts: Mapping[Fingerprint, AlertState], now: Instant
) -> dict[str, Sender]:
    """The senders of these alerts, each watched if and only if it leaves out an alert that is shown firing."""
    groups = {alert.sender_group for alert in alerts.values()}
    return {
        group: _watched(
            sender, [one for one in alerts.values() if one.sender_group == group and one.shown_firing], now
        )
        for group, sender in notification.senders.items()
        if group in groups
    }


def _watched(sender: Sender, firing: list[AlertState], now: Instant) -> Sender:
    if not any(alert.registers.seen_firing < sender.newest for alert in firing):
        return Sender(sender.newest)
    if sender.look_at != NEVER and any(_left_out_since(alert, sender) for alert in firing):
        return sender
    return armed(sender.newest, now)


def _left_out_since(alert: AlertState, sender: Sender) -> bool:
    return alert.registers.seen_firing < sender.lacking_since
