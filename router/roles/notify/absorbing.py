"""A lane that is too long for its channel: digests take out what they are to show.

Below the threshold nothing is asked of Redis for it: whoever looks at a lane sees at its front how long it is, and a
digest that absorbs from it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core import engine
from router.core.decide.policy import CallTimes, policy_for
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import SECOND, Instant, Span
from router.core.model.key import GroupId, is_digest
from router.core.model.operation import Lane
from router.core.model.phase import Queued, Rank
from router.core.model.rules.tenant import Tenant
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.schedule import Schedule
from router.ports.state import ApplyResult, GroupStates
from router.roles.transitions import Change, Transitions

LOOK: Final = Span(SECOND)
"""A lane from which a digest absorbs is looked at again after so long."""
MOST: Final = 500
"""Groups of a lane that one look takes out at most."""
_TOGETHER: Final = 50


@dataclass(frozen=True, slots=True)
class Absorbing:
    """Takes groups out of long lanes."""

    groups: GroupStates
    schedule: Schedule
    transitions: Transitions
    clock: Clock
    times: CallTimes
    metrics: Metrics
    log: structlog.stdlib.BoundLogger = field(
        default_factory=lambda: structlog.get_logger("router.absorbing"), compare=False, init=False
    )

    async def absorb(self, tenant: Tenant, lane: Lane) -> GroupId | None:
        """Let digests take what they are to show; the first group that is left, or that digest which is to call."""
        [ids] = await self.schedule.heads(tenant.tenant_id, [lane], MOST)
        queued = await self._queued(tenant.tenant_id, lane, ids)
        taken = set[GroupId]()
        for digest in await self._digests(tenant, lane, queued):
            taken |= await self._absorb(tenant, digest, queued)
        standing = [one for one in ids if is_digest(one)]
        if standing:
            later = Instant(await self.clock.now() + LOOK)
            await self.schedule.try_lane_at(tenant.tenant_id, lane, later)
        calling = [one for one in standing if _is_queued(queued.get(one), lane)]
        left = [one for one in ids if one not in taken and one not in standing]
        return next(iter([*calling, *left]), None)

    async def _queued(self, tenant: TenantId, lane: Lane, ids: Sequence[GroupId]) -> Mapping[GroupId, AlertGroup]:
        """Digests, and the groups that wait there, in their order, up to the first that waits for a reply alone."""
        found = dict[GroupId, AlertGroup]()
        for start in range(0, len(ids), _TOGETHER):
            some = ids[start : start + _TOGETHER]
            loaded = zip(some, await self.groups.load(tenant, some), strict=True)
            found |= {group: one for group, one in loaded if isinstance(one, AlertGroup)}
            if _waits_for_a_reply(found.get(some[-1])):
                break
        return {group: one for group, one in found.items() if one.digest is not None or _is_queued(one, lane)}

    async def _digests(
        self, tenant: Tenant, lane: Lane, queued: Mapping[GroupId, AlertGroup]
    ) -> Sequence[AlertGroup]:
        """Those that absorb from this lane, and those that may have to begin."""
        standing = {group: one for group, one in queued.items() if one.digest is not None}
        waiting = Counter(one.key.receiver for one in queued.values() if one.digest is None)
        receivers = [tenant.receivers[name].posting_in(lane.channel) for name in waiting if name in tenant.receivers]
        new = [
            engine.new_digest(one)
            for one in receivers
            if one.channel == lane.channel and 0 < one.digest_above < waiting[one.name]
        ]
        missing = [one for one in new if one.key.group_id not in standing]
        loaded = await self.groups.load(tenant.tenant_id, [one.key.group_id for one in missing])
        stored = [one or first for one, first in zip(loaded, missing, strict=True)]
        return [*standing.values(), *(one for one in stored if isinstance(one, AlertGroup))]

    async def _absorb(self, tenant: Tenant, digest: AlertGroup, queued: Mapping[GroupId, AlertGroup]) -> set[GroupId]:
        """Whom the digest has taken."""
        now, policy = await self.clock.now(), policy_for(tenant, digest, self.times)
        waiting = [one for one in queued.values() if one.key.receiver == digest.key.receiver]
        absorbed = engine.absorb(digest, waiting, policy, now)
        if absorbed is None:
            return set()
        [answer] = await self.transitions.apply([Change(tenant, digest, absorbed.digest)], now)
        if answer is not ApplyResult.OK:
            return set()  # somebody else has looked, or the configuration is another one: the next look finds it
        self._note(tenant, digest, absorbed.digest.after)
        taken = await self._take([Change(tenant, group, one) for group, one in absorbed.members])
        self.metrics.digests.absorbed.inc(len(taken))
        return taken

    async def _take(self, changes: Sequence[Change]) -> set[GroupId]:
        taken = set[GroupId]()
        for start in range(0, len(changes), _TOGETHER):
            some = changes[start : start + _TOGETHER]
            answers = await self.transitions.apply(some, await self.clock.now())
            pairs = zip(some, answers, strict=True)
            taken |= {one.before.key.group_id for one, answer in pairs if answer is ApplyResult.OK}
        return taken

    def _note(self, tenant: Tenant, before: AlertGroup, after: AlertGroup) -> None:
        was, absorbs = (one.digest is not None and one.digest.lane is not None for one in (before, after))
        if was is absorbs:
            return
        event = "digest_absorbs" if absorbs else "digest_settles"
        self.log.info(event, tenant=tenant.tenant_id, receiver=after.key.receiver, group=after.key.group_id)


def _is_queued(group: AlertGroup | None, lane: Lane) -> bool:
    return group is not None and isinstance(group.phase, Queued) and group.phase.lane == lane


def _waits_for_a_reply(group: AlertGroup | None) -> bool:
    return group is not None and isinstance(group.phase, Queued) and group.phase.rank is Rank.REPLY
