"""An alert group for programs; times are RFC 3339, null where there is none."""

from typing import Any, Final

from router.control.groups import ShownAlert, ShownGroup
from router.core.model.alert_state import ShownState
from router.core.model.instant import NEVER, Instant, to_rfc3339
from router.core.model.phase import Held, Parked, Phase

MAX_ALERTS: Final = 200
"""Alerts of a group that are shown; those that fire first, the longest first."""

_SHOWN: Final = {
    ShownState.NOTHING: None,
    ShownState.FIRING: "firing",
    ShownState.RESOLVED: "resolved",
    ShownState.STALE: "stale",
    ShownState.REROUTED: "rerouted",
    ShownState.UNREPORTED: "unreported",
    ShownState.MUTED: "muted",
    ShownState.ENDED: "ended",
}


def group_json(one: ShownGroup) -> dict[str, Any]:
    """How a group stands, without its alerts."""
    group = one.group
    message = group.posted
    return {
        "group": group.key.group_id,
        "receiver": group.key.receiver,
        "channel": one.channel or None,
        "group_labels": dict(one.labels),
        "digest": group.digest is not None,
        "phase": type(group.phase).__name__.lower(),
        "why": _why(group.phase),
        "due": _at(group.phase.due),
        "firing": group.firing,
        "unreported": group.unreported,
        "pending": group.pending,
        "since": _at(one.since),
        "notified_at": _at(group.notified_at),
        "message": None if message is None else {"channel": message.channel, "ts": message.ts},
        "shown_by": group.shown_by,
        "reopened": group.reopened > 0,
    }


def whole_json(one: ShownGroup) -> dict[str, Any]:
    """How a group stands, with its alerts; `alerts_besides` counts those that are too many."""
    return {
        **group_json(one),
        "alerts": [alert_json(alert) for alert in one.alerts[:MAX_ALERTS]],
        "alerts_besides": max(0, len(one.alerts) - MAX_ALERTS),
    }


def alert_json(one: ShownAlert) -> dict[str, Any]:
    """An alert of a group."""
    registers = one.state.registers
    return {
        "labels": None if one.labels is None else dict(one.labels),
        "status": "firing" if one.state.firing else "resolved",
        "shown": _SHOWN[one.state.last_shown.state],
        "pending": one.state.pending,
        "starts_at": _at(registers.start),
        "ends_at": None if one.state.firing else _at(registers.end),
        "last_seen": _at(registers.last_seen),
    }


def _why(phase: Phase) -> str | None:
    """Why nothing is sent, where that has a reason."""
    match phase:
        case Parked(reason=reason):
            return reason
        case Held(muted=muted):
            return str(muted.by)
        case _:
            return None


def _at(instant: Instant) -> str | None:
    return to_rfc3339(instant) if instant != NEVER else None
