"""Alerts that inhibit others, by key: how `apply` is to change them, and how they are read and tidied.

A member is the id of a group, a colon, and that of the alert: each group states its own alerts alone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection, due_at, due_ms, reached_ms
from router.adapters.redis.sealed import SealedTexts
from router.core.model.alert import AlertId, TenantId
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.core.model.rules.inhibit import RuleId, SourceKey, rule_of
from router.core.mute.inhibition import Source, SourceChange, Sources
from router.core.seal.names import NameOf
from router.ports.sealing import Vault
from router.ports.state import StoreTransition

_LIST: Final = "sources"
_AT_ONCE: Final = 1_000
_NO_CHANGE: Final = SourceChange()


def keys_of(one: StoreTransition, texts: SealedTexts | None = None) -> list[str]:
    """The keys of a transition that states sources, or awaits their end; none of any other."""
    wanted = _wanted(one, texts)
    pairs = [(keys.sources_key(one.tenant, key), keys.awaiting_key(one.tenant, key)) for key in wanted]
    listed = [keys.tenant_key(one.tenant, _LIST)] if wanted else []
    return [*listed, *(key for pair in pairs for key in pair)]


def plan_of(one: StoreTransition, texts: SealedTexts | None = None) -> list[dict[str, Any]]:
    """What the script does under each of these keys; with `texts` keys and alerts have their names."""
    wanted, group = _wanted(one, texts), one.before.key.group_id
    places = {key: place for place, key in enumerate(wanted, 1)}
    named = {key: named_key(key, texts) for key in (*one.awaits, *one.sources)}
    twins = {one: other for key, name in named.items() if name != key for one, other in ((key, name), (name, key))}
    awaits = {stored for key in one.awaits for stored in (key, named[key])}
    return [
        {
            "key": key,
            "until_ms": [
                part
                for alert, until in change.until.items()
                for part in (due_ms(until), _member(group, alert, texts))
            ],
            "ended": list(dict.fromkeys(_members(group, change.ended, texts))),
            "awaits": key in awaits,
            **({"twin": places[twins[key]]} if key in twins else {}),
        }
        for key, change in wanted.items()
    ]


def _member(group: GroupId, alert: AlertId, texts: SealedTexts | None) -> str:
    return f"{group}:{alert if texts is None else texts.alert(alert)}"


def _members(group: GroupId, alerts: Iterable[AlertId], texts: SealedTexts | None) -> Iterator[str]:
    """By whatever these are listed."""
    for alert in alerts:
        yield _member(group, alert, texts)
        yield _member(group, alert, None)


def named_key(key: SourceKey, texts: SealedTexts | None) -> SourceKey:
    """The key with the values of its labels as a name; its rule and side stay what they are."""
    if texts is None:
        return key
    front, _, values = key.rpartition(":")
    return SourceKey(f"{front}:{texts.key(NameOf.SOURCES, values)}")


def _wanted(one: StoreTransition, texts: SealedTexts | None) -> Mapping[SourceKey, SourceChange]:
    """By key what changes; what was stated before there were names ends under the key that it was stated under."""
    changes = {**dict.fromkeys(sorted(one.awaits), _NO_CHANGE), **one.sources}
    if texts is None:
        return changes
    named = {named_key(key, texts): change for key, change in changes.items()}
    ended = {key: SourceChange(ended=[*change.until, *change.ended]) for key, change in changes.items()}
    return {**named, **{key: change for key, change in ended.items() if key not in named}}


class RedisSources:
    """The sources of all tenants."""

    def __init__(self, connection: Connection, vault: Vault | None = None) -> None:
        self._redis = connection
        self._vault = vault

    async def latest(self, tenant: TenantId, wanted: Collection[SourceKey]) -> Sources:
        """Under each of these keys the source that counts for longest; one round trip, unless they are very many."""
        texts, sources = await self._texts(tenant), dict[SourceKey, Source]()
        asked = [pair for key in wanted for pair in {named_key(key, texts): key, key: key}.items()]
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            found = await self._redis.ask_all([
                COMMANDS.zrange(keys.sources_key(tenant, stored), -1, -1, withscores=True) for stored, _ in some
            ])  # fmt: skip
            for (_, key), last in zip(some, found, strict=True):
                if last and (key not in sources or due_at(last[0][1]) > sources[key].until):
                    sources[key] = _source(last, texts)
        return sources

    async def _texts(self, tenant: TenantId) -> SealedTexts | None:
        if self._vault is None or not self._vault.seals(tenant):
            return None
        return SealedTexts(await self._vault.keys(tenant))

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


def _source(last: Sequence[tuple[str, float]], texts: SealedTexts | None) -> Source:
    [(member, score)] = last
    alert = member.partition(":")[2]
    read = {} if texts is None else texts.readable([alert])
    return Source(read.get(alert, AlertId(alert)), due_at(score))
