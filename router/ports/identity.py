"""Who asks: access tokens of issuers that an operator trusts, verified, and keys of our own.

What is refused is a value with its reason; only an issuer whose keys nobody has raises.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


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
