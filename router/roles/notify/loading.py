"""Groups of a tenant as they are stored; what is no longer there or cannot be read is taken off the schedule."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId
from router.core.model.operation import Lane
from router.core.model.phase import Queued
from router.ports.clock import Clock
from router.ports.schedule import Schedule
from router.ports.state import GroupStates, UnknownForm
from router.roles.inhibiting import Inhibiting
from router.roles.notify.unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class GroupLoader:
    """Loads groups that are due or at the head of a lane."""

    groups: GroupStates
    schedule: Schedule
    inhibiting: Inhibiting
    clock: Clock
    unreadable: Unreadable = field(default_factory=Unreadable)
    log: structlog.stdlib.BoundLogger = field(
        default_factory=lambda: structlog.get_logger("router.loading"), compare=False
    )

    async def due(self, tenant: TenantId, ids: Sequence[GroupId]) -> list[AlertGroup]:
        """The groups that are there and can be read."""
        readable = []
        for group, one in zip(ids, await self.groups.load(tenant, ids), strict=True):
            if isinstance(one, AlertGroup):
                readable.append(one)
            elif one is None:
                await self.schedule.drop_due(tenant, group)
            else:
                await self.set_aside(tenant, one, None)
        return readable

    async def set_aside(self, tenant: TenantId, group: UnknownForm, lane: Lane | None) -> None:
        """Leave a group that cannot be read as it is, and out of everybody's way for a while."""
        later, is_news = self.unreadable.next_look((tenant, group.group), group.rev, await self.clock.now())
        if is_news:
            self.log.error("group_unreadable", tenant=tenant, group=group.group, form=group.form)
        await self.schedule.postpone(tenant, group.group, lane, later)

    async def postpone(self, tenant: TenantId, groups: Sequence[AlertGroup]) -> None:
        """Leave groups that depend on one that cannot be read for a while, out of their lanes."""
        for one in groups:
            lane = one.phase.lane if isinstance(one.phase, Queued) else None
            later, _ = self.unreadable.next_look((tenant, one.key.group_id), str(one.rev), await self.clock.now())
            await self.schedule.postpone(tenant, one.key.group_id, lane, later)
