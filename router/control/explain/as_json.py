"""An explanation for programs."""

from typing import Any, Final

from router.control.explain.explanation import Explanation, Place, Unkept
from router.core.context.related import Related
from router.core.decide.standing import Standing
from router.core.model.instant import MILLISECOND, MINUTE, NEVER, Instant, Span, to_rfc3339
from router.core.model.muted import Muted
from router.core.route.trace import Tried

_STATUS: Final = {True: "firing", False: "resolved"}


def as_json(explained: Explanation) -> dict[str, Any]:
    """One alert; times are RFC 3339, null where there is none, spans are milliseconds."""
    return {
        "at": to_rfc3339(explained.at),
        "source": explained.source,
        "labels": dict(explained.labels),
        "labels_kept": explained.labels_kept,
        "status": _status(explained),
        "last_record": _at(explained.last_record),
        "suspended_since": _at(explained.suspended_since),
        "on_hold_since": _at(explained.on_hold_since),
        "dead_letter": explained.dead_letter or None,
        "routes": _route(explained.tried) if explained.tried is not None else None,
        "notifications_per_minute": MINUTE / explained.budget.period,
        "notifications_burst": explained.budget.burst,
        "groups": [_place(one) for one in explained.places],
        "labels_not_kept": [_unkept(one) for one in explained.unkept],
    }


def _status(explained: Explanation) -> str:
    if explained.firing is not None:
        return _STATUS[explained.firing]
    if explained.dead_letter:
        return "dead_letter"
    return "unknown" if explained.unkept else "never_seen"


def _unkept(unkept: Unkept) -> dict[str, Any]:
    key = unkept.group.key
    return {
        "group": key.group_id,
        "group_labels": dict(unkept.labels),
        "receiver": key.receiver,
        "alerts": unkept.alerts,
    }


def _route(tried: Tried) -> dict[str, Any]:
    return {
        "matchers": list(map(str, tried.route.matchers)),
        "failed": str(tried.failed) if tried.failed is not None else None,
        "receiver": tried.route.receiver if tried.is_taken else None,
        "routes": [_route(one) for one in tried.below],
    }


def _place(place: Place) -> dict[str, Any]:
    receiver, timing, posted = place.policy.receiver, place.policy.timing, place.group.posted
    return {
        "group": place.group.key.group_id,
        "group_labels": dict(place.labels),
        "receiver": place.group.key.receiver,
        "channel": receiver.channel or None,
        "locale": receiver.locale,
        "mention": list(receiver.mention),
        "message": {"channel": posted.channel, "ts": posted.ts} if posted is not None else None,
        "calls": [{"op": op, "reason": reason} for op, reason in place.calls],
        "group_wait_ms": _ms(timing.group_wait),
        "group_interval_ms": _ms(timing.group_interval),
        "repeat_interval_ms": _ms(timing.repeat_interval),
        "no_chart": place.undrawn,
        "related": [_related(one) for one in place.context.related],
        "episodes": [{"start": _at(one.start), "end": _at(one.end)} for one in place.context.episodes],
        **_standing(place.standing),
    }


def _related(related: Related) -> dict[str, Any]:
    return {
        "label": related.label,
        "value": related.value,
        "firing": related.firing,
        "groups": [{"name": one.name, "firing": one.firing} for one in related.groups],
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "outcome": standing.outcome,
        "reason": standing.muted.by if standing.muted is not None else standing.why or None,
        "held_by": _muted(standing.muted) if standing.muted is not None else None,
        "muted_upstream": _muted(standing.muted_upstream) if standing.muted_upstream is not None else None,
        "until": _at(standing.until),
        "unreported_since": _at(standing.unreported_since),
        "notified_at": _at(standing.notified_at),
        "repeat_at": _at(standing.repeat_at),
        "stale_at": _at(standing.stale_at),
    }


def _muted(muted: Muted) -> dict[str, Any]:
    return {
        "by": muted.by,
        "name": muted.name,
        "until": _at(muted.until),
        "author": muted.author or None,
        "comment": muted.comment or None,
    }


def _at(instant: Instant) -> str | None:
    return to_rfc3339(instant) if instant != NEVER else None


def _ms(span: Span) -> int:
    return span // MILLISECOND
