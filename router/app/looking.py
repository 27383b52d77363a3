"""What people look at with commands: a control API where the settings name one, else Redis and files."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from router.adapters.redis.groups import GroupStore
from router.adapters.redis.whereabouts import TenantsHere
from router.app.connections import signatures
from router.app.isolation_file import isolation_of
from router.app.sealing import reading_vault
from router.app.toolbox import open_redis
from router.app.usage import usage_of
from router.config.stored import pool_of, shard_size_of
from router.control.group_rows import Groups, GroupsHere
from router.control.groups import LiveGroups
from router.control.isolation.in_force import Isolating, IsolatingHere, Named
from router.control.proposal_rows import DecidingProposals
from router.control.usage import Using
from router.core.model.alert import TenantId
from router.errors import ConfigurationError
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


def open_isolation(settings: Settings) -> AbstractAsyncContextManager[Isolating]:
    """The isolation policy that is in force."""
    if settings.server is None:
        return _isolation_here(settings)
    from router.app.remote import RemoteIsolation, open_remote

    return open_remote(settings, RemoteIsolation)


def open_proposals(settings: Settings) -> AbstractAsyncContextManager[DecidingProposals]:
    """Proposals, which a control API alone decides: it knows who asks.

    Raises:
        ConfigurationError: no control API is named.
    """
    if settings.server is None:
        raise ConfigurationError(
            "who decides a proposal is known by a control API alone: name one with --server or ALERT_ROUTER_SERVER"
        )
    from router.app.remote import RemoteProposals, open_remote

    return open_remote(settings, RemoteProposals)


@asynccontextmanager
async def _isolation_here(settings: Settings) -> AsyncIterator[Isolating]:
    found = isolation_of(settings)
    if found is None:
        raise ConfigurationError("no policy is in force here: ALERT_ROUTER_CONTROL__ISOLATION_FILE is not set")
    if settings.redis.url is None:
        yield IsolatingHere(found, _unknown)
        return
    async with open_redis(settings) as redis:
        tenants = TenantsHere(redis, signatures(settings))

        async def named(tenant: TenantId) -> Named | None:
            active = await tenants.active(tenant)
            return None if active is None else Named(pool_of(active.text), shard_size_of(active.text))

        yield IsolatingHere(found, named)


async def _unknown(_: TenantId) -> None:
    """Where no engine is configured."""


@asynccontextmanager
async def _groups_here(settings: Settings) -> AsyncIterator[Groups]:
    async with open_redis(settings) as redis:
        tenants = TenantsHere(redis, signatures(settings))
        yield GroupsHere(LiveGroups(tenants, GroupStore(redis, reading_vault(settings, redis))))


@asynccontextmanager
async def _usage_here(settings: Settings) -> AsyncIterator[Using]:
    async with open_redis(settings) as redis:
        yield usage_of(settings, redis)
