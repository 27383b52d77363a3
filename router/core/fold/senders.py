"""What the bodies of a sender's group tell about the alerts that are not in them."""

from collections.abc import Mapping
from typing import Final

from router.core.fold.ended import all_ended_at
from router.core.fold.missing import start_watching
from router.core.model.alert import Status
from router.core.model.changed import replace
from router.core.model.group import AlertGroup, SenderGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.observation import Observations

MAX_SENDERS: Final = 100
"""Sender groups of one alert group that are watched for what they leave out."""


def note_sender(after: AlertGroup, seen: Observations, now: Instant) -> AlertGroup:
    """The group with what this body tells of its sender group; shown again if another number is left out now."""
    known = after.senders.get(seen.sender_group, SenderGroup(NEVER))
    if seen.sender_group:
        heard = _truncated(known, seen) if seen.truncated else _full(known, after, seen, now)
        route, ended_at = seen.sender_route or heard.route, all_ended_at(after, seen)
        same = (route, ended_at) == (heard.route, heard.all_ended_at)
        sender = heard if same else replace(heard, route=route, all_ended_at=ended_at)
    else:
        sender = known
    sender = _refused(sender, seen)
    if sender == known:
        return after
    counts = (sender.unsent, sender.refused) != (known.unsent, known.refused)
    shows_less = counts and (after.message is not None or after.is_called)
    return replace(
        after,
        senders=_newest({**after.senders, seen.sender_group: sender}),
        refresh_due=after.refresh_due or shows_less,
    )


def _truncated(known: SenderGroup, seen: Observations) -> SenderGroup:
    """How many the newest body leaves out; a full one at the same time is the better one."""
    newer = (seen.observed, seen.unsent) > (known.truncated_at, known.unsent) and seen.observed > known.newest
    return replace(known, truncated_at=seen.observed, unsent=seen.unsent) if seen.unsent and newer else known


def _full(known: SenderGroup, after: AlertGroup, seen: Observations, now: Instant) -> SenderGroup:
    """The newest full body, and when to look for what it no longer holds."""
    if seen.observed < known.newest:
        return known
    firing_here = {alert.alert_id for alert in seen.alerts if alert.status is Status.FIRING}
    sender = replace(known, newest=seen.observed)
    if (known.truncated_at or known.unsent) and seen.observed >= known.truncated_at:
        sender = replace(sender, truncated_at=NEVER, unsent=0)
    if after.firing <= len(firing_here):
        return sender.complete
    return start_watching(sender, now) if known.look_at == NEVER else sender


def _refused(known: SenderGroup, seen: Observations) -> SenderGroup:
    """How many of the newest body were not taken; its parts, which come one after another, add up."""
    if seen.observed < known.refused_at or not (seen.refused or known.refused):
        return known
    before = known.refused if seen.observed == known.refused_at else 0
    refused = before + seen.refused
    return replace(known, refused_at=seen.observed if refused else NEVER, refused=refused)


def _newest(senders: Mapping[str, SenderGroup]) -> Mapping[str, SenderGroup]:
    """The sender groups heard from last; of more than enough the oldest are no longer watched."""
    if len(senders) <= MAX_SENDERS:
        return senders
    order = sorted(senders.items(), key=lambda item: max(item[1].newest, item[1].truncated_at), reverse=True)
    return dict(order[:MAX_SENDERS])
