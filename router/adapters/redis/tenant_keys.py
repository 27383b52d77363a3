"""Tenants' keys, wrapped, a hash a tenant: `<purpose>:<epoch>` and the wrapped key, "" once it is destroyed."""

from collections.abc import Mapping
from typing import Final

from redis.exceptions import WatchError

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.server import Pipeline
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.seal.envelope import KeyId, KeyPurpose
from router.ports.sealing import Wrapped

_PATTERN: Final = keys.tenant_key(TenantId("*"), "keys")
_BEFORE, _, _AFTER = _PATTERN.partition("*")


class KeyRepository:
    """The wrapped keys of all tenants; each is looked up under its tenant's own key."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def of(self, tenant: TenantId) -> Wrapped:
        """All of a tenant's."""
        return _read(await self._redis.ask(COMMANDS.hgetall(_key(tenant))))

    async def replace(self, tenant: TenantId, before: Wrapped, after: Wrapped) -> bool:
        """Store these in place of those; False, and nothing done, if they were changed meanwhile."""
        key, fields = _key(tenant), {_field(one): text for one, text in after.items()}

        async def replace(pipeline: Pipeline) -> bool:
            await pipeline.watch(key)
            if _read(await pipeline.hgetall(key)) != before:
                return False
            pipeline.multi()
            for gone in before.keys() - after.keys():
                pipeline.hdel(key, _field(gone))
            if fields:
                pipeline.hset(key, mapping=fields)
            await pipeline.execute()
            return True

        try:
            return await self._redis.atomically(key, replace)
        except WatchError:
            return False

    async def tenants(self) -> list[TenantId]:
        """The tenants that have any, by name."""
        found = {key async for some in self._redis.scan_everywhere(_PATTERN) for key in some}
        between = (key.removeprefix(_BEFORE).removesuffix(_AFTER) for key in found)
        return sorted(TenantId(name) for name in between if ":" not in name)

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
