"""What the variables of tenants' templates hold: texts ready to be shown, numbers, and mappings of those."""

from collections.abc import Callable, Mapping
from typing import Final

from router.core.model.alert_state import ShownState
from router.core.model.instant import NEVER, Instant
from router.core.render.view import AlertView, View
from router.core.slack.markup import Safe

Values = Mapping[str, object]
Moment = Callable[[Instant], str]

STATUS: Final[Mapping[ShownState, str]] = {
    ShownState.FIRING: "firing",
    ShownState.UNREPORTED: "unreported",
    ShownState.MUTED: "muted",
    ShownState.REROUTED: "rerouted",
    ShownState.STALE: "stale",
    ShownState.ENDED: "ended",
    ShownState.RESOLVED: "resolved",
}
"""The states as conditions compare them, in no language."""


def message_values(view: View, severity: Safe) -> Values:
    """What is known of the whole message."""
    return {
        "status": STATUS.get(view.state, ""),
        "level": view.severity,
        "severity": severity,
        "name": view.name,
        "labels": view.shared,
        "counts": {word: view.counts.get(shown_as, 0) for shown_as, word in STATUS.items()},
        "total": view.total,
        "links": view.links,
    }


def alert_values(alert: AlertView, severity: Safe) -> Values:
    """What is known of one alert; also what it shares with the others."""
    facts = alert.facts
    return {
        "status": STATUS.get(alert.shown_as, ""),
        "level": facts.level,
        "severity": severity,
        "name": facts.labels.get("alertname", ""),
        "labels": facts.labels,
        "own_labels": facts.own_labels,
        "annotations": facts.annotations,
        "summary": alert.summary,
        "description": facts.description,
        "value": alert.value,
        "values": alert.values,
        "links": alert.links,
    }


def time_values(of: View | AlertView, moment: Moment, duration: str, period: Safe) -> Values:
    """When; a time that is not known, or not of interest, is empty text."""
    return {
        "since": _shown(of.times.start, moment),
        "until": _shown(of.times.end, moment),
        "seen": _shown(of.times.seen or of.times.unseen, moment),
        "duration": duration,
        "period": period,
    }


def _shown(instant: Instant, moment: Moment) -> str:
    return moment(instant) if instant != NEVER else ""
