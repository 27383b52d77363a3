"""Stored notifications: read them, and store a transition if nobody else has stored one meanwhile.

Reads and writes are pipelined; one apply a notification. After any failure the caller reads again: what was stored
shows as a newer `rev`, and folding the same records again changes nothing.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import Any, Final

from redis.exceptions import WatchError

from router.adapters.redis import codec, keys
from router.adapters.redis.connection import Connection, due_ms, reached_ms, translated
from router.core.model.alert import Fingerprint, TenantId
from router.core.model.event import Event
from router.core.model.group import Lane, Method, Notification
from router.core.model.instant import MILLISECOND, NEVER, Instant, to_rfc3339
from router.core.model.key import GroupId, GroupKey
from router.ports import Applied, DueWork, Write

_RANK_WEIGHT: Final = 10_000_000_000_000
"""More than any age in ms, so that rank decides first."""

_SCAN_BATCH: Final = 200

_TIMES: Final = ("received_at", "decided_at", "delivered_at")
_APART: Final = frozenset({"kind", *_TIMES})


class NotificationStore:
    """The notifications of all tenants."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._client = connection.client
        self._apply = connection.script("apply")

    async def load(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[Notification | None]:
        """Whole notifications, in the order asked for."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for notification in ids:
                pipeline.hgetall(keys.notification_key(tenant, notification))
            return [codec.decode(fields) for fields in await pipeline.execute()]

    async def load_parts(
        self, wanted: Sequence[tuple[TenantId, GroupKey, Sequence[Fingerprint]]]
    ) -> list[Notification]:
        """Each notification with only the named alerts; a new one where none is stored."""
        asked = [
            (*codec.HEAD_FIELDS, *(f for fp in prints for f in codec.alert_fields(fp))) for _, _, prints in wanted
        ]
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for (tenant, key, _), fields in zip(wanted, asked, strict=True):
                pipeline.hmget(keys.notification_key(tenant, key.group_id), list(fields))
            answers = await pipeline.execute()
        found = []
        for (_, key, _), fields, values in zip(wanted, asked, answers, strict=True):
            held = {name: value for name, value in zip(fields, values, strict=True) if value is not None}
            found.append(codec.decode(held) or Notification(key))
        return found

    async def apply(self, writes: Sequence[Write]) -> list[Applied]:
        """Store each transition, whole or not at all, in one round trip."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for write in writes:
                await self._apply(keys=_keys(write), args=[_plan(write)], client=pipeline)
            return [Applied(answer) for answer in await pipeline.execute()]

    async def due(self, tenant: TenantId, now: Instant, limit: int) -> DueWork:
        """What is due by now, the oldest first."""
        with translated():
            members = await self._client.zrange(
                keys.tenant_key(tenant, "due"), "-inf", reached_ms(now), byscore=True, offset=0, num=limit
            )
        lanes = [name for member in members if (name := keys.lane_name(member)) is not None]
        single = [GroupId(member) for member in members if keys.lane_name(member) is None]
        return DueWork(tuple(single), tuple(lanes))

    async def next_due(self, tenants: Sequence[TenantId]) -> list[Instant]:
        """When each tenant has work next; NEVER for none."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for tenant in tenants:
                pipeline.zrange(keys.tenant_key(tenant, "due"), 0, 0, withscores=True)
            answers = await pipeline.execute()
        return [Instant(int(first[0][1]) * 1000) if first else NEVER for first in answers]

    async def heads(self, tenant: TenantId, lanes: Sequence[str]) -> list[GroupId | None]:
        """The first notification of each lane; None where it is empty."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for lane in lanes:
                pipeline.zrange(keys.lane_key(tenant, lane), 0, 0)
            answers = await pipeline.execute()
        return [GroupId(first[0]) if first else None for first in answers]

    async def try_lane_at(self, tenant: TenantId, lane: str, at: Instant) -> None:
        """Look at a lane again at this time; nothing happens to a lane that has become empty."""
        member = keys.lane_member(parse_lane(lane))
        with translated():
            await self._client.zadd(keys.tenant_key(tenant, "due"), {member: due_ms(at)}, xx=True)

    async def drop_from_lane(self, tenant: TenantId, lane: str, notification: GroupId | None) -> None:
        """Take what does not stand there any more out of a lane; with None the lane itself, if it is empty.

        Whoever came to stand there meanwhile stays: otherwise nobody would look at it ever again.
        """
        queue, due = keys.lane_key(tenant, lane), keys.tenant_key(tenant, "due")
        if notification is None:
            await self._remove(due, keys.lane_member(parse_lane(lane)), unless=queue)
            return
        await self._remove(queue, notification, unless=keys.notification_key(tenant, notification), lane=lane)

    async def drop_due(self, tenant: TenantId, notification: GroupId) -> None:
        """Take a notification that no longer exists off the list, unless it exists again."""
        due = keys.tenant_key(tenant, "due")
        await self._remove(due, notification, unless=keys.notification_key(tenant, notification))

    async def _remove(self, zset: str, member: str, *, unless: str, lane: str = "") -> None:
        """Remove a member unless that key exists (and, with a lane, stands in it) or changes meanwhile."""
        with translated(), suppress(WatchError):
            async with self._client.pipeline(transaction=True) as pipeline:
                await pipeline.watch(unless)
                if lane:
                    stored = codec.decode(await pipeline.hgetall(unless))
                    stands = stored is not None and str(stored.lane) == lane
                else:
                    stands = bool(await pipeline.exists(unless))
                if not stands:
                    pipeline.multi()
                    pipeline.zrem(zset, member)
                    await pipeline.execute()

    async def standing(self, tenant: TenantId) -> list[GroupId]:
        """Every live notification: what stands in `due`, whatever its time, or in a lane."""
        with translated():
            members = await self._client.zrange(keys.tenant_key(tenant, "due"), 0, -1)
            lanes = [name for member in members if (name := keys.lane_name(member)) is not None]
            pipeline = self._client.pipeline(transaction=False)
            for lane in lanes:
                pipeline.zrange(keys.lane_key(tenant, lane), 0, -1)
            queued = await pipeline.execute() if lanes else []
        single = [member for member in members if keys.lane_name(member) is None]
        return [GroupId(member) for member in dict.fromkeys([*single, *chain(*queued)])]

    async def routed(self, tenants: Sequence[TenantId]) -> list[int]:
        """The configuration by which everything live of each tenant is routed; 0 where that is not known."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for tenant in tenants:
                pipeline.get(keys.tenant_key(tenant, "routed"))
            return [int(version or 0) for version in await pipeline.execute()]

    async def note_routed(self, tenant: TenantId, version: int) -> None:
        """All that is live has been routed by this configuration."""
        with translated():
            await self._client.set(keys.tenant_key(tenant, "routed"), version)

    async def everything(self, tenant: TenantId) -> AsyncIterator[Notification]:
        """All notifications of a tenant, whole: for a person who asks, since every key of Redis is looked at."""
        prefix = keys.notification_key(tenant, GroupId(""))
        cursor, seen = 0, set[GroupId]()
        while True:
            with translated():
                cursor, found = await self._client.scan(cursor, match=f"{prefix}*", count=_SCAN_BATCH)
            fresh = {GroupId(key.removeprefix(prefix)) for key in found} - seen
            seen |= fresh
            for one in await self.load(tenant, sorted(fresh)) if fresh else ():
                if one is not None:
                    yield one
            if not cursor:
                return

    async def books(self, tenant: TenantId) -> dict[str, int]:
        """The tenant's books as they stand."""
        with translated():
            fields = await self._client.hgetall(keys.tenant_key(tenant, "books"))
        return {name: int(count) for name, count in fields.items()}

    async def count(self, tenant: TenantId, counter: str, by: int) -> None:
        """Add to a plain counter beside the books."""
        with translated():
            await self._client.hincrby(keys.tenant_key(tenant, "books"), counter, by)


def parse_lane(name: str) -> Lane:
    """A lane from its name."""
    channel, _, method = name.rpartition(":")
    return Lane(channel, Method(method))


def _keys(write: Write) -> list[str]:
    tenant = write.tenant
    own = [keys.tenant_key(tenant, name) for name in ("due", "books", "outbox")]
    checked = [keys.tenant_key(tenant, name) for name in ("epoch", "active")]
    lanes = [keys.lane_key(tenant, move.lane) for move in _moves(write)]
    return [*checked, keys.notification_key(tenant, write.before.key.group_id), *own, *lanes]


def _plan(write: Write) -> str:
    before, after = write.before, replace(write.step.after, rev=write.before.rev + 1)
    changed, gone = codec.encode_changes(before, after)
    plan: dict[str, Any] = {
        "id": before.key.group_id,
        "rev": str(before.rev) if before.rev else "",
        "config": str(write.config_version or ""),
        "set": _flat(codec.encode_head(after) | changed),
        "del": gone,
        "ttl": str(write.keep // MILLISECOND) if after.closed else "",
        "at": due_ms(after.due) if after.due != NEVER else "",
        "now": reached_ms(write.now),
        "lanes": [move.as_plan() for move in _moves(write)],
        "books": _flat(write.step.books.fields()),
        "events": [_event(write, one, write.now + number) for number, one in enumerate(write.step.events)],
    }
    return json.dumps(plan, ensure_ascii=False)


def _flat(pairs: Mapping[str, str | int]) -> list[str]:
    return [str(part) for pair in pairs.items() for part in pair]


@dataclass(frozen=True, slots=True)
class _Move:
    """What happens to one lane: the score in it ("" = out), and when to look at it ("" = as before)."""

    lane: Lane
    score: str
    at: str

    def as_plan(self) -> dict[str, str]:
        return {"member": keys.lane_member(self.lane), "score": self.score, "at": self.at}


def _moves(write: Write) -> list[_Move]:
    """The lane that the transition frees or leaves, then the one it enters."""
    before, step = write.before, write.step
    after = step.after
    asked_at = due_ms(step.lane_at) if step.lane_at != NEVER else ""
    moves = []
    ended = before.delivery.lane if before.delivery and after.delivery != before.delivery else None
    left = before.lane if before.lane != after.lane else None
    if (lane := ended or left) and lane != after.lane:
        moves.append(_Move(lane, "", asked_at or reached_ms(write.now)))
    if after.lane is not None:
        score = after.rank * _RANK_WEIGHT + after.queued_since // MILLISECOND
        freed = reached_ms(write.now) if ended == after.lane else ""
        elsewhere = ended is not None and ended != after.lane  # what limits that call does not limit this lane
        moves.append(_Move(after.lane, str(score), "" if elsewhere else asked_at or freed))
    return moves


def _event(write: Write, event: Event, sequence: int) -> str:
    """The event with an id that is unique among all tenants and grows over all lives of a notification."""
    key = write.before.key
    own = {name: value for name, value in asdict(event).items() if name not in _APART}
    times = {name: to_rfc3339(at) for name in _TIMES if (at := getattr(event, name)) != NEVER}
    body = {
        "v": 1,
        "event": event.kind,
        "id": f"{write.tenant}/{key.group_id}-{sequence}",
        "sequence": sequence,
        "tenant": write.tenant,
        "receiver": key.receiver,
        "notification": key.group_id,
        "config_version": write.step.after.config_version,
    }
    return json.dumps(body | own | times, ensure_ascii=False)
