"""Read entries back from their bytes: whole to show them, and only their place to verify them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from router.control.audit.canonical import FORM
from router.core.model.alert import TenantId
from router.core.model.instant import Instant, parse_rfc3339
from router.ports.audit import (
    Action,
    Actor,
    ActorKind,
    Difference,
    Entry,
    Interface,
    Origin,
    Outcome,
    Ruling,
    Version,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where an entry stands by its own account: its place in the log, its time, its tenant."""

    seq: int
    at: Instant
    tenant: TenantId | None


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and where it stands; what names a person is still sealed in it."""

    stamp: Stamp
    entry: Entry


def stamp_of(content: bytes) -> Stamp:
    """Where an entry of any release stands.

    Raises:
        ValueError: these are not the bytes of an entry.
    """
    return _stamp(_parsed(content))


def placed(content: bytes) -> Placed:
    """Read an entry.

    Raises:
        ValueError: these are not the bytes of an entry, or it is of a later release.
    """
    fields = _parsed(content)
    if fields.get("v") != FORM:
        raise ValueError(f"is an entry of form {fields.get('v')!r}, which this release does not read")
    try:
        return Placed(_stamp(fields), _entry(fields))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"is not an entry: {error}") from None


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    if isinstance(fields, dict):
        return fields
    raise ValueError("is not an entry")


def _stamp(fields: Mapping[str, Any]) -> Stamp:
    try:
        seq, tenant = fields["seq"], fields.get("tenant")
        return Stamp(int(seq), parse_rfc3339(fields["time"]), None if tenant is None else TenantId(str(tenant)))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ValueError("does not name its place and time") from None


def _entry(fields: Mapping[str, Any]) -> Entry:
    return Entry(
        action=Action(fields["action"]),
        actor=_actor(fields["actor"]),
        origin=_origin(fields["from"]),
        decision=Ruling(fields["decision"]["allowed"], fields["decision"].get("rule", "")),
        outcome=Outcome(fields["outcome"]),
        tenant=fields.get("tenant"),
        before=_version(fields.get("before")),
        after=_version(fields.get("after")),
        diff=tuple(map(_difference, fields.get("diff", []))),
        **{name: fields.get(name, "") for name in ("id", "resource", "reason", "request_id", "trace", "error")},
    )


def _actor(fields: Mapping[str, Any]) -> Actor:
    texts = {name: fields.get(name, "") for name in ("subject", "issuer", "display", "session", "on_behalf_of")}
    return Actor(ActorKind(fields["kind"]), **texts)


def _origin(fields: Mapping[str, Any]) -> Origin:
    return Origin(Interface(fields["interface"]), fields.get("ip", ""), fields.get("user_agent", ""))


def _version(fields: Mapping[str, Any] | None) -> Version | None:
    return None if fields is None else Version(fields.get("version", 0), fields.get("digest", ""))


def _difference(fields: Mapping[str, Any]) -> Difference:
    return Difference(fields["path"], fields.get("before"), fields.get("after"))
