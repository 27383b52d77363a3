"""Due times and lanes of each tenant; the script `apply` fills them with the state, here they are read and tidied."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from typing import Final

import structlog
from redis.exceptions import WatchError

from router.adapters.redis import codec, keys
from router.adapters.redis.command import COMMANDS, small
from router.adapters.redis.connection import Connection, due_at, due_ms, reached_ms
from router.adapters.redis.server import Pipeline
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import SECOND, Instant, Span
from router.core.model.key import GroupId
from router.core.model.operation import Lane
from router.core.model.phase import Queued
from router.errors import UnavailableError
from router.ports.schedule import DueWork
from router.ports.state import UnknownForm

LEFT_FOR: Final = Span(SECOND)
"""A lane of a kind that is not known here is due again so much later."""
_log: Final = structlog.get_logger("router.redis")


class RedisSchedule:
    """The schedules of all tenants."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection
        self._has_met_unknown = False

    async def due(self, tenant: TenantId, now: Instant, limit: int) -> DueWork:
        """What is due by now, the oldest first."""
        due = keys.tenant_key(tenant, "due")
        members = await self._redis.ask(
            COMMANDS.zrange(due, "-inf", reached_ms(now), byscore=True, offset=0, num=limit)
        )
        await self._leave([one for one in members if _is_unknown(one)], due, now)
        return _sorted_out(members)

    async def _leave(self, lanes: Sequence[str], due: str, now: Instant) -> None:
        """Lanes of a newer release are left to it, and out of the way for a while: nothing of them is read here."""
        for one in lanes:
            await self._redis.ask(COMMANDS.zadd(due, {one: due_ms(Instant(now + LEFT_FOR))}, xx=True))
        if lanes and not self._has_met_unknown:
            self._has_met_unknown = True
            _log.warning("lane_unknown", lane=lanes[0], remedy="a newer release serves it; go on with the upgrade")

    async def next_due(self, tenants: Sequence[TenantId]) -> list[Instant | None]:
        """When each tenant has work next, NEVER for none; None where Redis does not answer for it."""
        found = await self._redis.answered([
            COMMANDS.zrange(keys.tenant_key(tenant, "due"), 0, 0, withscores=True) for tenant in tenants
        ])  # fmt: skip
        return [None if isinstance(one, UnavailableError) else _instant(one) for one in found]

    async def heads(self, tenant: TenantId, lanes: Sequence[Lane], count: int = 1) -> list[Sequence[GroupId]]:
        """The first groups of each lane, so many of them, in its order."""
        answers = await self._redis.ask_all([
            COMMANDS.zrange(keys.lane_key(tenant, lane), 0, count - 1) for lane in lanes
        ])  # fmt: skip
        return [[GroupId(one) for one in found] for found in answers]

    async def depths(self, lanes: Sequence[tuple[TenantId, Lane]]) -> list[int]:
        """How many groups wait in each; 0 also where Redis does not answer for the tenant, but for others."""
        answers = await self._redis.answered([COMMANDS.zcard(keys.lane_key(tenant, lane)) for tenant, lane in lanes])
        return [one if isinstance(one, int) else 0 for one in answers]

    async def try_lane_at(self, tenant: TenantId, lane: Lane, at: Instant) -> None:
        """Look at a lane again at this time; nothing happens to a lane that has become empty."""
        due, nothing = keys.tenant_key(tenant, "due"), keys.tenant_key(tenant, "nothing")
        await self._redis.ask(small("ZADD", due, nothing, "XX", due_ms(at), keys.lane_member(lane)))

    async def drop_from_lane(self, tenant: TenantId, lane: Lane, group: GroupId | None) -> None:
        """Take a group that is not queued there any more out of a lane; with None the lane itself, if it is empty.

        Whoever was queued there meanwhile stays: otherwise nobody would look at it ever again.
        """
        queue = keys.lane_key(tenant, lane)
        if group is None:
            await self._remove(keys.tenant_key(tenant, "due"), keys.lane_member(lane), unless=queue)
            return
        stored_at = keys.group_key(tenant, group)

        async def drop(pipeline: Pipeline) -> None:
            await pipeline.watch(stored_at)
            stored = codec.decode(group, await pipeline.hgetall(stored_at))
            if not isinstance(stored, UnknownForm) and not _is_queued_in(stored, lane):
                pipeline.multi()
                pipeline.zrem(queue, group)
                await pipeline.execute()

        with suppress(WatchError):
            await self._redis.atomically(stored_at, drop)

    async def drop_due(self, tenant: TenantId, group: GroupId) -> None:
        """Take a group that no longer exists off the list, unless it exists again."""
        await self._remove(keys.tenant_key(tenant, "due"), group, unless=keys.group_key(tenant, group))

    async def postpone(self, tenant: TenantId, group: GroupId, lane: Lane | None, at: Instant) -> None:
        """Look at a group that cannot be read at that time, out of its lane until then.

        Who can read it finds it queued and due, and puts it back into its lane.
        """
        due = keys.tenant_key(tenant, "due")

        async def move(pipeline: Pipeline) -> None:
            if lane is not None:
                pipeline.zrem(keys.lane_key(tenant, lane), group)
            pipeline.zadd(due, {group: due_ms(at)})
            await pipeline.execute()

        await self._redis.atomically(due, move)

    async def _remove(self, zset: str, member: str, *, unless: str) -> None:
        """Remove a member unless that key exists or changes meanwhile."""

        async def remove(pipeline: Pipeline) -> None:
            await pipeline.watch(unless)
            if not await pipeline.exists(unless):
                pipeline.multi()
                pipeline.zrem(zset, member)
                await pipeline.execute()

        with suppress(WatchError):
            await self._redis.atomically(unless, remove)

    async def lanes(self, tenant: TenantId) -> list[Lane]:
        """Every lane in which a group waits."""
        return list(_sorted_out(await self._redis.ask(COMMANDS.zrange(keys.tenant_key(tenant, "due"), 0, -1))).lanes)

    async def live(self, tenant: TenantId) -> list[GroupId]:
        """Every group that is due at any time, or in a lane."""
        work = _sorted_out(await self._redis.ask(COMMANDS.zrange(keys.tenant_key(tenant, "due"), 0, -1)))
        queued = await self._redis.ask_all([
            COMMANDS.zrange(keys.lane_key(tenant, lane), 0, -1) for lane in work.lanes
        ])  # fmt: skip
        return [GroupId(member) for member in dict.fromkeys([*work.groups, *chain(*queued)])]


def _sorted_out(members: Sequence[str]) -> DueWork:
    lanes = tuple(lane for member in members if (lane := keys.lane_of(member)) is not None)
    return DueWork(tuple(GroupId(member) for member in members if not keys.is_lane(member)), lanes)


def _is_unknown(member: str) -> bool:
    return keys.is_lane(member) and keys.lane_of(member) is None


def _instant(first: Sequence[tuple[str, float]]) -> Instant:
    return due_at(first[0][1] if first else "")


def _is_queued_in(stored: object, lane: Lane) -> bool:
    return isinstance(stored, AlertGroup) and isinstance(stored.phase, Queued) and stored.phase.lane == lane
