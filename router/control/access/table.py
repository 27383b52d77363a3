"""The access document as it is asked: each binding under the one thing that a principal is found by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Final, Self

from router.control.access.permissions import INSTALLATION_WIDE, Permission
from router.control.access.principal import Claims, Principal, PrincipalKind
from router.control.access.roles import BUILT_IN, Role
from router.core.model.instant import Instant

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Mfa:
    """By what an issuer shows that a login had a second factor: one of these `acr`, or one of these `amr`."""

    acr: frozenset[str]
    amr: frozenset[str]

    def is_shown_by(self, principal: Principal) -> bool:
        """Whether the principal's login had one."""
        return principal.acr in self.acr or not self.amr.isdisjoint(principal.amr)


@dataclass(frozen=True, slots=True)
class Who:
    """Those whom a binding is for: all that is named here must be so; "" and no claims ask for nothing.

    Of a claim it is enough that it holds one of the texts.
    """

    issuer: str
    subject: str = ""
    group: str = ""
    claims: Claims = field(default_factory=dict)

    def is_one(self, principal: Principal) -> bool:
        """Whether the principal is one of them."""
        identity = principal.identity
        return (
            identity.issuer == self.issuer
            and self.subject in {"", identity.subject}
            and (not self.group or self.group in principal.groups)
            and all(not held.isdisjoint(principal.claims.get(name, ())) for name, held in self.claims.items())
        )


@dataclass(frozen=True, slots=True)
class Binding:
    """A role for some people and some tenants, None for all, and what must be so besides.

    `until` is the first moment at which it no longer counts; without networks it counts in all of them.
    """

    name: str
    who: Who
    role: Role
    tenants: frozenset[str] | None
    until: Instant | None = None
    networks: tuple[Network, ...] = ()
    mfa: Mfa | None = None

    def is_for(self, permission: Permission, tenant: str | None) -> bool:
        """Whether it speaks of this tenant; None is all of them."""
        return self.tenants is None or (permission not in INSTALLATION_WIDE and tenant in self.tenants)

    def __str__(self) -> str:
        return f"binding {self.name}: role {self.role.name} for {scope_text(self.tenants)}"


class _By(StrEnum):
    SUBJECT = "subject"
    GROUP = "group"
    ISSUER = "issuer"


@dataclass(frozen=True, slots=True)
class Handle:
    """What a binding is found by: the most exact thing that it names."""

    issuer: str
    by: _By
    text: str = ""

    @classmethod
    def of(cls, who: Who) -> Self:
        """That of a binding for these."""
        if who.subject:
            return cls(who.issuer, _By.SUBJECT, who.subject)
        return cls(who.issuer, _By.GROUP, who.group) if who.group else cls(who.issuer, _By.ISSUER)

    @classmethod
    def all_of(cls, principal: Principal) -> Iterator[Self]:
        """Those under which bindings for a principal can stand."""
        issuer = principal.identity.issuer
        yield cls(issuer, _By.SUBJECT, principal.identity.subject)
        yield cls(issuer, _By.ISSUER)
        yield from (cls(issuer, _By.GROUP, group) for group in sorted(principal.groups))


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens are taken, and where in them stands what is asked."""

    url: str
    audience: str
    kind: PrincipalKind
    algorithms: frozenset[str]
    subject: str = "sub"
    groups: str = "groups"


@dataclass(frozen=True, slots=True)
class AccessTable:
    """Who may do what: what the document says, compiled."""

    bindings: Mapping[Handle, tuple[Binding, ...]]
    roles: Mapping[str, Role] = field(default_factory=lambda: BUILT_IN)
    four_eyes: frozenset[Permission] = frozenset()
    issuers: Mapping[str, Issuer] = field(default_factory=dict)

    def of(self, principal: Principal) -> Iterator[Binding]:
        """The bindings for a principal; for a key, the one that it was made with, which never makes keys itself."""
        if principal.kind is PrincipalKind.KEY:
            yield from self._of_key(principal)
            return
        found = (one for handle in Handle.all_of(principal) for one in self.bindings.get(handle, ()))
        yield from (one for one in found if one.who.is_one(principal))

    def _of_key(self, principal: Principal) -> Iterator[Binding]:
        grant, subject = principal.grant, principal.identity.subject
        role = self.roles.get(grant.role) if grant else None
        if grant and role:
            held = Role(role.name, role.permissions - {Permission.KEY_WRITE})
            yield Binding(f"key {subject}", Who("", subject), held, grant.tenants, grant.until)


def scope_text(tenants: frozenset[str] | None) -> str:
    """These tenants in words."""
    if tenants is None:
        return "all tenants"
    return f"{'tenant' if len(tenants) == 1 else 'tenants'} {', '.join(sorted(tenants))}"


NOBODY: Final = AccessTable({})
"""Nobody may do anything: as it is where no document was applied."""
