"""Which tokens are believed: a table of what is refused, and an issuer whose keys change and that goes away."""

import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from joserfc.jwk import ECKey, RSAKey

from router.adapters.oidc.fetching import Fetching
from router.adapters.oidc.keys import AGAIN, FRESH, KEPT
from router.adapters.oidc.tokens import OidcTokens
from router.adapters.oidc.verifying import ALGORITHMS, MAX_SUBJECT, MAX_TOKEN
from router.core.model.instant import SECOND, Instant
from router.errors import UnavailableError
from router.ports.identity import RefusedToken, TokenFault, TrustedIssuer, VerifiedToken
from tests.bounds import tries
from tests.issuer import AUDIENCE, NOW_S, Issuer, ec_key, other_key


@dataclass
class Clock:
    """Time as a test has it."""

    now: int = NOW_S * SECOND

    def __call__(self) -> Instant:
        return Instant(self.now)


@dataclass(frozen=True)
class Verifying:
    """Tokens verified by what a real issuer publishes over HTTP."""

    issuer: Issuer
    clock: Clock
    tokens: OidcTokens

    async def __call__(self, token: str) -> VerifiedToken | RefusedToken:
        trusted = TrustedIssuer(self.issuer.url, frozenset({AUDIENCE, "other"}), frozenset(ALGORITHMS))
        return await self.tokens.verify(token, {self.issuer.url: trusted})

    async def fault(self, token: str) -> TokenFault | None:
        """Why it is refused; None for a good one."""
        found = await self(token)
        return found.fault if isinstance(found, RefusedToken) else None


@pytest.fixture
async def verify() -> AsyncIterator[Verifying]:
    issuer, clock, fetching = Issuer(), Clock(), Fetching(ssl.create_default_context())
    await issuer.start()
    yield Verifying(issuer, clock, OidcTokens(fetching.keys, clock, clock))
    await fetching.close()
    await issuer.stop()


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()


def _unsigned(issuer: Issuer) -> str:
    return f"{_part({'alg': 'none', 'kid': 'rsa-0'})}.{_part(issuer.claims())}."


def _by_public_key(issuer: Issuer) -> str:
    """Whoever takes the public key for a shared secret believes this."""
    assert isinstance(issuer.key, RSAKey)
    unverified = f"{_part({'alg': 'HS256', 'kid': 'rsa-0'})}.{_part(issuer.claims())}"
    made = hmac.new(issuer.key.as_pem(private=False), unverified.encode(), hashlib.sha256).digest()
    return f"{unverified}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def _tampered(issuer: Issuer) -> str:
    header, _, signature = issuer.token().split(".")
    return f"{header}.{_part(issuer.claims(sub='root'))}.{signature}"


def _with(**claims: Any) -> Callable[[Issuer], str]:
    return lambda issuer: issuer.token(**claims)


def _headed(**header: Any) -> Callable[[Issuer], str]:
    return lambda issuer: issuer.signed(issuer.claims(), **header)


OWN: Final = ECKey.generate_key("P-256", {"kid": "own"})
"""Whoever makes tokens for themselves has one."""

