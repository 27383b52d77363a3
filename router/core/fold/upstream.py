"""What Alertmanager knows of alerts that its bodies leave out, merged into the group.

Of two pieces of news the later one counts, and a body that was observed later than either. So they may come in any
order, and more than once.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState, ShownState
from router.core.model.changed import replace
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.muted import KnownAlert, Muted, Sight, Upstream
from router.core.route.identity import alert_id_of

MAX_WORDS: Final = 300
"""Characters that are kept of a silence's author and of its comment, and of the name of what mutes."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found out about alerts of one group at `at`."""

    alerts: Mapping[AlertId, Upstream]
    at: Instant


def findings(
    wanted: Collection[AlertId], known: Iterable[KnownAlert], ignored: frozenset[str], at: Instant
) -> Findings:
    """What an answer of the API says of the wanted alerts: those that it does not hold are gone."""
    there = {alert_id_of(one.fingerprint, one.labels, ignored): one for one in known}
    found = {one: _as_known(there.get(one), at) for one in wanted}
    return Findings(found, at)


def _as_known(known: KnownAlert | None, at: Instant) -> Upstream:
    if known is None:
        return Upstream(Sight.GONE, at, at)
    return Upstream(Sight.MUTED if known.muted else Sight.ACTIVE, at, at, shortened(known.muted))


def shortened(muted: Muted | None) -> Muted | None:
    """The same with texts of bounded length: a person in Alertmanager writes them."""
    if muted is None:
        return None
    texts = (muted.name, muted.author, muted.comment)
    name, author, comment = (text[:MAX_WORDS] for text in texts)
    return replace(muted, name=name, author=author, comment=comment)


def learn(before: AlertGroup, found: Findings) -> AlertGroup:
    """The group with what was found out; shown once more where the message says something else of what mutes."""
    alerts = dict(before.alerts)
    for alert_id, news in found.alerts.items():
        old = alerts.get(alert_id)
        if old is not None and old.firing:
            alerts[alert_id] = _with(old, news)
    return _shown_again(before, replace(before, alerts=alerts))


def change_silence(before: AlertGroup, silence: Muted, at: Instant) -> AlertGroup:
    """The group in which this silence lasts as long, and is by whom, as was found out at `at`; it may have ended."""
    changed = {one: _changed(alert, silence, at) for one, alert in before.alerts.items()}
    return _shown_again(before, replace(before, alerts=changed))


def _shown_again(before: AlertGroup, after: AlertGroup) -> AlertGroup:
    says_less = any(_says_otherwise(before.alerts[one], alert) for one, alert in after.alerts.items())
    return replace(after, refresh_due=True) if says_less and before.message is not None else after


def _with(alert: AlertState, news: Upstream) -> AlertState:
    """The later of what is known and what is news; nothing where the alert was seen later than either."""
    old = alert.upstream
    if news.at <= alert.registers.last_seen or (old is not None and news.at < old.at):
        return alert
    goes_on = old is not None and old.sight is news.sight
    return replace(alert, upstream=replace(news, since=old.since) if goes_on and old else news)


def _changed(alert: AlertState, silence: Muted, at: Instant) -> AlertState:
    known = alert.upstream
    if known is None or known.muted is None or (known.muted.by, known.muted.name) != (silence.by, silence.name):
        return alert
    return alert if known.at > at else replace(alert, upstream=replace(known, muted=shortened(silence)))


def _says_otherwise(old: AlertState, new: AlertState) -> bool:
    shown = old.last_shown.state is ShownState.MUTED and old.upstream is not None and new.upstream is not None
    return shown and old.upstream is not new.upstream and _words(old.upstream) != _words(new.upstream)


def _words(known: Upstream | None) -> Muted | None:
    return known.muted if known is not None else None
