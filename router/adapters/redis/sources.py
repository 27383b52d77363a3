"""Alerts that inhibit others, by key: how `apply` is to change them, and how they are read and tidied.

A member is the id of a group, a colon, and that of the alert: each group states its own alerts alone.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection, due_at, due_ms, reached_ms
from router.core.model.alert import AlertId, TenantId
from router.core.model.instant import Instant
from router.core.model.rules.inhibit import RuleId, SourceKey, rule_of
from router.core.mute.inhibition import Source, SourceChange, Sources
from router.ports.state import StoreTransition

_LIST: Final = "sources"
_AT_ONCE: Final = 1_000
_NO_CHANGE: Final = SourceChange()


def keys_of(one: StoreTransition) -> list[str]:
    """The keys of a transition that states sources, or awaits their end; none of any other."""
    wanted = _wanted(one)
    pairs = [(keys.sources_key(one.tenant, key), keys.awaiting_key(one.tenant, key)) for key in wanted]
    listed = [keys.tenant_key(one.tenant, _LIST)] if wanted else []
    return [*listed, *(key for pair in pairs for key in pair)]


def plan_of(one: StoreTransition) -> list[dict[str, Any]]:
    """What the script does under each of these keys."""
    group = one.before.key.group_id
    return [
        {
            "key": key,
            "until_ms": [
                part for alert, until in change.until.items() for part in (due_ms(until), f"{group}:{alert}")
            ],
            "ended": [f"{group}:{alert}" for alert in change.ended],
            "awaits": key in one.awaits,
        }
        for key, change in _wanted(one).items()
    ]


def _wanted(one: StoreTransition) -> Mapping[SourceKey, SourceChange]:
    return {**dict.fromkeys(sorted(one.awaits), _NO_CHANGE), **one.sources}


class RedisSources:
    """The sources of all tenants."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def latest(self, tenant: TenantId, wanted: Collection[SourceKey]) -> Sources:
        """Under each of these keys the source that counts for longest; one round trip, unless they are very many."""
        asked, sources = list(wanted), dict[SourceKey, Source]()
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            found = await self._redis.ask_all([
                COMMANDS.zrange(keys.sources_key(tenant, key), -1, -1, withscores=True) for key in some
            ])  # fmt: skip
            sources |= {key: _source(last) for key, last in zip(some, found, strict=True) if last}
        return sources

    async def keep_only(self, tenant: TenantId, rules: Collection[RuleId], now: Instant) -> None:
        """Forget the sources of all other rules, and look now at the groups that wait for their end."""
        listed = keys.tenant_key(tenant, _LIST)
        known = await self._redis.ask(COMMANDS.zrange(listed, 0, -1))
        gone = [SourceKey(key) for key in known if rule_of(SourceKey(key)) not in rules]
        if not gone:
            return
        await self._redis.ask_all([COMMANDS.delete(keys.sources_key(tenant, key)) for key in gone])
        waiting = await self._redis.ask_all([
            COMMANDS.execute_command("SMEMBERS", keys.awaiting_key(tenant, key)) for key in gone
        ])  # fmt: skip
        due = dict.fromkeys((group for groups in waiting for group in groups), reached_ms(now))
        if due:
            await self._redis.ask(COMMANDS.zadd(keys.tenant_key(tenant, "due"), due, xx=True))
        await self._redis.ask_all([COMMANDS.delete(keys.awaiting_key(tenant, key)) for key in gone])
        await self._redis.ask(COMMANDS.zrem(listed, *gone))


def _source(last: Sequence[tuple[str, float]]) -> Source:
    [(member, score)] = last
    return Source(AlertId(member.partition(":")[2]), due_at(score))
