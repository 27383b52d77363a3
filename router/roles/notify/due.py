"""Groups whose time has come, each one transition further; one round trip to read and one to write.

What was routed by an older configuration is brought up to date before anything else is decided of it. A transition
that lost a race is simply left: the group is still due, or somebody else has moved it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core import engine
from router.core.context.listing import changed_listing
from router.core.decide.policy import CallTimes, policy_for
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.core.model.phase import Held, Parked, Sending, Uncertain
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.mute.inhibition import Sources, changed_sources, unstated
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.state import ApplyResult
from router.roles.notify.asking import Asking
from router.roles.notify.doubts import Doubts
from router.roles.notify.loading import GroupLoader
from router.roles.notify.reroute import Rerouting, UpToDate
from router.roles.transitions import Change, Transitions

_BATCH: Final = 20


@dataclass(frozen=True, slots=True)
class BesideTurns:
    """Who asks what no turn waits for."""

    doubts: Doubts
    asking: Asking


@dataclass(frozen=True, slots=True)
class DueGroups:
    """The first part of a tenant's turn."""

    loader: GroupLoader
    rerouting: Rerouting
    transitions: Transitions
    beside: BesideTurns
    clock: Clock
    times: CallTimes
    metrics: Metrics
    log: structlog.stdlib.BoundLogger = field(
        default_factory=lambda: structlog.get_logger("router.due"), compare=False, init=False
    )

    async def advance(self, tenant: Tenant, due: Sequence[GroupId]) -> list[ApplyResult]:
        """Take what is due one transition further."""
        if not due:
            return []
        found = await self._up_to_date(tenant, due)
        return await self._advance(tenant, found.current)

    async def reconfigure(self, tenant: Tenant, live: Sequence[GroupId]) -> bool:
        """Bring what is live up to a new configuration, and decide again what the old one had parked or held back.

        False if some of it was changed by others meanwhile, and has to be brought up once more.
        """
        complete = True
        for start in range(0, len(live), _BATCH):
            found = await self._up_to_date(tenant, live[start : start + _BATCH])
            await self._advance(tenant, [one for one in found.current if self._is_freed(tenant, one)])
            complete &= found.complete
        return complete

    async def state_sources(self, tenant: Tenant, live: Sequence[GroupId]) -> bool:
        """What fires already inhibits and is listed by a new configuration alone; whether all of that is stored."""
        await self.loader.inhibiting.keep_rules(tenant, await self.clock.now())
        complete = True
        for start in range(0, len(live) if tenant.inhibit_rules or tenant.context.related else 0, _BATCH):
            groups = await self.loader.due(tenant.tenant_id, live[start : start + _BATCH])
            changes = [Change(tenant, unstated(one), Transition(one)) for one in groups]
            now = await self.clock.now()
            answers = await self.transitions.apply([one for one in changes if _states(one, now)], now)
            complete &= all(answer is ApplyResult.OK for answer in answers)
        return complete

    def _is_freed(self, tenant: Tenant, group: AlertGroup) -> bool:
        """Whether a new configuration may let it be sent: what was parked or held back, and what went nowhere."""
        policy = policy_for(tenant, group, self.times)
        return isinstance(group.phase, Parked | Held) or engine.awaits_destination(group, policy)

    async def _up_to_date(self, tenant: Tenant, ids: Sequence[GroupId]) -> UpToDate:
        """Those of these groups that can be read, under the tenant's configuration."""
        found = await self.rerouting.bring_up_to_date(tenant, await self.loader.due(tenant.tenant_id, ids))
        await self.loader.postpone(tenant.tenant_id, found.stuck)
        return found

    async def _advance(self, tenant: Tenant, groups: Sequence[AlertGroup]) -> list[ApplyResult]:
        sources, now = await self.loader.inhibiting.of(tenant, groups), await self.clock.now()
        self._note_lapsed(tenant, groups, now)
        wanted = [engine.to_ask(one, policy_for(tenant, one, self.times), now) for one in groups]
        changes = [
            Change(
                tenant,
                one,
                engine.ask(one, now) if asked else self._transition(tenant, one, sources.of(one), now),
                sources=sources.of(one),
            )
            for one, asked in zip(groups, wanted, strict=True)
        ]
        answers = await self.transitions.apply(changes, now)
        for change, asked, answer in zip(changes, wanted, answers, strict=True):
            if answer is ApplyResult.OK:
                self._begin_beside(change, asked)
        return answers

    def _begin_beside(self, change: Change, asked: Collection[AlertId]) -> None:
        """What the turn does not wait for: answers of Slack and of Alertmanager."""
        if isinstance(change.transition.after.phase, Uncertain) and not change.changes_nothing:
            self.beside.doubts.look(change.tenant, change.stored)
        if asked:
            self.beside.asking.begin(change.tenant, change.stored, asked)

    def _note_lapsed(self, tenant: Tenant, groups: Sequence[AlertGroup], now: Instant) -> None:
        """Calls that nobody has settled: their worker died or stalled, so what came of them is not known."""
        for one in groups:
            if isinstance(one.phase, Sending) and one.phase.lease.until <= now:
                lease, key = one.phase.lease, one.key
                self.metrics.leases_lapsed.labels(method=lease.op.method).inc()
                self.log.warning(
                    "lease_lapsed",
                    tenant=tenant.tenant_id,
                    group=key.group_id,
                    receiver=key.receiver,
                    op=lease.op,
                    notification=lease.delivery_id,
                )

    def _transition(self, tenant: Tenant, group: AlertGroup, sources: Sources, now: Instant) -> Transition:
        """The next transition; a group that is queued goes back into its lane as it is, and is tried at once."""
        decision = engine.advance(group, policy_for(tenant, group, self.times, sources), now)
        return decision if isinstance(decision, Transition) else Transition(group, lane_at=now)


def _states(change: Change, now: Instant) -> bool:
    """Whether others have something of it: what it inhibits, or what they may name."""
    tenant, before, after = change.tenant, change.before, change.transition.after
    return bool(changed_sources(tenant, before, after)) or changed_listing(tenant, before, after, now) is not None
