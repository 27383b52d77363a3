"""Alerts that are known from Alertmanager itself, by its events or its list, and from no body of a sender.

They are marked by the name of their sender group. Nobody sends again what was lost of them, so what Alertmanager
lists decides: what it no longer lists ends, and what is muted there, or no longer is, is shown so.
"""

from collections.abc import Mapping
from typing import Final

from router.core.fold.upstream import Findings, shortened
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import MINUTE, Instant, Span
from router.core.model.muted import ListedAlert, Sight, Upstream
from router.core.model.observation import Observations

_MARK: Final = "heard:"
_HEARD_LATELY: Final = Span(5 * MINUTE)
"""How long a mute that goes on is not noted again."""


def heard(seen: Observations) -> Observations:
    """What an event says of all alerts that a group would send; without the group it is a part of one."""
    marked = replace(seen, sender_group=f"{_MARK}{seen.sender_group}")
    return marked if seen.sender_group else replace(marked, truncated=True)


def heard_in_part(seen: Observations) -> Observations:
    """What is known of some of them: it says nothing about those that are not in it."""
    return replace(heard(seen), truncated=True)


def is_heard(alert: AlertState) -> bool:
    """Whether what was observed of it last came from Alertmanager itself."""
    return alert.sender_group.startswith(_MARK)


def compared(group: AlertGroup, listed: Mapping[AlertId, ListedAlert], at: Instant) -> Findings:
    """What is news of the alerts of a group that fire by what was heard; this is all that was listed at `at`."""
    pairs = ((one, _news(alert, listed.get(one), at)) for one, alert in group.alerts.items())
    return Findings({one: news for one, news in pairs if news is not None}, at)


def fires_again(alert: AlertState, listed: ListedAlert | None, at: Instant) -> bool:
    """Whether it is shown as not reported or muted, and Alertmanager would notify of it by now."""
    there = listed is not None and listed.known.muted is None and not listed.has_ended(at)
    return there and is_heard(alert) and alert.unreported


def _news(alert: AlertState, listed: ListedAlert | None, at: Instant) -> Upstream | None:
    if not is_heard(alert) or not alert.firing:
        return None
    known = alert.upstream
    if listed is None:
        return Upstream(Sight.GONE, at, at)
    if listed.known.muted is None:
        return Upstream(Sight.ACTIVE, at, at) if known is not None and known.sight is not Sight.ACTIVE else None
    muted = shortened(listed.known.muted)
    is_fresh = known is not None and known.muted == muted and at - known.at < _HEARD_LATELY
    return None if is_fresh else Upstream(Sight.MUTED, at, at, muted)
