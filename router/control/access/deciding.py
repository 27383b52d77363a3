"""Whether somebody may do something: a pure function of the table, which gives the reason, also of a denial."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from router.control.access.permissions import INSTALLATION_WIDE, Permission
from router.control.access.principal import Grant, Identity, Principal, PrincipalKind
from router.control.access.roles import least_role
from router.control.access.table import AccessTable, Binding, scope_text
from router.core.model.instant import Instant
from router.core.model.rules.names import is_slug


class Reason(StrEnum):
    """Why something is allowed or denied. Of several reasons for a denial, the last one of these is given."""

    NO_BINDING = "no_binding"
    """Nothing in the access document is for this principal."""
    OTHER_TENANT = "other_tenant"
    """What is bound is for other tenants; or for single ones, where the question is about all of them."""
    NOT_IN_ROLE = "not_in_role"
    """No role that the principal has for this tenant holds the permission."""
    EXPIRED = "expired"
    """The binding has ended."""
    OTHER_NETWORK = "other_network"
    """The binding counts in some networks, and the request came from another."""
    MFA_MISSING = "mfa_missing"
    """The binding asks for a login with a second factor."""
    NOT_A_TENANT = "not_a_tenant"
    """No tenant can have such an id."""
    OWN_PROPOSAL = "own_proposal"
    """Who proposed a change cannot approve it, nor can a key of theirs."""
    NOT_A_PERSON = "not_a_person"
    """Keys and workloads cannot approve."""
    NEEDS_APPROVAL = "needs_approval"
    """It may be proposed, and takes effect when a second person approves."""
    ALLOWED = "allowed"
    """A binding allows it."""


_ORDER: Final = {reason: place for place, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class Missing:
    """What would have allowed it: a permission that a role has, for some tenants."""

    permission: Permission
    role: str
    tenants: frozenset[str] | None

    def __str__(self) -> str:
        return f"{self.permission} of role {self.role} for {scope_text(self.tenants)}"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, why, and the rule that decided.

    `until` is when what allows it ends, None for never. A denial says what would have allowed it, where anything
    could.
    """

    allowed: bool
    reason: Reason
    rule: str
    would_allow: Missing | None = None
    until: Instant | None = None


def decide(
    table: AccessTable, principal: Principal, permission: Permission, tenant: str | None, now: Instant
) -> Decision:
    """Whether the principal may do this to the tenant; None is the installation, or all tenants.

    What needs a second pair of eyes is denied with NEEDS_APPROVAL: it may be proposed; `approve` decides then.
    """
    decision = _bound(table, principal, permission, tenant, now)
    if decision.allowed and permission in table.four_eyes:
        return replace(decision, allowed=False, reason=Reason.NEEDS_APPROVAL)
    return decision


def approve(
    table: AccessTable,
    principal: Principal,
    authors: frozenset[Identity],
    permission: Permission,
    tenant: str | None,
    now: Instant,
) -> Decision:
    """Whether the principal may let a change take effect that others have proposed; it needs the same permission.

    `authors` are the `Principal.identities` of who proposed it. Who approves is a person, and none of them.
    """
    decision = _bound(table, principal, permission, tenant, now)
    if not decision.allowed:
        return decision
    if principal.kind is not PrincipalKind.USER:
        return replace(decision, allowed=False, reason=Reason.NOT_A_PERSON)
    if not authors.isdisjoint(principal.identities):
        return replace(decision, allowed=False, reason=Reason.OWN_PROPOSAL)
    return decision


def decide_grant(table: AccessTable, principal: Principal, grant: Grant, now: Instant) -> Decision:
    """Whether the principal may make a key with this grant: of what it may do itself, and no longer than that.

    The decision is the first denial, or the allowance that ends first.
    """
    role = table.roles.get(grant.role)
    if role is None or not role.permissions or grant.tenants == frozenset():
        return _denied(Reason.NOT_IN_ROLE, f"role {grant.role} for {scope_text(grant.tenants)}")
    tenants = [None] if grant.tenants is None else sorted(grant.tenants)
    asked = [Permission.KEY_WRITE, *sorted(role.permissions)]
    decisions = [_bound(table, principal, one, tenant, now) for tenant in tenants for one in asked]
    denied = next((one for one in decisions if not one.allowed), None)
    return denied or min(decisions, key=_end)


def _bound(
    table: AccessTable, principal: Principal, permission: Permission, tenant: str | None, now: Instant
) -> Decision:
    """The answer of the bindings alone: of those that allow it, the one that lasts longest."""
    if tenant is not None and not is_slug(tenant):
        return _denied(Reason.NOT_A_TENANT, "a tenant's id")
    answers = list(_answers(table, principal, permission, tenant, now))
    allowed = [one for one in answers if one.allowed]
    if allowed:
        return max(allowed, key=_end)
    nowhere = _denied(Reason.NO_BINDING, "no binding", _missing(permission, tenant))
    return max([nowhere, *answers], key=lambda one: _ORDER[one.reason])


def _answers(
    table: AccessTable, principal: Principal, permission: Permission, tenant: str | None, now: Instant
) -> Iterator[Decision]:
    for binding in table.of(principal):
        reason = _obstacle(binding, principal, permission, tenant, now)
        if reason is None:
            yield Decision(allowed=True, reason=Reason.ALLOWED, rule=str(binding), until=binding.until)
        elif reason in {Reason.OTHER_TENANT, Reason.NOT_IN_ROLE}:
            yield _denied(reason, str(binding), _missing(permission, tenant))
        else:
            yield _denied(reason, str(binding), Missing(permission, binding.role.name, binding.tenants))


def _obstacle(
    binding: Binding, principal: Principal, permission: Permission, tenant: str | None, now: Instant
) -> Reason | None:
    checks = {
        Reason.OTHER_TENANT: binding.is_for(permission, tenant),
        Reason.NOT_IN_ROLE: permission in binding.role.permissions,
        Reason.EXPIRED: binding.until is None or now < binding.until,
        Reason.OTHER_NETWORK: not binding.networks or _is_in(binding, principal),
        Reason.MFA_MISSING: binding.mfa is None or binding.mfa.is_shown_by(principal),
    }
    return next((reason for reason, holds in checks.items() if not holds), None)


def _is_in(binding: Binding, principal: Principal) -> bool:
    address = principal.address
    return address is not None and any(address in network for network in binding.networks)


def _denied(reason: Reason, rule: str, would_allow: Missing | None = None) -> Decision:
    return Decision(allowed=False, reason=reason, rule=rule, would_allow=would_allow)


def _missing(permission: Permission, tenant: str | None) -> Missing:
    one = tenant is not None and permission not in INSTALLATION_WIDE
    return Missing(permission, least_role(permission).name, frozenset({str(tenant)}) if one else None)


def _end(decision: Decision) -> float:
    return float("inf") if decision.until is None else decision.until
