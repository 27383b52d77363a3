"""The form of `alerts.events`: what is written of each event, and what is read again where a group was lost.

`deploy/schema/event.schema.json` publishes it. `v` grows only when a key goes or means something else; keys and kinds
of events may be added under the same number, so readers pass over what they do not know.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from router.core.deliver.adopt import Place
from router.core.model.alert import AlertId, TenantId
from router.core.model.alert_state import LastShown, ShownState
from router.core.model.event import CountedBy, Event, EventKind, Numbered, Shown
from router.core.model.group import Announced, Digest, MessageRef, Row
from router.core.model.instant import MILLISECOND, NEVER, Instant, Span, parse_rfc3339, to_rfc3339
from router.core.model.key import GroupId, GroupKey
from router.core.model.operation import Lane, Method, Op, Reason
from router.core.model.registers import Registers
from router.core.model.rules.names import ReceiverName
from router.core.seal.envelope import of_text
from router.core.slo.noted import Counts, Measured, Noted

FORM: Final = 1
_TIMES: Final = ("received_at", "due_at", "decided_at", "delivered_at")
_STATES: Final[Mapping[ShownState, str]] = {one: one.name.lower() for one in ShownState}


def event_key(tenant: TenantId, key: GroupKey) -> str:
    """The key in Kafka: events of one group stay in their order."""
    return f"{tenant}/{key.group_id}"


EVENT_PLACE: Final = "event"
"""What the labels in events are bound to."""
Open = Callable[[bytes], bytes]


class Sealing(Protocol):
    """How an event of a sealed tenant shows what its alerts are known by."""

    def labels(self, text: bytes) -> str:
        """Labels, sealed for an event."""

    def alert(self, alert: AlertId) -> str:
        """What an alert is called."""


def write_event(
    event: Event, tenant: TenantId, key: GroupKey, config_version: int, sequence: int, sealing: Sealing | None = None
) -> str:
    """An event of a group; its id is unique among all tenants and grows over all lives of the group.

    With `sealing` the labels that it holds are sealed, and alerts have names.
    """
    message = event.message
    body: dict[str, Any] = {
        "v": FORM,
        "event": event.kind,
        "id": f"{event_key(tenant, key)}-{sequence}",
        "sequence": sequence,
        "tenant": tenant,
        "receiver": key.receiver,
        "group": key.group_id,
        "notification": event.notification,
        "reason": event.reason,
        "outcome": event.outcome,
        "notified": event.notified,
        "message": {"channel": message.channel, "ts": message.ts} if message else None,
        "attempts": event.attempts,
        "config_version": config_version,
    }
    times: dict[str, Instant] = {name: getattr(event, name) for name in _TIMES}
    stamps = {name: to_rfc3339(at) for name, at in times.items() if at != NEVER}
    if event.due_at != NEVER:
        body["budget_ms"] = event.imposed // MILLISECOND
    return json.dumps(body | stamps | _what_is_shown(event, sealing), ensure_ascii=False, separators=(",", ":"))


def with_number(event: str, life: int, number: int) -> str:
    """The event with its number among those of its tenant, and since when they are counted, in microseconds."""
    return f'{event[:-1]},"numbered":{{"life":{life},"number":{number}}}}}'


def opened_event(value: bytes, open_: Open, alert_of: Callable[[str], AlertId]) -> dict[str, Any]:
    """An event with the labels that were sealed in it, and alerts by their ids.

    Raises:
        KeyError, TypeError, ValueError: it is not of this form.
        UndecipherableError, KeyUnavailableError: as `open_` and `alert_of`.
    """
    body: dict[str, Any] = json.loads(value)
    for one in (body, body.get("digest"), body.get("counted_by")):
        shown = one.get("shown") if one else None
        if shown and "sealed" in shown:
            shown["group_labels"] = json.loads(open_(of_text(shown.pop("sealed"))))
            shown["alerts"] = [alert | {"alert": alert_of(alert["alert"])} for alert in shown["alerts"]]
    return body


def _what_is_shown(event: Event, sealing: Sealing | None) -> dict[str, Any]:
    """What the message shows; in the message of a digest nobody goes on as in a group's own."""
    shown = {"shown": _written(event.shown, sealing)} if event.shown else {}
    if event.digest is not None:
        return {"digest": _counted(event.digest) | shown}
    if event.counted_by is not None:
        return {"counted_by": {"digest": event.counted_by.digest, "life": event.counted_by.life} | shown}
    return shown


def _counted(digest: Digest) -> dict[str, Any]:
    """What a digest shows, without names: those of alerts are their senders'."""
    rows = digest.rows
    return {
        "life": digest.life,
        "absorbs": digest.lane is not None,
        "over": digest.announced is Announced.OVER,
        "groups": digest.groups,
        "firing": sum(row.firing for row in rows),
        "resolved": sum(row.resolved for row in rows),
        "not_reported": sum(row.stale for row in rows),
        "rerouted": sum(row.rerouted for row in rows),
        "unreported": sum(row.unreported for row in rows),
    }


