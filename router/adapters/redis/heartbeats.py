"""Heartbeats of tenants beside their groups; what was observed, and by whom, in the index."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.decide.heartbeat import HELD_FOR, Beat
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, NEVER, SECOND, Instant, Span
from router.core.pool import SHARED, Pool
from router.ports.heartbeats import Open, Taker

_DAY_S: Final = 86_400
BREAK: Final = Span(10 * SECOND)
"""After a longer break it begins again."""


class RedisHeartbeats:
    """The heartbeats of all tenants."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def note(self, seen: Mapping[TenantId, Mapping[str, Instant]]) -> None:
        """They arrived at these times; the latest counts."""
        await self._redis.ask_all([
            COMMANDS.zadd(_seen(tenant), {name: at // MILLISECOND for name, at in beats.items()}, gt=True)
            for tenant, beats in seen.items()
            if beats
        ])  # fmt: skip

    async def expect(self, tenant: TenantId, names: Sequence[str], now: Instant) -> None:
        """Wait for these from now on, where they have not arrived yet."""
        await self._redis.ask(COMMANDS.zadd(_seen(tenant), dict.fromkeys(names, now // MILLISECOND), nx=True))

    async def of(self, tenant: TenantId) -> Mapping[str, Beat]:
        """All that arrived or are expected."""
        seen, missing = await self._redis.ask_all([
            COMMANDS.zrange(_seen(tenant), 0, -1, withscores=True), COMMANDS.hgetall(_missing(tenant))
        ])  # fmt: skip
        return {name: Beat(_instant(ms), *_times(missing.get(name))) for name, ms in seen}

    async def note_missing(self, tenant: TenantId, name: str, since: Instant, now: Instant) -> None:
        """It is notified as missing since then, and was observed so now."""
        await self._redis.ask(COMMANDS.hset(_missing(tenant), name, f"{since // MILLISECOND} {now // MILLISECOND}"))

    async def note_back(self, tenant: TenantId, name: str) -> None:
        """It is not missing any more."""
        await self._redis.ask(COMMANDS.hdel(_missing(tenant), name))

    async def forget(self, tenant: TenantId, name: str) -> None:
        """It is not expected any more."""
        await self._redis.ask_all([COMMANDS.hdel(_missing(tenant), name), COMMANDS.zrem(_seen(tenant), name)])


class RedisObserving:
    """What all processes together have observed; each pool looks at the heartbeats of its own tenants."""

    def __init__(self, connection: Connection, pool: Pool = SHARED) -> None:
        self._redis = connection
        self._watcher = keys.watcher_key(pool)

    async def note_read(self, until: Mapping[str, Instant]) -> None:
        """Of these partitions all was read that was appended until then."""
        if until:
            await self._redis.ask_all([
                COMMANDS.hset(keys.READ, mapping={name: at // MILLISECOND for name, at in until.items()}),
                COMMANDS.expire(keys.READ, _DAY_S),
            ])  # fmt: skip

    async def read_until(self) -> Mapping[str, Instant]:
        """Until when each partition was read, by whichever worker."""
        found = await self._redis.ask(COMMANDS.hgetall(keys.READ))
        return {name: _instant(ms) for name, ms in found.items()}

    async def note_held(self, held: Mapping[TenantId, Instant], now: Instant) -> None:
        """Records of these tenants were held then, read and not yet folded; what is older than `HELD_FOR` goes."""
        if held:
            await self._redis.ask_all([
                COMMANDS.zadd(keys.HOLDING, {tenant: at // MILLISECOND for tenant, at in held.items()}, gt=True),
                COMMANDS.zremrangebyscore(keys.HOLDING, "-inf", f"({_held_since(now)}"),
                COMMANDS.expire(keys.HOLDING, HELD_FOR // SECOND),
            ])  # fmt: skip

    async def held(self, now: Instant) -> Collection[TenantId]:
        """The tenants of which records were held within `HELD_FOR`, by whichever worker."""
        found = await self._redis.ask(COMMANDS.zrange(keys.HOLDING, _held_since(now), "+inf", byscore=True))
        return {TenantId(name) for name in found}

    async def note_open(self, taker: Taker, now: Instant) -> None:
        """Senders can reach us now. Of two processes that note it at once either may be the last: both are right."""
        before = (await self.open()).get(taker)
        since = before.since if before is not None and now - before.until <= BREAK else now
        text = f"{since // MILLISECOND} {now // MILLISECOND}"
        await self._redis.ask_all([
            COMMANDS.hset(keys.OPEN, taker, text), COMMANDS.expire(keys.OPEN, _DAY_S)
        ])  # fmt: skip

    async def open(self) -> Mapping[Taker, Open]:
        """How long that holds, of those of whom it is known."""
        found = await self._redis.ask(COMMANDS.hgetall(keys.OPEN))
        return {taker: Open(*_times(found[taker])) for taker in Taker if taker in found}

    async def lead(self, seconds: float) -> bool:
        """Whether this process is the one that looks at heartbeats for so long."""
        return bool(await self._redis.ask(COMMANDS.set(self._watcher, "1", px=round(seconds * 1000), nx=True)))


def _seen(tenant: TenantId) -> str:
    return keys.tenant_key(tenant, "heartbeats")


def _missing(tenant: TenantId) -> str:
    return keys.tenant_key(tenant, "missing")


def _held_since(now: Instant) -> int:
    return (now - HELD_FOR) // MILLISECOND


def _instant(ms: str | float) -> Instant:
    return Instant(int(ms) * MILLISECOND)


def _times(text: str | None) -> tuple[Instant, Instant]:
    if not text:
        return NEVER, NEVER
    first, second = text.split()
    return _instant(first), _instant(second)
