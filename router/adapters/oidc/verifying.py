"""Judge a token by one issuer's keys: a function of values.

Before the signature is verified nothing of the token is used but whose it says it is and which key it names.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from router.core.model.instant import MINUTE, SECOND, Instant, Span
from router.ports.identity import RefusedToken, TokenFault, TrustedIssuer, VerifiedToken

Key = RSAKey | ECKey | OKPKey
Keys = Mapping[str, Key]
"""An issuer's keys by their ids."""

MAX_TOKEN: Final = 16 * 1024
"""Characters of a token."""

MAX_SUBJECT: Final = 255
"""Characters of a subject, as OpenID Connect bounds it."""

SKEW: Final = Span(MINUTE)
"""How far an issuer's clock may be from ours."""

ALGORITHMS: Final[Mapping[str, type[Key]]] = {
    "RS256": RSAKey,
    "RS384": RSAKey,
    "RS512": RSAKey,
    "PS256": RSAKey,
    "PS384": RSAKey,
    "PS512": RSAKey,
    "ES256": ECKey,
    "ES384": ECKey,
    "ES512": ECKey,
    "Ed25519": OKPKey,
    "EdDSA": OKPKey,
}
"""The algorithms that are taken, each with the one kind of key that it takes: no shared secret, and not none."""

_TYPES: Final = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
_OF_ID_TOKENS: Final = ("nonce", "at_hash", "c_hash")
_NO_TOKEN: Final = RefusedToken(TokenFault.MALFORMED, "this is not a signed access token")
_REGISTRY: Final = jws.JWSRegistry(algorithms=list(ALGORITHMS))


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a token says of itself before anything is verified."""

    issuer: str
    algorithm: str
    key_id: str
    type: str


def claimed(token: str) -> Claimed | RefusedToken:
    """What it says whose it is."""
    if len(token) > MAX_TOKEN:
        return RefusedToken(TokenFault.MALFORMED, f"it is too long: more than {MAX_TOKEN} characters")
    try:
        found = jws.extract_compact(token.encode())
        header, payload = found.headers(), json.loads(found.payload)
    except (JoseError, ValueError, RecursionError):
        return _NO_TOKEN
    if not isinstance(payload, dict):
        return _NO_TOKEN
    named = [header.get("alg"), header.get("kid", ""), header.get("typ", ""), payload.get("iss")]
    if not all(isinstance(one, str) for one in named):
        return RefusedToken(TokenFault.MALFORMED, "its header or its issuer is not of the form of a token")
    return Claimed(str(named[3]), str(named[0]), str(named[1]), str(named[2]).lower())


def refused_at_sight(unverified: Claimed, issuer: TrustedIssuer) -> RefusedToken | None:
    """What needs no key to be refused."""
    if unverified.algorithm not in issuer.algorithms & ALGORITHMS.keys():
        taken = ", ".join(sorted(issuer.algorithms & ALGORITHMS.keys()))
        return RefusedToken(TokenFault.ALGORITHM, f"it must be signed by one of {taken}")
    if unverified.type not in _TYPES:
        return RefusedToken(TokenFault.TYPE, "this is not an access token")
    return None


def key_of(unverified: Claimed, keys: Keys) -> Key | None:
    """The key that it names; the only one where it names none."""
    key = keys.get(unverified.key_id)
    if key is None and not unverified.key_id and len(keys) == 1:
        [key] = keys.values()
    return key if key is not None and isinstance(key, ALGORITHMS[unverified.algorithm]) else None


def judged(token: str, key: Key, issuer: TrustedIssuer, now: Instant) -> VerifiedToken | RefusedToken:
    """Whose a token is that names this issuer and this key."""
    try:
        signed = jws.deserialize_compact(token.encode(), key, registry=_REGISTRY)
    except BadSignatureError:
        return RefusedToken(TokenFault.SIGNATURE, "its signature is wrong")
    except (JoseError, ValueError):
        return RefusedToken(TokenFault.MALFORMED, "its signature cannot be read")
    claims: dict[str, Any] = json.loads(signed.payload)
    return _refused_by_claims(claims, issuer, now) or VerifiedToken(issuer.url, claims["sub"], claims)


def _refused_by_claims(claims: Mapping[str, object], issuer: TrustedIssuer, now: Instant) -> RefusedToken | None:
    if any(claim in claims for claim in _OF_ID_TOKENS) or claims.get("typ") == "ID":
        return RefusedToken(TokenFault.TYPE, "this is an ID token; send the access token")
    if not _audiences(claims.get("aud")) & issuer.audiences:
        wanted = " or ".join(sorted(issuer.audiences))
        return RefusedToken(TokenFault.AUDIENCE, f"it is for somebody else; its audience must be {wanted}")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT:
        return RefusedToken(TokenFault.INCOMPLETE, "it names no subject")
    return _refused_by_times(claims, now)


def _audiences(found: object) -> frozenset[str]:
    every = found if isinstance(found, list) else [found]
    return frozenset(one for one in every if isinstance(one, str))


def _refused_by_times(claims: Mapping[str, object], now: Instant) -> RefusedToken | None:
    ends = _time(claims.get("exp"))
    if ends is None:
        return RefusedToken(TokenFault.INCOMPLETE, "it does not say when it expires")
    if ends <= now - SKEW:
        return RefusedToken(TokenFault.EXPIRED, f"it expired {(now - ends) // SECOND} s ago by our clock")
    for name in ("nbf", "iat"):
        begins = _time(claims.get(name, 0))
        if begins is None:
            return RefusedToken(TokenFault.INCOMPLETE, f"its {name} is not a time")
        if begins > now + SKEW:
            ahead = (begins - now) // SECOND
            return RefusedToken(TokenFault.NOT_YET_VALID, f"it is valid in {ahead} s by our clock")
    return None


def _time(found: object) -> int | None:
    """In microseconds; None for what is not a number, and for numbers that mean no time."""
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not 0 <= found < 1e11:
        return None
    return int(found * SECOND)