def _written(shown: Shown, sealing: Sealing | None) -> dict[str, Any]:
    labels, name = dict(shown.key.group), str if sealing is None else sealing.alert
    return {
        "path": shown.key.path,
        **({"group_labels": labels} if sealing is None else _sealed(labels, sealing)),
        "alerts": [
            {"alert": name(one), "state": _STATES[last.state], "registers": _numbers(last.registers)}
            for one, last in shown.alerts.items()
        ],
        "alerts_left_out": shown.left_out,
        "reopened": shown.reopened,
        "worst": shown.worst,
        "takes_no_edits": shown.takes_no_edits,
    }


def _sealed(labels: Mapping[str, str], sealing: Sealing) -> dict[str, Any]:
    return {"group_labels": {}, "sealed": sealing.labels(json.dumps(labels).encode())}


def _numbers(one: Registers) -> list[int]:
    return [one.start, one.end, one.seen_firing, one.seen_resolved]


def read_place(body: Mapping[str, Any]) -> Place:
    """Where a group was shown, by an event that has a message and `shown`, in what a digest shows or by itself.

    Raises:
        KeyError, TypeError, ValueError: it is not of this form.
    """
    digest, counted_by = body.get("digest"), body.get("counted_by")
    return Place(
        message=MessageRef(body["message"]["channel"], body["message"]["ts"]),
        shown=read_shown(ReceiverName(body["receiver"]), (digest or counted_by or body)["shown"]),
        notified_at=parse_rfc3339(body["delivered_at"]),
        reason=Reason(body["reason"]),
        digest=_read_digest(digest) if digest else None,
        counted_by=CountedBy(GroupId(counted_by["digest"]), counted_by["life"]) if counted_by else None,
    )


def read_noted(body: Mapping[str, Any]) -> Noted:
    """What an event of an alert group notes of how fast something was shown.

    Raises:
        KeyError, TypeError, ValueError: it is not of this form.
    """
    numbered = body.get("numbered")
    number = Numbered(Instant(int(numbered["life"])), int(numbered["number"])) if numbered else None
    at = parse_rfc3339(body.get("delivered_at") or body["decided_at"])
    counts = _counts(body)
    return Noted(at, counts, number, _measured(body) if counts is Counts.MEASURED else None)


def _counts(body: Mapping[str, Any]) -> Counts:
    if body["event"] != EventKind.SENT or not body["notified"]:
        return Counts.OTHER
    if body["outcome"] == Op.DIGEST:
        return Counts.IN_DIGEST
    return Counts.MEASURED if "due_at" in body else Counts.UNMEASURED


def _measured(body: Mapping[str, Any]) -> Measured:
    return Measured(
        group=GroupId(body["group"]),
        receiver=ReceiverName(body["receiver"]),
        reason=str(body["reason"]),
        notification=str(body["notification"]),
        due_at=parse_rfc3339(body["due_at"]),
        decided_at=parse_rfc3339(body["decided_at"]),
        delivered_at=parse_rfc3339(body["delivered_at"]),
        imposed=Span(int(body["budget_ms"]) * MILLISECOND),
        attempts=int(body["attempts"]),
    )


def _read_digest(body: Mapping[str, Any]) -> Digest:
    """What a digest shows: all of its alerts together, since events have no names of alerts."""
    absorbed_from = dict(body["shown"]["group_labels"])["channel"]
    counts = (body["firing"], body["resolved"], body["not_reported"], body["rerouted"], body.get("unreported", 0))
    return Digest(
        lane=Lane(absorbed_from, Method.POST) if body["absorbs"] else None,
        life=body["life"],
        announced=Announced.OVER if body["over"] else Announced.BEGUN,
        groups=body["groups"],
        rows=(Row("", "", NEVER, *counts),),
    )


def read_shown(receiver: ReceiverName, body: Mapping[str, Any]) -> Shown:
    """What an event of a receiver notes as shown.

    Raises:
        KeyError, TypeError, ValueError: it is not of this form, or its labels are sealed still.
    """
    if "sealed" in body:
        raise ValueError("its labels are sealed")
    states = {name: state for state, name in _STATES.items()}
    return Shown(
        key=GroupKey(receiver, tuple(body["path"]), tuple(body["group_labels"].items())),
        alerts={
            AlertId(one["alert"]): LastShown(states[one["state"]], Registers(*map(Instant, one["registers"])))
            for one in body["alerts"]
        },
        left_out=body["alerts_left_out"],
        reopened=body["reopened"],
        worst=body["worst"],
        takes_no_edits=body["takes_no_edits"],
    )
