"""Tenants' secrets as sealed texts, a hash a tenant, with a manifest. A copy of Redis is useless without the key."""

from collections.abc import Mapping
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.tenant_hashes import TenantHashes
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.model.rules.names import SecretName
from router.ports.record import Permit, anybody
from router.ports.secrets import SealedSecrets

_MANIFEST: Final = ":manifest"
"""A field beside the secrets, so that both are read and written at once; no secret has a colon in its name."""


class SecretRepository:
    """All sealed texts of all tenants; each is looked up under its tenant's own key."""

    def __init__(self, connection: Connection, permit: Permit = anybody) -> None:
        self._redis = connection
        self._hashes = TenantHashes(connection, _key)
        self._permit = permit

    async def of(self, tenant: TenantId) -> SealedSecrets:
        """All of a tenant's, as they are at one moment; texts in the order of their names."""
        return _read(await self._hashes.of(tenant))

    async def replace(self, tenant: TenantId, before: SealedSecrets, after: SealedSecrets) -> bool:
        """Store these in place of those; False, and nothing done, if they were changed meanwhile."""
        await self._permit(tenant)
        fields = _fields(after)
        gone = _fields(before).keys() - fields.keys()
        return await self._hashes.replace(tenant, lambda stored: _read(stored) == before, fields, gone)

    async def tenants(self) -> list[TenantId]:
        """Who has secrets, in order; also tenants whose configuration was not applied yet."""
        return await self._hashes.tenants()

    async def now(self) -> Instant:
        """Redis' time."""
        return await self._redis.now()


def _key(tenant: TenantId) -> str:
    return keys.tenant_key(tenant, "secrets")


def _read(rows: Mapping[str, str]) -> SealedSecrets:
    texts = {SecretName(name): rows[name] for name in sorted(rows) if name != _MANIFEST}
    return SealedSecrets(texts, rows.get(_MANIFEST, ""))


def _fields(secrets: SealedSecrets) -> dict[str, str]:
    manifest = {_MANIFEST: secrets.manifest} if secrets.manifest else {}
    return {**{str(name): text for name, text in secrets.texts.items()}, **manifest}
