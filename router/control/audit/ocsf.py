"""An entry as an event of OCSF 1.3: API Activity (6003), and Account Change (3001) for senders' tokens.

What OCSF has no attribute for stands below `unmapped`. Names and addresses stay sealed, so they are left out; the
entry's own bytes with their proof are the evidence, this is for search and correlation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from router.control.audit.reading import Placed
from router.core.model.instant import MILLISECOND
from router.ports.audit import Action, ActorKind, Entry, Outcome, Version

VERSION: Final = "1.3.0"

_INFORMATIONAL: Final = 1
_PRODUCT: Final = {"name": "Alert Router", "vendor_name": "The Alert Router Authors"}
_OTHER_TYPE: Final = 99
_USER_TYPES: Final = {ActorKind.USER: 1, ActorKind.BREAK_GLASS: 2, ActorKind.SYSTEM: 3}
"""Of OCSF's object `user`: a user, an administrator, the system."""


class Class(IntEnum):
    """A class of events, by its uid; its category is the first digit."""

    API_ACTIVITY = 6003
    ACCOUNT_CHANGE = 3001


class Status(IntEnum):
    """OCSF's `status_id`."""

    SUCCESS = 1
    FAILURE = 2


@dataclass(frozen=True, slots=True)
class Activity:
    """What an action is called in OCSF: its class and `activity_id` with its name there."""

    of: Class
    id: int
    name: str


def _api(id_: int, name: str) -> Activity:
    return Activity(Class.API_ACTIVITY, id_, name)


def _account(id_: int, name: str) -> Activity:
    return Activity(Class.ACCOUNT_CHANGE, id_, name)


_CREATE, _READ, _UPDATE, _DELETE = (_api(*one) for one in ((1, "Create"), (2, "Read"), (3, "Update"), (4, "Delete")))

ACTIVITIES: Final[Mapping[Action, Activity]] = {
    Action.TENANT_ADOPT: _CREATE,
    Action.TENANT_APPLY: _UPDATE,
    Action.TENANT_ROLLBACK: _UPDATE,
    Action.TENANT_REMOVE: _DELETE,
    Action.TENANT_SUSPEND: _UPDATE,
    Action.TENANT_RESUME: _UPDATE,
    Action.TENANT_EXPORT: _READ,
    Action.TENANT_ERASE: _DELETE,
    Action.TENANT_ERASED: _DELETE,
    Action.SUBJECT_PLAN: _READ,
    Action.SUBJECT_EXPORT: _READ,
    Action.SUBJECT_ERASE: _DELETE,
    Action.SUBJECT_ERASED: _DELETE,
    Action.DRIFT_ADOPT: _UPDATE,
    Action.DRIFT_DISCARD: _UPDATE,
    Action.TOKEN_CREATE: _account(1, "Create"),
    Action.TOKEN_REVOKE: _account(6, "Delete"),
    Action.SECRET_SET: _UPDATE,
    Action.SECRET_REMOVE: _DELETE,
    Action.SEALING_ROTATE: _CREATE,
    Action.SEALING_REWRAP: _UPDATE,
    Action.SEALING_RESEAL: _UPDATE,
    Action.SEALING_DESTROY: _DELETE,
    Action.SILENCE_ADD: _CREATE,
    Action.SILENCE_EXPIRE: _UPDATE,
    Action.DEADLETTER_REDRIVE: _UPDATE,
    Action.AUDIT_EXPORT: _READ,
    Action.KEY_CREATE: _account(1, "Create"),
    Action.KEY_REVOKE: _account(6, "Delete"),
    Action.PROPOSAL_MAKE: _CREATE,
    Action.PROPOSAL_APPROVE: _UPDATE,
    Action.PROPOSAL_REJECT: _UPDATE,
    Action.ACCESS_APPLY: _UPDATE,
    Action.ACCESS_DENIED: _READ,
}


def ocsf_event(placed: Placed) -> dict[str, Any]:
    """The event of an entry, for JSON."""
    entry, activity = placed.entry, ACTIVITIES[placed.entry.action]
    status = Status.SUCCESS if entry.outcome is Outcome.DONE else Status.FAILURE
    event = {
        "category_uid": activity.of // 1000,
        "class_uid": int(activity.of),
        "activity_id": activity.id,
        "activity_name": activity.name,
        "type_uid": activity.of * 100 + activity.id,
        "severity_id": _INFORMATIONAL,
        "time": placed.stamp.at // MILLISECOND,
        "status_id": int(status),
        "status": status.name.capitalize(),
        "status_detail": entry.error or entry.outcome,
        "metadata": _metadata(placed),
        "actor": _actor(entry),
        "api": {"operation": entry.action, "request": {"uid": entry.request_id or entry.id}},
        "src_endpoint": {"name": entry.origin.interface},
        "http_request": {"user_agent": entry.origin.user_agent} if entry.origin.user_agent else None,
        "unmapped": _unmapped(entry),
    }
    event |= _object(entry, activity.of)
    return {name: value for name, value in event.items() if value is not None}


def _metadata(placed: Placed) -> dict[str, Any]:
    ids = {"uid": placed.entry.id, "sequence": placed.stamp.seq}
    tenant = {"tenant_uid": placed.entry.tenant} if placed.entry.tenant else {}
    trace = {"correlation_uid": placed.entry.trace} if placed.entry.trace else {}
    return {"version": VERSION, "product": _PRODUCT, **ids, **tenant, **trace}


def _actor(entry: Entry) -> dict[str, Any]:
    actor = entry.actor
    user = {"uid": actor.subject, "type_id": _USER_TYPES.get(actor.kind, _OTHER_TYPE), "type": actor.kind}
    issuer = {"idp": {"name": actor.issuer}} if actor.issuer else {}
    return {"user": user, **issuer, **({"session": {"uid": actor.session}} if actor.session else {})}


def _object(entry: Entry, of: Class) -> dict[str, Any]:
    """What it was done to: an account's event has a `user`, a call's `resources`."""
    if of is Class.ACCOUNT_CHANGE:
        return {"user": {"uid": entry.resource, "type_id": _OTHER_TYPE, "type": "token"}}
    return {"resources": [{"uid": entry.tenant or "", "type": entry.resource}]}


def _unmapped(entry: Entry) -> dict[str, Any]:
    """What OCSF has no attribute for."""
    decision = {"allowed": entry.decision.allowed, "rule": entry.decision.rule}
    diff = [{"path": one.path, "before": one.before, "after": one.after} for one in entry.diff]
    more = {"reason": entry.reason, "on_behalf_of": entry.actor.on_behalf_of, "diff": diff}
    sides = {"before": _version(entry.before), "after": _version(entry.after)}
    return {"decision": decision, **{name: value for name, value in (more | sides).items() if value}}


def _version(version: Version | None) -> dict[str, Any] | None:
    return None if version is None else {"version": version.number, "digest": version.digest}
