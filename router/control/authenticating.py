"""Who asks, by what they show: a key of ours, or an access token of an issuer that the access document trusts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final

from router.control.access.principal import (
    Address,
    Grant,
    Identity,
    Principal,
    PrincipalKind,
    claims_of,
    texts_of,
)
from router.control.access.table import AccessTable, Issuer
from router.core.model.instant import Instant
from router.core.model.token import token_digest
from router.ports.identity import AccessTokens, ApiKey, FoundKeys, RefusedToken, TrustedIssuer, VerifiedToken

KEY_PREFIX: Final = "ark_"
_NO_KEY: Final = "the key is not known, has ended, or is for another network"


@dataclass(frozen=True, slots=True)
class NotAuthenticated:
    """Nobody that is known, and why; nothing of what was shown is repeated."""

    detail: str


@dataclass(frozen=True, slots=True)
class Authentication:
    """Finds out who asks; `now` is this machine's time."""

    tokens: AccessTokens
    keys: FoundKeys
    now: Callable[[], Instant]

    async def principal(
        self, shown: str, address: Address | None, table: AccessTable
    ) -> Principal | NotAuthenticated:
        """Who shows this from this address.

        Raises:
            UnavailableError: the record, or an issuer whose keys are not known, does not answer.
        """
        if shown.startswith(KEY_PREFIX):
            return self._of_key(await self.keys.find(token_digest(shown)), address)
        found = await self.tokens.verify(shown, _trusted(table.issuers))
        if isinstance(found, RefusedToken):
            return NotAuthenticated(f"the access token is not taken: {found.detail}")
        return _of_token(found, table.issuers[found.issuer], address)

    def _of_key(self, key: ApiKey | None, address: Address | None) -> Principal | NotAuthenticated:
        if key is None or key.expires_at <= self.now() or not _is_in(key.networks, address):
            return NotAuthenticated(_NO_KEY)
        tenants = None if key.tenant is None else frozenset({str(key.tenant)})
        return Principal(
            Identity("", key.id),
            PrincipalKind.KEY,
            address=address,
            grant=Grant(key.role, tenants),
            maker=Identity(key.maker_issuer, key.maker),
        )


def _trusted(issuers: Mapping[str, Issuer]) -> Mapping[str, TrustedIssuer]:
    return {url: TrustedIssuer(url, frozenset({one.audience}), one.algorithms) for url, one in issuers.items()}


def _of_token(found: VerifiedToken, issuer: Issuer, address: Address | None) -> Principal | NotAuthenticated:
    subject = found.claims.get(issuer.subject)
    if not isinstance(subject, str) or not subject:
        return NotAuthenticated(f"the access token has no claim {issuer.subject!r}, which names its subject")
    acr = found.claims.get("acr")
    return Principal(
        Identity(issuer.url, subject),
        issuer.kind,
        groups=texts_of(found.claims.get(issuer.groups)),
        claims=claims_of(found.claims),
        acr=acr if isinstance(acr, str) else "",
        amr=texts_of(found.claims.get("amr")),
        address=address,
    )


def _is_in(networks: tuple[str, ...], address: Address | None) -> bool:
    return not networks or (address is not None and any(address in ip_network(one) for one in networks))
