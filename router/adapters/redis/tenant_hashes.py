"""A hash a tenant that is read whole, and replaced only by whoever knows what it holds."""

from collections.abc import Callable, Collection, Mapping

from redis.exceptions import WatchError

from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.server import Pipeline
from router.core.model.alert import TenantId

KeyOf = Callable[[TenantId], str]
"""The key of a tenant's hash."""
Fields = Mapping[str, str]


class TenantHashes:
    """The hashes of one kind."""

    def __init__(self, connection: Connection, key_of: KeyOf) -> None:
        self._redis = connection
        self._key_of = key_of
        self._pattern = key_of(TenantId("*"))

    async def of(self, tenant: TenantId) -> Fields:
        """All fields of a tenant's; none where it has no hash."""
        found: Fields = await self._redis.ask(COMMANDS.hgetall(self._key_of(tenant)))
        return found

    async def replace(
        self, tenant: TenantId, is_unchanged: Callable[[Fields], bool], fields: Fields, gone: Collection[str]
    ) -> bool:
        """Set these fields and delete those; False, and nothing done, if what is stored is not as it was."""
        key = self._key_of(tenant)

        async def replace(pipeline: Pipeline) -> bool:
            await pipeline.watch(key)
            if not is_unchanged(await pipeline.hgetall(key)):
                return False
            pipeline.multi()
            for one in gone:
                pipeline.hdel(key, one)
            if fields:
                pipeline.hset(key, mapping=fields)
            await pipeline.execute()
            return True

        try:
            return await self._redis.atomically(key, replace)
        except WatchError:
            return False

    async def tenants(self) -> list[TenantId]:
        """The tenants that have one, by name."""
        before, _, after = self._pattern.partition("*")
        found = {key async for some in self._redis.scan_everywhere(self._pattern) for key in some}
        between = (key.removeprefix(before).removesuffix(after) for key in found)
        return sorted(TenantId(name) for name in between if ":" not in name)
