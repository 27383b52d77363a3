"""The contexts of traces that alert groups wait with: a short list a group, which goes by itself after an hour."""

from collections.abc import Mapping, Sequence
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.model.alert import TenantId
from router.core.model.key import GroupId
from router.ports.tracing import MAX_CONTEXTS

_KEPT_S: Final = 3_600


class RedisTraceContexts:
    """Those of all groups."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def note(self, tenant: TenantId, contexts: Mapping[GroupId, Sequence[str]]) -> None:
        """Keep these for each group, behind those that are kept; beyond `MAX_CONTEXTS` the last are dropped."""
        commands = []
        for group, some in contexts.items():
            key = keys.trace_key(tenant, group)
            commands += [
                COMMANDS.rpush(key, *some),
                COMMANDS.ltrim(key, 0, MAX_CONTEXTS - 1),
                COMMANDS.expire(key, _KEPT_S),
            ]
        await self._redis.ask_all(commands)

    async def find(self, tenant: TenantId, groups: Sequence[GroupId]) -> list[Sequence[str]]:
        """Those of each group, the oldest first."""
        return await self._redis.ask_all([COMMANDS.lrange(keys.trace_key(tenant, one), 0, -1) for one in groups])

    async def forget(self, tenant: TenantId, contexts: Mapping[GroupId, int]) -> None:
        """Forget the first so many of each group."""
        shown = contexts.items()
        await self._redis.ask_all(
            [COMMANDS.ltrim(keys.trace_key(tenant, group), count, -1) for group, count in shown]
        )
