"""The access document in Cedar's language: an oracle that shares no line with the table and its decisions."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from cedarpy import Decision, PolicySet, is_authorized

from router.control.access.document import AccessDocument, BindingEntry, IssuerEntry, Need
from router.control.access.permissions import INSTALLATION_WIDE, Permission
from router.control.access.principal import Principal
from router.control.access.roles import BUILT_IN
from router.core.model.instant import Instant, parse_rfc3339

_INSTALLATION: Final = 'Installation::"all"'


def policies(document: AccessDocument) -> PolicySet:
    """The policies of a document: one a binding, and one that forbids what a single person may only propose."""
    written = [_permit(binding, document) for binding in document.bindings]
    return PolicySet.from_str("\n".join([*written, *_forbid(document)]))


def allows(
    written: PolicySet, principal: Principal, permission: Permission, tenant: str | None, now: Instant
) -> bool:
    """What Cedar says."""
    request = {
        "principal": 'Principal::"one"',
        "action": f'Action::"{permission}"',
        "resource": _INSTALLATION if tenant is None else f"Tenant::{_text(tenant)}",
        "context": _context(principal, now),
    }
    result = is_authorized(request, written, [_entity(principal)])
    assert not result.diagnostics.errors, result.diagnostics.errors
    return result.decision == Decision.Allow


def _permit(binding: BindingEntry, document: AccessDocument) -> str:
    issuer = next(one for one in document.issuers if one.name == binding.who.issuer)
    everywhere = binding.tenants == ("*",)
    held = [one for one in _held(binding, document) if everywhere or one not in INSTALLATION_WIDE]
    if not held:
        return ""
    conditions = [*_who(binding, issuer), *_conditions(binding, issuer)]
    if not everywhere:
        conditions.append(f"[{', '.join(f'Tenant::{_text(one)}' for one in binding.tenants)}].contains(resource)")
    return f"permit (principal, {_actions(held)}, resource) when {{ {' && '.join(conditions)} }};"


def _forbid(document: AccessDocument) -> Iterator[str]:
    if document.conditions.four_eyes:
        yield f"forbid (principal, {_actions(document.conditions.four_eyes)}, resource);"


def _held(binding: BindingEntry, document: AccessDocument) -> Iterable[Permission]:
    own = {one.name: one.permissions for one in document.roles}
    return own[binding.role] if binding.role in own else BUILT_IN[binding.role].permissions


def _actions(permissions: Iterable[Permission]) -> str:
    return f"action in [{', '.join(f'Action::{_text(one.value)}' for one in sorted(permissions))}]"


def _who(binding: BindingEntry, issuer: IssuerEntry) -> Iterator[str]:
    who = binding.who
    yield f"principal.issuer == {_text(issuer.url)}"
    if who.subject is not None:
        yield f"principal.subject == {_text(who.subject)}"
    if who.group is not None:
        yield f"principal.groups.contains({_text(who.group)})"
    for name, texts in who.claims.items():
        yield f"principal.claims has {_text(name)} && principal.claims[{_text(name)}].containsAny({_set(texts)})"


def _conditions(binding: BindingEntry, issuer: IssuerEntry) -> Iterator[str]:
    conditions = binding.conditions
    if conditions.until is not None:
        yield f"context.now < {parse_rfc3339(conditions.until)}"
    if conditions.networks is not None:
        ranges = " || ".join(f'context.address.isInRange(ip("{one}"))' for one in conditions.networks)
        yield f"context has address && ({ranges})"
    if conditions.mfa is Need.REQUIRED and issuer.mfa is not None:
        yield f"({_set(issuer.mfa.acr)}.contains(context.acr) || context.amr.containsAny({_set(issuer.mfa.amr)}))"


def _context(principal: Principal, now: Instant) -> dict[str, Any]:
    context: dict[str, Any] = {"now": now, "acr": principal.acr, "amr": sorted(principal.amr)}
    if principal.address is not None:
        context["address"] = {"__extn": {"fn": "ip", "arg": str(principal.address)}}
    return context


def _entity(principal: Principal) -> dict[str, Any]:
    attributes = {
        "issuer": principal.identity.issuer,
        "subject": principal.identity.subject,
        "groups": sorted(principal.groups),
        "claims": {name: sorted(texts) for name, texts in principal.claims.items()},
    }
    return {"uid": {"type": "Principal", "id": "one"}, "attrs": attributes, "parents": []}


def _set(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
