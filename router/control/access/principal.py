"""Who asks, as an identity has been proven: nothing here is taken from a request unproven."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from types import MappingProxyType

from router.core.model.instant import Instant

Address = IPv4Address | IPv6Address
Claims = Mapping[str, frozenset[str]]
"""By name, the texts that a claim holds: one, or those of a list."""


class PrincipalKind(StrEnum):
    """What asks."""

    USER = "user"
    """A person, by a token of an identity provider."""
    KEY = "key"
    """An API key of ours."""
    WORKLOAD = "workload"
    """A pipeline or a service, by a token of what runs it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody, as an issuer knows them: the issuer's URL, "" for ourselves, and the subject there."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A role for some tenants; None stands for all tenants, also for those to come.

    Without `until`, the first moment at which it no longer counts, it is for ever.
    """

    role: str
    tenants: frozenset[str] | None
    until: Instant | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, how that was proven, and from where.

    A key has the one `grant` that it was made with, and nothing that is bound by the access document; `maker` is who
    made it.
    """

    identity: Identity
    kind: PrincipalKind
    groups: frozenset[str] = frozenset()
    claims: Claims = field(default_factory=dict)
    acr: str = ""
    amr: frozenset[str] = frozenset()
    address: Address | None = None
    grant: Grant | None = None
    maker: Identity | None = None

    @property
    def identities(self) -> frozenset[Identity]:
        """All that it is known as: of a key, also who made it."""
        return frozenset(one for one in (self.identity, self.maker) if one is not None)


def claims_of(raw: Mapping[str, object]) -> Claims:
    """The claims that hold text or a list of texts; what is anything else binds nobody, so it is left out."""
    texts = {name: texts_of(value) for name, value in raw.items()}
    return MappingProxyType({name: held for name, held in texts.items() if held})


def texts_of(value: object) -> frozenset[str]:
    """The texts of a claim, such as `groups` and `amr`; none where it holds anything else."""
    held = [value] if isinstance(value, str) else value
    if not isinstance(held, list) or not all(isinstance(one, str) for one in held):
        return frozenset()
    return frozenset(filter(None, held))


def address_of(text: str) -> Address | None:
    """The address that a peer has; None where it has none. IPv4 that is written as IPv6 is IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
