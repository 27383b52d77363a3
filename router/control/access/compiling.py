"""The access document as a table that is asked."""

from ipaddress import ip_network
from types import MappingProxyType

from router.control.access.document import AccessDocument, BindingEntry, IssuerEntry, MfaEntry, Need
from router.control.access.principal import PrincipalKind
from router.control.access.roles import BUILT_IN, Role
from router.control.access.table import AccessTable, Binding, Handle, Issuer, Mfa, Who
from router.control.access.texts import ALL_TENANTS
from router.core.model.instant import parse_rfc3339


def compile_access(document: AccessDocument) -> AccessTable:
    """The table of a valid document."""
    own = {one.name: Role(one.name, frozenset(one.permissions)) for one in document.roles}
    roles, issuers = {**own, **BUILT_IN}, {one.name: one for one in document.issuers}
    bindings: dict[Handle, tuple[Binding, ...]] = {}
    for entry in document.bindings:
        one = _binding(entry, issuers[entry.who.issuer], roles[entry.role])
        handle = Handle.of(one.who)
        bindings[handle] = (*bindings.get(handle, ()), one)
    return AccessTable(
        MappingProxyType(bindings),
        MappingProxyType(roles),
        frozenset(document.conditions.four_eyes),
        MappingProxyType({one.url: _issuer(one) for one in document.issuers}),
    )


def _binding(entry: BindingEntry, issuer: IssuerEntry, role: Role) -> Binding:
    who, conditions = entry.who, entry.conditions
    claims = MappingProxyType({name: frozenset(texts) for name, texts in who.claims.items()})
    return Binding(
        name=entry.name,
        who=Who(issuer.url, who.subject or "", who.group or "", claims),
        role=role,
        tenants=None if entry.tenants == (ALL_TENANTS,) else frozenset(entry.tenants),
        until=None if conditions.until is None else parse_rfc3339(conditions.until),
        networks=tuple(map(ip_network, conditions.networks or ())),
        mfa=_mfa(issuer.mfa or MfaEntry()) if conditions.mfa is Need.REQUIRED else None,
    )


def _issuer(entry: IssuerEntry) -> Issuer:
    return Issuer(
        url=entry.url,
        audience=entry.audience,
        kind=PrincipalKind(entry.kind.value),
        algorithms=frozenset(one.value for one in entry.algorithms),
        subject=entry.subject,
        groups=entry.groups,
    )


def _mfa(entry: MfaEntry) -> Mfa:
    return Mfa(frozenset(entry.acr), frozenset(entry.amr))
