"""Whose turn it is: tenants by the time of their next work.

Only a hint: between a transition and its turn a process may die, so a sweep repairs it. Who takes a turn is noted in
the same step: if the worker dies with it, the others find the tenant at once among those that were served lately.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS, Command, Script, small
from router.adapters.redis.connection import Connection, due_at, due_ms, reached_ms
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.pool import Pool
from router.ports.pools import ONE_POOL, Pools

_SERVED_MS: Final = 60_000
"""As long as in the script `turn`; what is asked for is younger."""


class RedisTurns:
    """A round over the tenants with work: who is served goes to the back by the time of its next work.

    Each pool has one; turns are taken from the own one, and offered in that of the tenant.
    """

    def __init__(self, connection: Connection, pools: Pools = ONE_POOL) -> None:
        self._redis = connection
        self._pools = pools
        self._own = keys.turns_key(pools.here)
        self._turn = Script("turn")

    async def take(self, now: Instant) -> tuple[TenantId | None, Instant]:
        """The tenant whose turn it is; else None and when the next turn comes (NEVER: nobody has work)."""
        tenant, at = await self._redis.ask(self._turn.on([self._own, keys.SERVED], [reached_ms(now)]))
        return (TenantId(tenant) if tenant else None), due_at(at)

    async def offer(self, turns: Mapping[TenantId, Instant]) -> None:
        """Tenants have work at these times; an earlier turn that is known already stays."""
        by_pool: dict[Pool, list[tuple[str, TenantId]]] = {}
        for tenant, at in turns.items():
            if at != NEVER:
                by_pool.setdefault(self._pools.of(tenant), []).append((due_ms(at), tenant))
        if by_pool:
            await self._redis.ask_all([_offered(pool, known) for pool, known in by_pool.items()])

    async def note_served(self, tenants: Sequence[TenantId], now: Instant) -> None:
        """A worker serves these tenants now."""
        scored = chain.from_iterable((reached_ms(now), tenant) for tenant in tenants)
        await self._redis.ask_all([
            small("ZADD", keys.SERVED, keys.NOTHING, *scored),
            COMMANDS.pexpire(keys.SERVED, _SERVED_MS),
        ])  # fmt: skip

    async def served_since(self, at: Instant) -> list[TenantId]:
        """Who was served since then, or had a turn taken, by whichever worker; what is older is forgotten."""
        _, found = await self._redis.ask_all([
            COMMANDS.zremrangebyscore(keys.SERVED, "-inf", f"({reached_ms(at)}"),
            COMMANDS.zrange(keys.SERVED, 0, -1),
        ])  # fmt: skip
        return [TenantId(tenant) for tenant in found]


def _offered(pool: Pool, known: Sequence[tuple[str, TenantId]]) -> Command:
    return small("ZADD", keys.turns_key(pool), keys.NOTHING, "LT", *chain.from_iterable(known))
