"""Access tokens of OpenID Connect: whose they are, by the keys that their issuers publish."""

from collections.abc import Awaitable, Callable, Mapping

from router.adapters.oidc.keys import IssuerKeys
from router.adapters.oidc.verifying import Keys, claimed, judged, refused_at_sight
from router.core.model.instant import Instant
from router.ports.identity import RefusedToken, TokenFault, TrustedIssuer, VerifiedToken


class OidcTokens:
    """Verifies tokens; `fetch` asks an issuer for its keys, `now` is this machine's time, `steady` never steps."""

    def __init__(
        self, fetch: Callable[[str], Awaitable[Keys]], now: Callable[[], Instant], steady: Callable[[], Instant]
    ) -> None:
        self._keys = IssuerKeys(fetch, steady)
        self._now = now

    async def verify(self, token: str, trusted: Mapping[str, TrustedIssuer]) -> VerifiedToken | RefusedToken:
        """Whose the token is; an issuer that is not trusted is never asked.

        Raises:
            UnavailableError: the issuer's keys are not known, and it does not answer.
        """
        unverified = claimed(token)
        if isinstance(unverified, RefusedToken):
            return unverified
        issuer = trusted.get(unverified.issuer)
        if issuer is None:
            return RefusedToken(TokenFault.ISSUER, "its issuer is not one that is trusted here")
        refused = refused_at_sight(unverified, issuer)
        if refused is not None:
            return refused
        key = await self._keys.find(issuer.url, unverified)
        if key is None:
            return RefusedToken(TokenFault.KEY, "its issuer publishes no such key")
        return judged(token, key, issuer, self._now())
