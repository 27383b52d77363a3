"""A tenant's file held against the level that the isolation policy gives the tenant."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from router.config.document.tenant import TenantDocument
from router.config.lint.lint import located
from router.config.suggestion import guess, quoted
from router.control.isolation.dimensions import shard_in
from router.control.isolation.document import IsolationPolicy, LevelEntry
from router.control.isolation.reading import is_alone_in_pool, level_of
from router.core.model.alert import TenantId
from router.core.model.rules.limits import Keys
from router.core.pool import Pool
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

OthersIn = Callable[[Pool], Awaitable[Collection[TenantId]]]
"""The other tenants whose files name a pool."""


class Promise(Protocol):
    """What a tenant's file has to keep."""

    async def check(self, document: TenantDocument, text: str, source: str, others_in: OthersIn) -> None:
        """Whether it is kept; `text` is where the operator's part was written, `source` what it is called.

        Raises:
            ConfigurationError: it is not, with the place in the text.
        """


@dataclass(frozen=True, slots=True)
class Promised:
    """What a policy promises."""

    policy: IsolationPolicy

    async def check(self, document: TenantDocument, text: str, source: str, others_in: OthersIn) -> None:
        """See `Promise`."""
        level = level_of(self.policy, document.tenant)
        found = [*_broken(document, level), *await self._not_alone(document, level, others_in)]
        if found := located(found, text):
            raise ConfigurationError(*(replace(one, source=source) for one in found))

    async def _not_alone(
        self, document: TenantDocument, level: LevelEntry, others_in: OthersIn
    ) -> Sequence[Diagnostic]:
        """Others in its pool, or whose pool it is; asked for only where somebody is to be alone in one."""
        pool = document.platform.pool
        if pool is None or not any(map(is_alone_in_pool, self.policy.known.values())):
            return ()
        others = sorted(await others_in(pool))
        owner = next((one for one in others if is_alone_in_pool(level_of(self.policy, one))), None)
        if owner is not None:
            message = f"{quoted(pool)} is the pool of tenant {owner} alone, by its level; name another one"
        elif others and is_alone_in_pool(level):
            message = f"the level {quoted(level.name)} needs a pool of the tenant's own; {others[0]} is in this one"
        else:
            return ()
        return (Diagnostic(message, ("platform", "pool")),)


@dataclass(frozen=True, slots=True)
class Pooled:
    """Pools that there are, and what else has to be kept."""

    pools: tuple[Pool, ...]
    besides: Promise

    async def check(self, document: TenantDocument, text: str, source: str, others_in: OthersIn) -> None:
        """See `Promise`."""
        if found := located(_unknown_pool(document, self.pools), text):
            raise ConfigurationError(*(replace(one, source=source) for one in found))
        await self.besides.check(document, text, source, others_in)


class _Nothing:
    """Where no policy is in force."""

    async def check(self, document: TenantDocument, text: str, source: str, others_in: OthersIn) -> None:
        """See `Promise`: whatever stands there is kept."""


NO_PROMISE: Final[Promise] = _Nothing()


def _broken(document: TenantDocument, level: LevelEntry) -> Iterator[Diagnostic]:
    if level.keys is Keys.OWN and document.platform.keys is None:
        message = f"the level {quoted(level.name)} of this tenant needs `keys: own` here; add it, or change its level"
        yield Diagnostic(message, ("platform",), about_key=True)
    if is_alone_in_pool(level) and document.platform.pool is None:
        message = f"the level {quoted(level.name)} of this tenant needs `pool: NAME` here, a pool that is its alone"
        yield Diagnostic(message, ("platform",), about_key=True)
    yield from _more_than_its_shard(document, level)


def _more_than_its_shard(document: TenantDocument, level: LevelEntry) -> Iterator[Diagnostic]:
    """More partitions than the level leaves the tenant; without a word of it all."""
    most, size = shard_in(level.workers), document.platform.shard
    if most is not None and size is None:
        message = f"the level {quoted(level.name)} of this tenant needs `shard: {most}` here, or less; add it"
        yield Diagnostic(message, ("platform",), about_key=True)
    elif most is not None and size is not None and size > most:
        message = f"the level {quoted(level.name)} leaves this tenant {most} of the partitions; use at most so many"
        yield Diagnostic(message, ("platform", "shard"))


def _unknown_pool(document: TenantDocument, pools: tuple[Pool, ...]) -> Iterator[Diagnostic]:
    pool = document.platform.pool
    if pool is not None and pool not in pools:
        hint = guess(pool, pools) or "; add it to ALERT_ROUTER_KAFKA__POOLS of all roles first"
        yield Diagnostic(f"{quoted(pool)} is not among the pools{hint}", ("platform", "pool"))
