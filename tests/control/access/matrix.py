"""The whole matrix of roles and permissions as a text: `python -m tests.control.access.matrix` prints it.

A document binds each role to a tenant, to all tenants, and to the tenant with each condition; somebody of each group
asks for each permission.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any, Final

from router.control.access.compiling import compile_access
from router.control.access.deciding import Decision, decide
from router.control.access.document import AccessDocument
from router.control.access.permissions import Permission
from router.control.access.principal import Identity, Principal, PrincipalKind
from router.control.access.reading import check_access
from router.control.access.roles import BUILT_IN
from router.core.model.instant import Instant, parse_rfc3339

NOW: Final = parse_rfc3339("2027-01-01T00:00:00Z")
ISSUER: Final = "https://login.example.com"
OWN_ROLE: Final = "deployer"
ROLES: Final = (*BUILT_IN, OWN_ROLE)
OWN, OTHER = "acme", "globex"

_EVERYWHERE: Final = "everywhere"
_CONDITIONS: Final[Mapping[str, Mapping[str, object]]] = {
    "bound": {},
    _EVERYWHERE: {},
    "mfa": {"mfa": "required"},
    "network": {"networks": ["10.0.0.0/8", "fd00::/8"]},
    "ended": {"until": "2027-01-01T00:00:00Z"},
    "ending": {"until": "2027-01-01T00:00:01Z"},
}


@dataclass(frozen=True)
class Situation:
    """How somebody is bound, what they show, and whose things they ask for."""

    bound: str
    tenant: str | None
    acr: str = ""
    amr: frozenset[str] = frozenset()
    address: str = ""
    four_eyes: tuple[Permission, ...] = ()


SITUATIONS: Final[Mapping[str, Situation]] = {
    "own": Situation("bound", OWN),
    "other": Situation("bound", OTHER),
    "all": Situation("bound", None),
    "everywhere, one": Situation(_EVERYWHERE, OTHER),
    "everywhere, all": Situation(_EVERYWHERE, None),
    "mfa, neither": Situation("mfa", OWN, acr="bronze", amr=frozenset({"pwd"})),
    "mfa, acr": Situation("mfa", OWN, acr="gold"),
    "mfa, amr": Situation("mfa", OWN, amr=frozenset({"pwd", "otp"})),
    "network, no address": Situation("network", OWN),
    "network, outside": Situation("network", OWN, address="192.0.2.1"),
    "network, inside": Situation("network", OWN, address="10.9.8.7"),
    "network, inside IPv6": Situation("network", OWN, address="fd00::7"),
    "ended": Situation("ended", OWN),
    "ending": Situation("ending", OWN),
    "four eyes": Situation("bound", OWN, four_eyes=tuple(Permission)),
}


@dataclass(frozen=True)
class Asked:
    """One question of the matrix."""

    role: str
    permission: Permission
    situation: str

    @property
    def how(self) -> Situation:
        return SITUATIONS[self.situation]

    @property
    def principal(self) -> Principal:
        how = self.how
        address = ip_address(how.address) if how.address else None
        groups = frozenset({f"{self.role} {how.bound}"})
        return Principal(
            Identity(ISSUER, "ana"), PrincipalKind.USER, groups, acr=how.acr, amr=how.amr, address=address
        )


def questions() -> Iterator[Asked]:
    """All of them."""
    yield from (Asked(role, one, how) for role in ROLES for one in Permission for how in SITUATIONS)


def document(four_eyes: tuple[Permission, ...] = ()) -> AccessDocument:
    """What is asked."""
    plain: Any = {
        "version": 1,
        "issuers": [
            {"name": "company", "url": ISSUER, "audience": "router", "mfa": {"acr": ["gold"], "amr": ["otp", "hwk"]}}
        ],
        "roles": [{"name": OWN_ROLE, "part_of": "editor", "permissions": ["configuration.write", "tenant.read"]}],
        "bindings": [_binding(role, how) for role in ROLES for how in _CONDITIONS],
        "conditions": {"four_eyes": [one.value for one in four_eyes]},
    }
    checked = check_access(plain)
    assert isinstance(checked, AccessDocument), checked
    return checked


def _binding(role: str, how: str) -> dict[str, object]:
    return {
        "name": f"{role}-{how}".replace("_", "-"),
        "role": role,
        "tenants": ["*"] if how == _EVERYWHERE else [OWN],
        "who": {"issuer": "company", "group": f"{role} {how}"},
        "conditions": _CONDITIONS[how],
    }


def answers(now: Instant = NOW) -> Iterator[tuple[Asked, Decision]]:
    """Every question with what is decided."""
    table = compile_access(document())
    for one in questions():
        asked = replace(table, four_eyes=frozenset(one.how.four_eyes))
        yield one, decide(asked, one.principal, one.permission, one.how.tenant, now)


def text() -> str:
    """The matrix as it is committed: a table a role."""
    decided = {one: decision.reason.value for one, decision in answers()}
    widths = {
        how: max(len(how), *(len(decided[one]) for one in decided if one.situation == how)) for how in SITUATIONS
    }
    lines = [f"Bound for {OWN}, unless everywhere; asked for {OWN}, unless for {OTHER}, or for all."]
    for role in ROLES:
        lines += ["", _line(role, {how: how for how in SITUATIONS}, widths)]
        for permission in Permission:
            lines.append(
                _line(permission, {how: decided[Asked(role, permission, how)] for how in SITUATIONS}, widths)
            )
    return "\n".join(lines) + "\n"


def _line(first: str, cells: Mapping[str, str], widths: Mapping[str, int]) -> str:
    return " | ".join([f"{first:20}", *(f"{cell:{widths[how]}}" for how, cell in cells.items())]).rstrip()


if __name__ == "__main__":
    sys.stdout.write(text())
