"""The isolation policy that is in force: one that these settings keep."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from router.control.isolation.dimensions import Region, Store, Workers
from router.control.isolation.document import IsolationPolicy
from router.control.isolation.reading import Given, level_of, not_enforced, read_isolation
from router.core.model.alert import TenantId
from router.core.pool import Pool, shown_pool
from router.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Isolation:
    """A policy, as it was written and as it was read."""

    text: str
    policy: IsolationPolicy


def isolation_in_force(text: str, source: str, there: Given) -> Isolation:
    """The policy of a text; `source` is its file's name.

    Raises:
        ConfigurationError: it has mistakes, or promises what cannot be kept with what is there.
    """
    policy = read_isolation(text, source)
    if found := not_enforced(policy, text, there):
        raise ConfigurationError(*(replace(one, source=source) for one in found))
    return Isolation(text, policy)


@dataclass(frozen=True, slots=True)
class Level:
    """How far a tenant is kept apart: the level's name, and what it promises of each dimension."""

    name: str
    data: str
    budget: str
    keys: str
    topic: str
    workers: str = Workers.SHARED
    pool: str | None = None
    """The pool that its file names, as people read it; None where that is not known here."""
    store: str = Store.SHARED
    region: str = Region.ANY
    shard: int | None = None
    """How many partitions its file leaves it; None for all, or where that is not known here."""


@dataclass(frozen=True, slots=True)
class Named:
    """What the file of a tenant says of where it is served."""

    pool: Pool
    shard: int | None


class Isolating(Protocol):
    """The policy that is in force."""

    async def policy(self) -> str:
        """The policy as it was written."""

    async def level(self, tenant: TenantId) -> Level:
        """The level of a tenant."""


@dataclass(frozen=True, slots=True)
class IsolatingHere:
    """See `Isolating`; of a policy that was read here."""

    isolation: Isolation
    named: Callable[[TenantId], Awaitable[Named | None]]
    """What the file of a tenant says; None where that is not known here."""

    async def policy(self) -> str:
        """The policy as it was written."""
        return self.isolation.text

    async def level(self, tenant: TenantId) -> Level:
        """The level of a tenant, whether there is one of this name or not."""
        found = level_of(self.isolation.policy, tenant)
        named = await self.named(tenant)
        pool, shard = (None, None) if named is None else (shown_pool(named.pool), named.shard)
        apart = (found.workers, pool, found.store, found.region, shard)
        return Level(found.name, found.data, found.budget, found.keys, found.topic, *apart)
