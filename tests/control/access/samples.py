"""A table of two tenants, and those who ask."""

from collections.abc import Mapping
from ipaddress import ip_network
from types import MappingProxyType

from router.control.access.permissions import Permission
from router.control.access.principal import Grant, Identity, Principal, PrincipalKind
from router.control.access.roles import BUILT_IN
from router.control.access.table import AccessTable, Binding, Handle, Mfa, Who
from router.core.model.instant import Instant

NOW = Instant(1_800_000_000_000_000)
COMPANY = "https://login.example.com"
CI = "https://ci.example.com"
MFA = Mfa(frozenset({"gold"}), frozenset({"mfa"}))
NETWORKS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def table_of(*bindings: Binding, four_eyes: frozenset[Permission] = frozenset()) -> AccessTable:
    found: dict[Handle, tuple[Binding, ...]] = {}
    for one in bindings:
        handle = Handle.of(one.who)
        found[handle] = (*found.get(handle, ()), one)
    return AccessTable(MappingProxyType(found), four_eyes=four_eyes)


def group(role: str, *tenants: str, name: str = "") -> Binding:
    """The group of this name, or of the role's, bound to a role for tenants; without any, for all."""
    who = Who(COMPANY, group=name or role)
    return Binding(name or role, who, BUILT_IN[role], frozenset(tenants) if tenants else None)


def user(*groups: str, subject: str = "ana", **other: object) -> Principal:
    return Principal(Identity(COMPANY, subject), PrincipalKind.USER, frozenset(groups), **other)  # type: ignore[arg-type]


def workload(claims: Mapping[str, frozenset[str]]) -> Principal:
    return Principal(Identity(CI, "run"), PrincipalKind.WORKLOAD, claims=MappingProxyType(dict(claims)))


def key(role: str, *tenants: str, until: Instant | None = None, maker: Identity | None = None) -> Principal:
    grant = Grant(role, frozenset(tenants) if tenants else None, until)
    return Principal(Identity("", "ark-1"), PrincipalKind.KEY, grant=grant, maker=maker)
