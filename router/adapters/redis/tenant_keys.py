"""Tenants' keys, wrapped, a hash a tenant: `<purpose>:<epoch>` and the wrapped key, "" once it is destroyed."""

from collections.abc import Mapping

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.tenant_hashes import TenantHashes
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.seal.envelope import KeyId, KeyPurpose
from router.ports.sealing import Wrapped


class KeyRepository:
    """The wrapped keys of all tenants; each is looked up under its tenant's own key."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection
        self._hashes = TenantHashes(connection, _key)

    async def of(self, tenant: TenantId) -> Wrapped:
        """All of a tenant's."""
        return _read(await self._hashes.of(tenant))

    async def replace(self, tenant: TenantId, before: Wrapped, after: Wrapped) -> bool:
        """Store these in place of those; False, and nothing done, if they were changed meanwhile."""
        fields = {_field(one): text for one, text in after.items()}
        gone = [_field(one) for one in before.keys() - after.keys()]
        return await self._hashes.replace(tenant, lambda stored: _read(stored) == before, fields, gone)

    async def put(self, tenant: TenantId, wrapped: Wrapped) -> None:
        """Store these besides the others, or in their place, whatever is there."""
        await self._redis.ask(
            COMMANDS.hset(_key(tenant), mapping={_field(one): text for one, text in wrapped.items()})
        )

    async def tenants(self) -> list[TenantId]:
        """The tenants that have any, by name."""
        return await self._hashes.tenants()

    async def now(self) -> Instant:
        """Redis' time."""
        return await self._redis.now()


def _key(tenant: TenantId) -> str:
    return keys.tenant_key(tenant, "keys")


def _field(key: KeyId) -> str:
    return f"{key.purpose}:{key.epoch}"


def _read(fields: Mapping[str, str]) -> dict[KeyId, str]:
    """The keys that are known here; those of a later release stay where they are until somebody writes."""
    found = dict[KeyId, str]()
    for field, text in fields.items():
        purpose, _, epoch = field.partition(":")
        if purpose in set(KeyPurpose) and epoch.isascii() and epoch.isdecimal():
            found[KeyId(KeyPurpose(purpose), int(epoch))] = text
    return found
