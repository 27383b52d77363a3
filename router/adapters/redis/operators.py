"""What operators are to be shown, and the messages that show it, in the index.

A trouble is a member of its kind's sorted set, by when it was met last, and a field of a hash, by how often.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from redis.exceptions import WatchError

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.server import Pipeline
from router.core.model.group import MessageRef
from router.core.model.instant import MILLISECOND, NEVER, Instant, Span
from router.core.operators.notice import Notice, Phase, Reply
from router.core.operators.troubles import Kind, Tally, Trouble, others
from router.ports.operators import Noted

MAX_TROUBLES: Final = 1000
"""Troubles of a kind that are told apart; beyond, what is new is counted together."""
_TTL_S: Final = 86_400
_MESSAGES_TTL_S: Final = 30 * 86_400
_LEFT_TO_OTHERS: Final = Notice(not_before=Instant(2**53))
"""A newer program has written it."""


class RedisTroubles:
    """What all processes have noted."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def note(self, noted: Noted, now: Instant) -> None:
        """It was met just now; what has ended goes."""
        full = await self._full()
        met = {one: others(one.kind) if one.kind in full else one for one in (*noted.begun, *noted.counts)}
        at = now // MILLISECOND
        await self._redis.ask_all([
            *(COMMANDS.zrem(_met(one.kind), _member(one)) for one in noted.ended),
            *(COMMANDS.zadd(_met(one.kind), {_member(one): at}) for one in met.values()),
            *(COMMANDS.hincrby(_counts(one.kind), _member(met[one]), times) for one, times in noted.counts.items()),
            *(COMMANDS.expire(_met(kind), _TTL_S) for kind in {one.kind for one in met}),
            *(COMMANDS.expire(_counts(kind), _TTL_S) for kind in {one.kind for one in noted.counts}),
        ])  # fmt: skip

    async def _full(self) -> set[Kind]:
        kinds = list(Kind)
        sizes = await self._redis.ask_all([COMMANDS.zcard(_met(kind)) for kind in kinds])
        return {kind for kind, size in zip(kinds, sizes, strict=True) if size >= MAX_TROUBLES}

    async def all(self) -> Mapping[Kind, Sequence[Tally]]:
        """All that is not forgotten, of each kind the latest last."""
        kinds = list(Kind)
        found = await self._redis.ask_all([
            one
            for kind in kinds
            for one in (COMMANDS.zrange(_met(kind), 0, -1, withscores=True), COMMANDS.hgetall(_counts(kind)))
        ])  # fmt: skip
        return {
            kind: [_tally(kind, member, ms, counts) for member, ms in met]
            for kind, met, counts in zip(kinds, found[::2], found[1::2], strict=True)
        }

    async def forget(self, kind: Kind, troubles: Collection[Trouble], before: Instant) -> None:
        """What was met again meanwhile stays, and is counted from there."""
        if troubles:
            await self._redis.ask_all([
                COMMANDS.zremrangebyscore(_met(kind), "-inf", f"({before // MILLISECOND}"),
                COMMANDS.hdel(_counts(kind), *map(_member, troubles)),
            ])  # fmt: skip


class RedisOperatorMessages:
    """The messages in one channel; another channel has its own."""

    def __init__(self, connection: Connection, channel: str) -> None:
        self._redis = connection
        self._key = keys.index_key("operators", channel)

    async def all(self) -> Mapping[Kind, Notice]:
        """What is stored."""
        found = await self._redis.ask(COMMANDS.hgetall(self._key))
        return {kind: _read(found[kind]) for kind in Kind if kind in found}

    async def claim(self, kind: Kind, who: str, span: Span) -> bool:
        """Whether nobody else works at it."""
        return bool(await self._redis.ask(COMMANDS.set(self._claim(kind), who, px=span // MILLISECOND, nx=True)))

    async def keep(self, kind: Kind, who: str, notice: Notice) -> bool:
        """Store it while the claim holds."""

        def write(pipeline: Pipeline) -> None:
            pipeline.hset(self._key, kind, _written(notice))
            pipeline.expire(self._key, _MESSAGES_TTL_S)

        return await self._while_claimed(kind, who, write)

    async def release(self, kind: Kind, who: str) -> None:
        """Others may work at it, unless they do already."""
        await self._while_claimed(kind, who, lambda pipeline: pipeline.delete(self._claim(kind)))

    async def _while_claimed(self, kind: Kind, who: str, write: Any) -> bool:  # noqa: ANN401 - redis-py's own types
        async def work(pipeline: Pipeline) -> bool:
            await pipeline.watch(self._claim(kind))
            if await pipeline.get(self._claim(kind)) != who:
                return False
            pipeline.multi()
            write(pipeline)
            await pipeline.execute()
            return True

        try:
            return await self._redis.atomically(self._key, work)
        except WatchError:
            return False

    def _claim(self, kind: Kind) -> str:
        return f"{self._key}:{kind}"


def _met(kind: Kind) -> str:
    return keys.index_key("troubles", kind)


def _counts(kind: Kind) -> str:
    return keys.index_key("trouble-counts", kind)


def _member(one: Trouble) -> str:
    return json.dumps([one.tenant, one.reason, one.place])


def _tally(kind: Kind, member: str, ms: float, counts: Mapping[str, str]) -> Tally:
    at = Instant(int(ms) * MILLISECOND)
    return Tally(Trouble(kind, *json.loads(member)), int(counts.get(member, 1)), at)


def _written(notice: Notice) -> str:
    message = (notice.message.channel, notice.message.ts) if notice.message else None
    return json.dumps(
        {
            "phase": notice.phase,
            "message": message,
            "began": notice.began,
            "changed_at": notice.changed_at,
            "not_before": notice.not_before,
            "shown": notice.shown,
            "owed": notice.owed,
            "delivery_id": notice.delivery_id,
            "announced": notice.announced,
            "announced_at": notice.announced_at,
        }
    )


def _read(text: str) -> Notice:
    found = json.loads(text)
    try:
        return Notice(
            phase=Phase(found["phase"]),
            message=MessageRef(*found["message"]) if found["message"] else None,
            began=Instant(found["began"]),
            changed_at=Instant(found["changed_at"]),
            not_before=Instant(found["not_before"]),
            shown=found["shown"],
            owed=Reply(found["owed"]) if found["owed"] else None,
            delivery_id=found["delivery_id"],
            announced=found.get("announced", 0),
            announced_at=Instant(found.get("announced_at", NEVER)),
        )
    except (KeyError, ValueError):
        return _LEFT_TO_OTHERS
