"""Tenants' configurations as immutable documents with an active pointer, and the list of who has one.

A new version is stored before the pointer moves, so readers never see half of one. Every activation gets the next
number of one sequence; whoever remembers the last number it has seen finds what is new.
"""

from typing import Final

from redis.exceptions import WatchError

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection, translated
from router.core.alert import TenantId
from router.errors import UnavailableError
from router.ports import ActiveDocument

_KEPT: Final = 20
_ATTEMPTS: Final = 10


class TenantRepository:
    """All versions of all tenants' configurations."""

    def __init__(self, connection: Connection) -> None:
        self._client = connection.client
        self._announce = connection.script("announce")

    async def publish(self, tenant: TenantId, text: str) -> int:
        """Store the document as the next version and make it the active one; its version.

        An equal document that is active already stays as it is; it is announced again, lest the first time failed.
        """
        for _ in range(_ATTEMPTS):
            try:
                with translated():
                    return await self._publish(tenant, text)
            except _Overtaken:
                continue
        raise UnavailableError(f"Redis: the configuration of tenant {tenant!r} is being changed by others")

    async def _publish(self, tenant: TenantId, text: str) -> int:
        active_key = keys.tenant_key(tenant, "active")
        async with self._client.pipeline(transaction=True) as pipeline:
            await pipeline.watch(active_key)
            active = int(await pipeline.get(active_key) or 0)
            if active and await pipeline.get(self._config_key(tenant, active)) == text:
                version = active
            else:
                version = active + 1
            pipeline.multi()
            pipeline.setnx(keys.tenant_key(tenant, "epoch"), version)
            pipeline.set(self._config_key(tenant, version), text)
            pipeline.set(active_key, version)
            pipeline.delete(self._config_key(tenant, version - _KEPT))
            try:
                await pipeline.execute()
            except WatchError:
                raise _Overtaken from None
        await self._announce(keys=[keys.TENANTS, keys.SEQUENCE], args=[tenant])
        return version

    async def active(self, tenant: TenantId) -> ActiveDocument | None:
        """The tenant's active document; None for a tenant that has none."""
        with translated():
            version = await self._client.get(keys.tenant_key(tenant, "active"))
            text = await self._client.get(self._config_key(tenant, int(version))) if version else None
        return ActiveDocument(tenant, int(version), text) if text is not None else None

    async def changed_since(self, sequence: int) -> tuple[list[TenantId], int]:
        """Tenants activated after that number of the sequence, and the newest number."""
        with translated():
            rows = await self._client.zrange(keys.TENANTS, f"({sequence}", "+inf", byscore=True, withscores=True)
        return [TenantId(tenant) for tenant, _ in rows], max((int(score) for _, score in rows), default=sequence)

    async def is_empty(self) -> bool:
        """Whether no tenant is known at all: a new Redis, or one that has lost its data."""
        with translated():
            return bool(await self._client.zcard(keys.TENANTS) == 0)

    @staticmethod
    def _config_key(tenant: TenantId, version: int) -> str:
        return keys.tenant_key(tenant, "config", str(version))


class _Overtaken(Exception):  # noqa: N818 - not a failure, a lost race that is run again
    """Somebody else activated a version meanwhile."""
