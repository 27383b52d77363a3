"""API keys: make, list and revoke them. Nobody makes one that may more than they do, or for longer."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final

from router.control.access.principal import Principal
from router.control.authenticating import KEY_PREFIX
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant, Span
from router.core.model.token import token_digest, token_id
from router.errors import ConfigurationError, OperationError
from router.ports.identity import ApiKey, NewKey, StoredKeys

MAX_KEYS_OF_ONE: Final = 50
"""API keys of one tenant, or of the installation, that are not revoked."""

LONGEST: Final = Span(366 * 24 * HOUR)
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A key as somebody wants it: a role for a tenant (None: all), in these networks, for so long."""

    tenant: TenantId | None
    role: str
    name: str
    networks: tuple[str, ...]
    lasts: Span


@dataclass(frozen=True, slots=True)
class KeyControl:
    """What one may do with API keys; `now` is this machine's time."""

    keys: StoredKeys
    now: Callable[[], Instant]

    async def create(self, request: KeyRequest, maker: Principal, until: Instant | None) -> tuple[str, ApiKey]:
        """A new key, which cannot be shown again; it ends at `until` at the latest, where what its maker may ends.

        Raises:
            ConfigurationError: a network is not one, or it would last too long.
            OperationError: there are as many keys as there may be.
        """
        _check(request)
        if len(await self.keys.live(request.tenant)) >= MAX_KEYS_OF_ONE:
            raise OperationError(
                f"there are {MAX_KEYS_OF_ONE} keys, the most there may be", remedy="revoke one first"
            )
        text = KEY_PREFIX + secrets.token_urlsafe(_BYTES)
        ends = Instant(self.now() + request.lasts)
        made = NewKey(
            id=token_id(text),
            tenant=request.tenant,
            name=request.name,
            role=request.role,
            networks=request.networks,
            maker=maker.identity.subject,
            maker_issuer=maker.identity.issuer,
            expires_at=ends if until is None else min(ends, until),
            digest=token_digest(text),
        )
        await self.keys.add(made)
        return text, made


def _check(request: KeyRequest) -> None:
    if not 0 < request.lasts <= LONGEST:
        raise ConfigurationError("a key lasts a year at most; choose fewer days")
    for one in request.networks:
        try:
            ip_network(one)
        except ValueError:
            raise ConfigurationError("a network is not one; write it as 10.0.0.0/8") from None
