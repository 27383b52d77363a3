"""Digests and the groups that wait for them: a digest is woken by them, and reads them just before its call."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from router.core import engine
from router.core.decide.policy import CallTimes, policy_for
from router.core.engine import Member
from router.core.model.group import AlertGroup
from router.core.model.instant import SECOND, Instant, Span
from router.core.model.key import GroupId
from router.core.model.operation import Lane, Method
from router.core.model.phase import Queued
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.ports.budget import Limiter
from router.ports.clock import Clock
from router.ports.state import ApplyResult, UnknownForm
from router.roles.notify.head import Head
from router.roles.notify.loading import GroupLoader
from router.roles.notify.reroute import Rerouting
from router.roles.transitions import Change, Transitions

MOST: Final = 500
"""Groups that one call of a digest takes in at most; more are shown by the next."""
_TOGETHER: Final = 50
_LOOK: Final = Span(SECOND)


@dataclass(frozen=True, slots=True)
class Gathering:
    """What becomes of groups that are shown by a digest."""

    loader: GroupLoader
    rerouting: Rerouting
    transitions: Transitions
    limiter: Limiter
    clock: Clock
    times: CallTimes

    async def wake(self, tenant: Tenant, lanes: Sequence[Lane]) -> list[ApplyResult]:
        """Groups wait in these lanes for their digests: let those ask for a call."""
        ids = [GroupId(lane.channel) for lane in lanes]
        found = await self.loader.groups.load(tenant.tenant_id, ids) if ids else []
        answers = list[ApplyResult]()
        for lane, digest in zip(lanes, found, strict=True):
            if isinstance(digest, AlertGroup):
                answers += await self._wake(tenant, digest)
                await self._look_again(tenant, lane, digest)
            elif digest is None:
                answers += await self._release(tenant, lane)
            else:
                await self.loader.set_aside(tenant.tenant_id, digest, None)
        return answers

    async def _wake(self, tenant: Tenant, digest: AlertGroup) -> list[ApplyResult]:
        now = await self.clock.now()
        woken = engine.wake(digest, policy_for(tenant, digest, self.times), now)
        return await self.transitions.apply([Change(tenant, digest, woken)], now) if woken else []

    async def _look_again(self, tenant: Tenant, lane: Lane, digest: AlertGroup) -> None:
        later = Instant(max(await self.clock.now() + _LOOK, digest.phase.due))
        await self.loader.schedule.try_lane_at(tenant.tenant_id, lane, later)

    async def _release(self, tenant: Tenant, lane: Lane) -> list[ApplyResult]:
        """The digest is gone: what waits for it gets messages of its own."""
        changes = list[Change]()
        async for some in self._waiting(tenant, lane):
            now = await self.clock.now()
            changes += [
                Change(tenant, one, engine.release(one, policy_for(tenant, one, self.times), now)) for one in some
            ]
        return await self.transitions.apply(changes, await self.clock.now())

    async def gather(self, tenant: Tenant, heads: Sequence[Head], workspace: str) -> list[Head]:
        """These heads, each digest among them with what it is to show; one that has changed meanwhile is left out."""
        found = [await self._gather(tenant, one, workspace) if one.group.digest else one for one in heads]
        return [one for one in found if one is not None]

    async def _gather(self, tenant: Tenant, head: Head, workspace: str) -> Head | None:
        digest, members = head.group, list[Member]()
        async for some in self._waiting(tenant, Lane(digest.key.group_id, Method.DIGEST)):
            sources = await self.loader.inhibiting.of(tenant, some)
            members += [Member(one, policy_for(tenant, one, self.times, sources.of(one))) for one in some]
        ids = [one.group.key.group_id for one in members]
        shares = await self.loader.groups.shares(tenant.tenant_id, digest, ids)
        name = f"{tenant.tenant_id}/{digest.key.group_id}"
        count, now = await self.limiter.open_digests(workspace, name), await self.clock.now()
        gathered = engine.gather(digest, members, shares, count, now)
        changes = [Change(tenant, digest, gathered.digest)]
        stored = gathered.digest == Transition(digest)
        if not stored and await self.transitions.apply(changes, now) != [ApplyResult.OK]:
            return None
        held_by = {one.group.key: one.policy.mutes.sources for one in members}
        others = [Change(tenant, group, one, sources=held_by[group.key]) for group, one in gathered.others]
        await self.transitions.apply(others, now)
        after = replace(gathered.digest.after, rev=digest.rev + (0 if stored else 1))
        return Head(head.lane, after, policy_for(tenant, after, self.times), gathered.shown)

    async def _waiting(self, tenant: Tenant, lane: Lane) -> AsyncIterator[Sequence[AlertGroup]]:
        """The groups that wait there, under the configuration that is active; all others are taken out."""
        schedule, tenant_id = self.loader.schedule, tenant.tenant_id
        [ids] = await schedule.heads(tenant_id, [lane], MOST)
        for start in range(0, len(ids), _TOGETHER):
            some = ids[start : start + _TOGETHER]
            queued = list[AlertGroup]()
            for group, one in zip(some, await self.loader.groups.load(tenant_id, some), strict=True):
                if isinstance(one, UnknownForm):
                    await self.loader.set_aside(tenant_id, one, lane)
                elif one is not None and isinstance(one.phase, Queued) and one.phase.lane == lane:
                    queued.append(one)
                else:
                    await schedule.drop_from_lane(tenant_id, lane, group)
            found = await self.rerouting.bring_up_to_date(tenant, queued)
            await self.loader.postpone(tenant_id, found.stuck)
            yield [one for one in found.current if isinstance(one.phase, Queued)]