REFUSED: Final[dict[str, tuple[Callable[[Issuer], str], TokenFault]]] = {
    "tampered": (_tampered, TokenFault.SIGNATURE),
    "alg none": (_unsigned, TokenFault.ALGORITHM),
    "the public key as a shared secret": (_by_public_key, TokenFault.ALGORITHM),
    "a key of another kind than its algorithm": (
        lambda issuer: issuer.token().replace(_part({"alg": "RS256", "kid": "rsa-0", "typ": "at+jwt"}),
                                              _part({"alg": "ES256", "kid": "rsa-0", "typ": "at+jwt"})),
        TokenFault.KEY,
    ),
    "another's key under a known id": (
        lambda issuer: issuer.signed(issuer.claims(), other_key(), kid="rsa-0"), TokenFault.SIGNATURE
    ),
    "a key that is not published": (lambda issuer: issuer.signed(issuer.claims(), other_key()), TokenFault.KEY),
    "its own key in the header": (
        lambda issuer: issuer.signed(issuer.claims(), OWN, jwk=OWN.as_dict(private=False)),
        TokenFault.KEY,
    ),
    "no key named, and several published": (_headed(kid=None), TokenFault.KEY),
    "an extension that must be understood": (_headed(crit=["b64"], b64=False), TokenFault.MALFORMED),
    "another audience": (_with(aud="grafana"), TokenFault.AUDIENCE),
    "no audience": (_with(aud=None), TokenFault.AUDIENCE),
    "an audience that is not text": (_with(aud=[1, {"alert-router": 1}]), TokenFault.AUDIENCE),
    "another issuer": (_with(iss="https://elsewhere.example"), TokenFault.ISSUER),
    "an issuer like ours": (lambda issuer: issuer.token(iss=issuer.url + "/"), TokenFault.ISSUER),
    "no issuer": (_with(iss=None), TokenFault.MALFORMED),
    "expired": (_with(exp=NOW_S - 60), TokenFault.EXPIRED),
    "without an end": (_with(exp=None), TokenFault.INCOMPLETE),
    "an end that is not a number": (_with(exp="never"), TokenFault.INCOMPLETE),
    "an end that is true": (_with(exp=True), TokenFault.INCOMPLETE),
    "an end beyond all time": (_with(exp=1e300), TokenFault.INCOMPLETE),
    "not yet valid": (_with(nbf=NOW_S + 61), TokenFault.NOT_YET_VALID),
    "issued in the future": (_with(iat=NOW_S + 61), TokenFault.NOT_YET_VALID),
    "no subject": (_with(sub=None), TokenFault.INCOMPLETE),
    "an empty subject": (_with(sub=""), TokenFault.INCOMPLETE),
    "an ID token by its nonce": (_with(nonce="n"), TokenFault.TYPE),
    "an ID token by its hash": (_with(at_hash="h"), TokenFault.TYPE),
    "an ID token of Keycloak": (_with(typ="ID"), TokenFault.TYPE),
    "a logout token": (_headed(typ="logout+jwt"), TokenFault.TYPE),
    "no token": (lambda _: "ana", TokenFault.MALFORMED),
    "encrypted": (lambda _: "a.b.c.d.e", TokenFault.MALFORMED),
    "not Base64": (lambda _: "?.?.?", TokenFault.MALFORMED),
    "claims that are no object": (lambda issuer: issuer.signed([1]), TokenFault.MALFORMED),  # type: ignore[arg-type]
    "claims of any depth": (
        lambda _: f"{_part({'alg': 'RS256'})}.{base64.urlsafe_b64encode(b'[' * 9_000).decode()}.x",
        TokenFault.MALFORMED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
async def test_a_token_that_anything_is_wrong_with_is_refused_with_the_reason(verify: Verifying, case: str) -> None:
    make, fault = REFUSED[case]
    assert await verify.fault(make(verify.issuer)) == fault


@pytest.mark.parametrize("claims", [
    {},
    {"aud": ["grafana", "other"]},
    {"exp": NOW_S - 59},
    {"nbf": NOW_S + 59},
    {"iat": None},
    {"typ": "Bearer"},
])  # fmt: skip
async def test_a_good_token_is_whose_it_says(verify: Verifying, claims: dict[str, Any]) -> None:
    found = await verify(verify.issuer.token(**claims))
    assert isinstance(found, VerifiedToken)
    assert (found.issuer, found.subject) == (verify.issuer.url, "ana")


async def test_a_token_may_be_signed_by_any_published_key_of_the_kind_that_its_algorithm_takes(
    verify: Verifying,
) -> None:
    assert await verify.fault(verify.issuer.signed(verify.issuer.claims(), ec_key())) is None


async def test_an_issuer_may_be_held_to_fewer_algorithms(verify: Verifying) -> None:
    only = {verify.issuer.url: TrustedIssuer(verify.issuer.url, frozenset({AUDIENCE}), frozenset({"ES256", "HS256"}))}
    found = await verify.tokens.verify(verify.issuer.token(), only)
    assert found == RefusedToken(TokenFault.ALGORITHM, "it must be signed by one of ES256")


async def test_an_issuer_that_is_not_trusted_is_not_asked(verify: Verifying) -> None:
    await verify.tokens.verify(verify.issuer.token(), {})
    assert verify.issuer.asked == 0


async def test_a_new_key_is_asked_for_once_whatever_keys_tokens_name(verify: Verifying) -> None:
    assert await verify.fault(verify.issuer.token()) is None
    old = verify.issuer.token()
    verify.issuer.rotate()
    assert await verify.fault(verify.issuer.token()) is TokenFault.KEY  # it was asked a moment ago

    verify.clock.now += AGAIN + 1
    for _ in range(5):
        assert await verify.fault(verify.issuer.token()) is None
        assert await verify.fault(verify.issuer.signed(verify.issuer.claims(), kid="invented")) is TokenFault.KEY
    assert await verify.fault(old) is TokenFault.KEY
    assert verify.issuer.asked == 2


async def test_known_keys_go_on_while_their_issuer_is_away_for_a_day(verify: Verifying) -> None:
    await verify(verify.issuer.token())
    verify.issuer.is_away = True
    for passed in (FRESH + 1, KEPT - 1):
        verify.clock.now = NOW_S * SECOND + passed
        assert await verify.fault(verify.issuer.token(verify.clock.now // SECOND)) is None

    verify.clock.now = NOW_S * SECOND + KEPT + 1
    with pytest.raises(UnavailableError):
        await verify(verify.issuer.token(verify.clock.now // SECOND))


async def test_without_its_keys_nobody_is_believed(verify: Verifying) -> None:
    verify.issuer.is_away = True
    with pytest.raises(UnavailableError):
        await verify(verify.issuer.token())


@tries("access token")
async def test_a_longer_token_is_not_read(verify: Verifying, beyond: int) -> None:
    token = verify.issuer.token()
    padded = token + "=" * (MAX_TOKEN + beyond - len(token))
    found = await verify(padded)
    assert isinstance(found, RefusedToken)
    assert ("too long" in found.detail) is (beyond > 0)


@tries("subject of an access token")
async def test_a_longer_subject_is_none(verify: Verifying, beyond: int) -> None:
    fault = await verify.fault(verify.issuer.token(sub="s" * (MAX_SUBJECT + beyond)))
    assert fault is (TokenFault.INCOMPLETE if beyond > 0 else None)
