"""The heads of a tenant's lanes: what is queued where it should be, under the configuration that is active."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from router.core.decide.policy import CallTimes, policy_for
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId, is_digest
from router.core.model.operation import Lane, Method
from router.core.model.phase import Queued
from router.core.model.rules.tenant import Tenant
from router.core.mute.inhibition import Sources
from router.ports.state import ApplyResult, Loaded, UnknownForm
from router.roles.just_stored import JustStored
from router.roles.notify.absorbing import Absorbing
from router.roles.notify.around import Around
from router.roles.notify.gathering import Gathering
from router.roles.notify.head import Head
from router.roles.notify.loading import GroupLoader
from router.roles.notify.reroute import Rerouting

NOTHING_KNOWN: Final[Mapping[Lane, Sequence[GroupId]]] = MappingProxyType({})


def looked_at(tenant: Tenant) -> int:
    """How many groups at the front of a lane show whether it is longer than the threshold of a digest."""
    return tenant.digest_looks[1] + 1


@dataclass(frozen=True, slots=True)
class Heads:
    """Reads the heads of lanes; what is not queued there is taken out. `around` knows what is shown beside them."""

    loader: GroupLoader
    rerouting: Rerouting
    absorbing: Absorbing
    gathering: Gathering
    just_stored: JustStored
    times: CallTimes
    around: Around

    async def read(
        self, tenant: Tenant, lanes: Sequence[Lane], known: Mapping[Lane, Sequence[GroupId]] = NOTHING_KNOWN
    ) -> list[Head]:
        """The heads of these lanes; where it is `known` who is at the front, that is not asked for."""
        ids = await self._ids(tenant, lanes, known)
        loaded = await self._load(tenant, sorted({one for one in ids if one is not None}))
        queued = []
        for lane, group_id in zip(lanes, ids, strict=True):
            group = loaded.get(group_id) if group_id is not None else None
            if isinstance(group, AlertGroup) and isinstance(group.phase, Queued) and group.phase.lane == lane:
                queued.append(group)
            elif isinstance(group, UnknownForm):
                await self.loader.set_aside(tenant.tenant_id, group, lane)
            else:
                await self.loader.schedule.drop_from_lane(tenant.tenant_id, lane, group_id)
        found = await self.rerouting.bring_up_to_date(tenant, queued)
        await self.loader.postpone(tenant.tenant_id, found.stuck)
        sources = await self.loader.inhibiting.of(tenant, found.current)
        heads = (self._head(tenant, one, sources.of(one)) for one in found.current)
        return [head for head in heads if head is not None]

    async def wake(self, tenant: Tenant, lanes: Sequence[Lane]) -> list[ApplyResult]:
        """Let the digests for which groups wait in these lanes ask for a call."""
        return await self.gathering.wake(tenant, lanes)

    async def gather(self, tenant: Tenant, heads: Sequence[Head], workspace: str) -> list[Head]:
        """These heads, each digest among them with what it is to show."""
        return await self.gathering.gather(tenant, heads, workspace)

    def _head(self, tenant: Tenant, group: AlertGroup, sources: Sources) -> Head | None:
        if not isinstance(group.phase, Queued):
            return None
        return Head(group.phase.lane, group, policy_for(tenant, group, self.times, sources))

    async def _ids(
        self, tenant: Tenant, lanes: Sequence[Lane], known: Mapping[Lane, Sequence[GroupId]]
    ) -> list[GroupId | None]:
        asked, count = [lane for lane in lanes if lane not in known], looked_at(tenant)
        found = await self.loader.schedule.heads(tenant.tenant_id, asked, count) if asked else []
        fronts = {**known, **dict(zip(asked, found, strict=True))}
        return [await self._head_of(tenant, lane, fronts[lane]) for lane in lanes]

    async def _head_of(self, tenant: Tenant, lane: Lane, front: Sequence[GroupId]) -> GroupId | None:
        """The first of a lane, once a digest has taken out what it is to show."""
        is_long = 0 < tenant.digest_looks[0] < len(front)
        if lane.method is Method.POST and (is_long or any(map(is_digest, front))):
            return await self.absorbing.absorb(tenant, lane)
        return front[0] if front else None

    async def _load(self, tenant: Tenant, ids: Sequence[GroupId]) -> Mapping[GroupId, Loaded | None]:
        """What was just stored need not be read, unless a newer configuration has it routed again."""
        stored = self.just_stored.take(tenant.tenant_id, ids)
        known = {group: one for group, one in stored.items() if one.config_version == tenant.rules_version}
        left = [one for one in ids if one not in known]
        loaded = dict(zip(left, await self.loader.groups.load(tenant.tenant_id, left), strict=True)) if left else {}
        return {**known, **loaded}
