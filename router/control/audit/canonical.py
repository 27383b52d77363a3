"""An entry as bytes: JSON with sorted keys, written once. What is stored, signed and exported are these bytes.

They are never written a second time out of what was read, so no rounding of times, no order of keys and no escape can
make a difference. What is empty is left out.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from router.control.audit.personal import sealed
from router.core.model.instant import Instant, to_rfc3339
from router.ports.audit import Actor, Difference, Entry, Origin, Seal, Version

FORM: Final = 1
MAX_DIFFERENCES: Final = 200
"""Differences in an entry; of those beyond only the number stands there."""
MAX_TEXT: Final = 2_000
"""Characters of a text in an entry; what is longer is cut."""

_CUT: Final = "…"


def canonical(entry: Entry, seq: int, at: Instant, seal: Seal) -> bytes:
    """The bytes of an entry at its place in the log and in time; what names a person is sealed."""
    written = sealed(entry, lambda part, text: seal(part, _cut(text)))
    fields = _without_empty({"v": FORM, "seq": seq, "time": to_rfc3339(at), **_fields(written)})
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")  # half a surrogate pair: JSON's own escape


def _fields(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "request_id": entry.request_id,
        "trace": entry.trace,
        "actor": _actor(entry.actor),
        "from": _origin(entry.origin),
        "action": entry.action,
        "tenant": entry.tenant,
        "resource": _cut(entry.resource),
        "before": _version(entry.before),
        "after": _version(entry.after),
        "diff": [_difference(one) for one in entry.diff[:MAX_DIFFERENCES]],
        "diff_left_out": max(0, len(entry.diff) - MAX_DIFFERENCES) or None,
        "reason": _cut(entry.reason),
        "decision": {"allowed": entry.decision.allowed, "rule": _cut(entry.decision.rule)},
        "outcome": entry.outcome,
        "error": _cut(entry.error),
    }


def _actor(actor: Actor) -> dict[str, Any]:
    texts = {name: _cut(getattr(actor, name)) for name in ("subject", "issuer", "session", "on_behalf_of")}
    return {"kind": actor.kind, "display": actor.display, **texts}


def _origin(origin: Origin) -> dict[str, Any]:
    return {"interface": origin.interface, "ip": origin.address, "user_agent": _cut(origin.user_agent)}


def _version(version: Version | None) -> dict[str, Any] | None:
    return None if version is None else {"version": version.number, "digest": version.digest}


def _difference(one: Difference) -> dict[str, Any]:
    sides = {"before": one.before, "after": one.after}
    return {"path": _cut(one.path), **{name: _cut(text) for name, text in sides.items() if text is not None}}


def _without_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that hold something, also within fields."""
    inner = {name: _without_empty(value) if isinstance(value, dict) else value for name, value in fields.items()}
    return {name: value for name, value in inner.items() if value not in (None, "", [], {})}


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + _CUT
