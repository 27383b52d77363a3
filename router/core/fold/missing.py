"""Alerts that their sender no longer sends: neither firing nor resolved, just left out of newer full bodies.

An Alertmanager leaves out what is silenced or inhibited there, while it burns. What is left out for five minutes is
shown as not reported, which keeps its group open. A sender group is watched from the first body that may lack
something; whether it does is known only when all alerts are loaded. One Alertmanager of a pair that has just
started, or a record out of order, therefore ends nothing.
"""

from collections.abc import Mapping
from typing import Final

from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup, SenderGroup
from router.core.model.instant import MINUTE, NEVER, Instant, Span, earliest

GRACE: Final = Span(5 * MINUTE)
"""How long an alert may be missing from newer bodies of its sender group before it counts as not reported."""


def start_watching(sender: SenderGroup, now: Instant) -> SenderGroup:
    """A sender group whose newest full body may lack something."""
    return replace(sender, lacking_since=sender.newest, look_at=Instant(now + GRACE))


def missing_due(group: AlertGroup) -> Instant:
    """When to look for what is missing; NEVER if nothing may be."""
    return earliest(*(sender.look_at for sender in group.senders.values()))


def is_missing(alert: AlertState, group: AlertGroup, now: Instant) -> bool:
    """Whether the alert has been left out for long enough."""
    sender = group.senders.get(alert.sender_group)
    return sender is not None and _left_out_since(alert, sender) and NEVER < sender.look_at <= now


def is_left_out(alert: AlertState, group: AlertGroup) -> bool:
    """Whether newer bodies of its sender group leave the alert out, however short a time."""
    sender = group.senders.get(alert.sender_group)
    return sender is not None and _left_out_since(alert, sender)


def watch_again(group: AlertGroup, alerts: Mapping[AlertId, AlertState], now: Instant) -> dict[str, SenderGroup]:
    """The sender groups of these alerts, each watched if and only if it leaves out an alert that is shown firing."""
    senders = {alert.sender_group for alert in alerts.values()}
    return {
        name: _watched(sender, [one for one in alerts.values() if one.sender_group == name and one.shown_firing], now)
        for name, sender in group.senders.items()
        if name in senders
    }


def _watched(sender: SenderGroup, firing: list[AlertState], now: Instant) -> SenderGroup:
    if not any(alert.registers.seen_firing < sender.newest for alert in firing):
        return sender.complete
    if sender.look_at != NEVER and any(_left_out_since(alert, sender) for alert in firing):
        return sender
    return start_watching(sender, now)


def _left_out_since(alert: AlertState, sender: SenderGroup) -> bool:
    return alert.registers.seen_firing < sender.lacking_since
