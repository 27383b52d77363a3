"""Who asks: access tokens of issuers that an operator trusts, verified, and keys of our own.

What is refused is a value with its reason; only an issuer whose keys nobody has raises.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant


class TokenFault(StrEnum):
    """Why an access token is not believed."""

    MALFORMED = "malformed"
    """Not a signed token (a JWS in its compact form), or too long for one."""
    ISSUER = "issuer"
    """Of an issuer that is not trusted."""
    ALGORITHM = "algorithm"
    """Signed by an algorithm that is not on the list, or by none."""
    KEY = "key"
    """Signed with a key that the issuer does not publish."""
    SIGNATURE = "signature"
    AUDIENCE = "audience"
    """For somebody else."""
    TYPE = "type"
    """Not an access token: an ID token, for one, which is for whoever signs a person in."""
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    INCOMPLETE = "incomplete"
    """Without its subject or the end of its life."""


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """An issuer whose tokens are believed: those for one of these audiences, signed by one of these algorithms.

    Algorithms are named as JOSE does.
    """

    url: str
    audiences: frozenset[str]
    algorithms: frozenset[str]


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """What an issuer has signed of whoever asks."""

    issuer: str
    subject: str
    claims: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RefusedToken:
    """A token that is not believed, and why, in words that repeat nothing of it but times."""

    fault: TokenFault
    detail: str


class AccessTokens(Protocol):
    """Verifies access tokens."""

    async def verify(self, token: str, trusted: Mapping[str, TrustedIssuer]) -> VerifiedToken | RefusedToken:
        """Whose the token is; `trusted` are issuers by their address.

        Raises:
            UnavailableError: the issuer's keys are not known, and it does not answer.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of ours: a role for one tenant, None for all, in these networks (none: in any), until it expires."""

    id: str
    tenant: TenantId | None
    name: str
    role: str
    networks: tuple[str, ...]
    maker: str
    maker_issuer: str
    expires_at: Instant
    created_at: Instant = NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey(ApiKey):
    """A key that is not stored yet, with the digest that it is found by."""

    digest: str


class FoundKeys(Protocol):
    """API keys by their digests. Every method may raise UnavailableError."""

    async def find(self, digest: str) -> ApiKey | None:
        """The key of this digest, unless it was revoked."""


class StoredKeys(FoundKeys, Protocol):
    """API keys, as they are made and revoked."""

    async def live(self, tenant: TenantId | None) -> list[ApiKey]:
        """The keys of a tenant, or of the installation, that are not revoked, oldest first."""

    async def add(self, key: NewKey) -> None:
        """Store a new key."""

    async def revoke(self, tenant: TenantId | None, id_: str) -> bool:
        """Revoke a key; False if there is none of this id."""
