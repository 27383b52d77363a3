"""What people look at with commands: a control API where the settings name one, else Redis."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from router.adapters.redis.activity import RedisActivity
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.memory import RedisMemory
from router.adapters.redis.silences import SilenceRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.app.ceilings import ceilings
from router.app.connections import signatures
from router.app.sealing import reading_vault
from router.app.toolbox import open_redis
from router.control.group_rows import Groups, GroupsHere
from router.control.groups import LiveGroups
from router.control.usage import Usage, Using
from router.settings import Settings


def open_groups(settings: Settings) -> AbstractAsyncContextManager[Groups]:
    """A tenant's alert groups."""
    if settings.server is None:
        return _groups_here(settings)
    from router.app.remote import RemoteGroups, open_remote

    return open_remote(settings, RemoteGroups)


def open_usage(settings: Settings) -> AbstractAsyncContextManager[Using]:
    """What a tenant uses of what is bounded."""
    if settings.server is None:
        return _usage_here(settings)
    from router.app.remote import RemoteUsage, open_remote

    return open_remote(settings, RemoteUsage)


@asynccontextmanager
async def _groups_here(settings: Settings) -> AsyncIterator[Groups]:
    async with open_redis(settings) as redis:
        tenants = TenantRepository(redis, signatures(settings))
        yield GroupsHere(LiveGroups(tenants, GroupStore(redis, reading_vault(settings, redis))))


@asynccontextmanager
async def _usage_here(settings: Settings) -> AsyncIterator[Using]:
    async with open_redis(settings) as redis:
        signed = signatures(settings)
        tenants, silences = TenantRepository(redis, signed), SilenceRepository(redis, signed)
        tokens, most = TokenRepository(redis, signed), ceilings(settings)
        yield Usage(tenants, RedisMemory(redis), silences, tokens, RedisActivity(redis), redis, most)
