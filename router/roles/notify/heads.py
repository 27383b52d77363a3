"""The heads of a tenant's lanes: what is queued where it should be, under the configuration that is active."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from router.core.decide.policy import CallTimes, Policy, policy_for
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId
from router.core.model.operation import Lane
from router.core.model.phase import Queued
from router.core.model.tenant import Tenant
from router.ports.schedule import Schedule
from router.ports.state import Loaded, UnknownForm
from router.roles.just_stored import JustStored
from router.roles.notify.loading import GroupLoader
from router.roles.notify.reroute import Rerouting

NOTHING_KNOWN: Final[Mapping[Lane, GroupId | None]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Head:
    """The first group of a lane."""

    lane: Lane
    group: AlertGroup
    policy: Policy


@dataclass(frozen=True, slots=True)
class Heads:
    """Reads the heads of lanes; what is not queued there is taken out."""

    loader: GroupLoader
    schedule: Schedule
    rerouting: Rerouting
    just_stored: JustStored
    times: CallTimes

    async def read(
        self, tenant: Tenant, lanes: Sequence[Lane], known: Mapping[Lane, GroupId | None] = NOTHING_KNOWN
    ) -> list[Head]:
        """The heads of these lanes; where the head is `known` it is not asked for."""
        ids = await self._ids(tenant.tenant_id, lanes, known)
        loaded = await self._load(tenant, sorted({one for one in ids if one is not None}))
        queued = []
        for lane, group_id in zip(lanes, ids, strict=True):
            group = loaded.get(group_id) if group_id is not None else None
            if isinstance(group, AlertGroup) and isinstance(group.phase, Queued) and group.phase.lane == lane:
                queued.append(group)
            elif isinstance(group, UnknownForm):
                await self.loader.set_aside(tenant.tenant_id, group, lane)
            else:
                await self.schedule.drop_from_lane(tenant.tenant_id, lane, group_id)
        found = await self.rerouting.bring_up_to_date(tenant, queued)
        await self.loader.postpone(tenant.tenant_id, found.stuck)
        return [head for one in found.current if (head := self._head(tenant, one)) is not None]

    def _head(self, tenant: Tenant, group: AlertGroup) -> Head | None:
        if not isinstance(group.phase, Queued):
            return None
        return Head(group.phase.lane, group, policy_for(tenant, group, self.times))

    async def _ids(
        self, tenant: TenantId, lanes: Sequence[Lane], known: Mapping[Lane, GroupId | None]
    ) -> list[GroupId | None]:
        asked = [lane for lane in lanes if lane not in known]
        found = dict(zip(asked, await self.schedule.heads(tenant, asked), strict=True)) if asked else {}
        return [known[lane] if lane in known else found[lane] for lane in lanes]

    async def _load(self, tenant: Tenant, ids: Sequence[GroupId]) -> Mapping[GroupId, Loaded | None]:
        """What was just stored need not be read, unless a newer configuration has it routed again."""
        stored = self.just_stored.take(tenant.tenant_id, ids)
        known = {group: one for group, one in stored.items() if one.config_version == tenant.rules_version}
        left = [one for one in ids if one not in known]
        loaded = dict(zip(left, await self.loader.groups.load(tenant.tenant_id, left), strict=True)) if left else {}
        return {**known, **loaded}
