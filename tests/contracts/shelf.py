"""A tenant's alert groups, moved by hand, and where they stand as far as the ports can show it."""

from typing import Final

from router.core.model.group import AlertGroup
from router.core.model.instant import MILLISECOND, NEVER, Instant
from router.core.model.operation import Lane
from router.ports.schedule import DueWork
from router.ports.state import ApplyResult
from tests.adapters.builders import ACME, NOON, POSTS, after, key_of, store, write
from tests.contracts.engines import Engine

FAR: Final = after(1_000_000)
ALL: Final = 1_000


class Shelf:
    """The groups A to F of one tenant."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.groups = engine.groups
        self.schedule = engine.schedule

    async def put(self, then: AlertGroup, *, now: Instant = NOON, lane_at: Instant = NEVER) -> AlertGroup:
        """Store the next state of a group, whatever it was; as it is then stored."""
        [before] = await self.groups.load(ACME, [then.key.group_id])
        known = before if isinstance(before, AlertGroup) else AlertGroup(then.key)
        assert await store(self.groups, [write(known, then, now=now, lane_at=lane_at)]) == [ApplyResult.OK]
        return await self.stored(then.key.group_id)

    async def stored(self, group: str) -> AlertGroup:
        """A group as it is stored."""
        [found] = await self.groups.load(ACME, [group])  # type: ignore[list-item]
        assert isinstance(found, AlertGroup)
        return found

    async def work(self) -> DueWork:
        """Everything that is due at any time."""
        return await self.schedule.due(ACME, FAR, ALL)

    async def looked_at(self, lane: Lane = POSTS) -> Instant | None:
        """When the lane is looked at next; None: never."""
        return await self._due_from(lane)

    async def due_at(self, name: str = "A") -> Instant | None:
        """When the group is looked at next; None: never."""
        return await self._due_from(key_of(name).group_id)

    async def _due_from(self, member: Lane | str) -> Instant | None:
        """The millisecond from which it is due, found by halving."""
        before, by = after(-1_000), FAR
        if not await self._is_due(member, by):
            return None
        while by - before > MILLISECOND:
            between = Instant((before + by) // 2 // MILLISECOND * MILLISECOND)
            before, by = (before, between) if await self._is_due(member, between) else (between, by)
        return by

    async def _is_due(self, member: Lane | str, now: Instant) -> bool:
        work = await self.schedule.due(ACME, now, ALL)
        return member in work.lanes or member in work.groups

    async def order(self, lane: Lane = POSTS) -> list[str]:
        """The names of a lane's groups as they come up; each is taken out to see the next."""
        names, found = {key_of(name).group_id: name for name in "ABCDEF"}, list[str]()
        while front := (await self.schedule.heads(ACME, [lane]))[0]:
            found.append(names[front[0]])
            await self.schedule.postpone(ACME, front[0], lane, FAR)
        return found
