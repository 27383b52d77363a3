"""Observations into stored alert groups: load the parts they need, merge, store, until all are in.

A transition that lost a race is read and made again. Merging the same twice changes nothing, so a crash between two
groups is repaired by doing all of it once more.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from router.core import engine
from router.core.engine import alert_ids
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupKey
from router.core.model.observation import Observations
from router.core.model.tenant import Severity, Tenant, Timing
from router.core.model.transition import Transition
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.state import ApplyResult, GroupStates, UnknownForm
from router.roles.ingest.pace import Pace
from router.roles.tenants import ActiveTenants
from router.roles.transitions import Change, Transitions

CHUNK: Final = 200
"""Alerts that one transition holds at most."""
PIECE: Final = 50
"""Alerts that are routed or folded before others may get their turn."""

Fold = Callable[[AlertGroup, Observations, Timing, Severity, Instant], Transition]


@dataclass(slots=True)
class Work:
    """What is still to be merged into one group, in order."""

    tenant: Tenant
    key: GroupKey
    timing: Timing
    seen: deque[Observations] = field(default_factory=deque)

    def add(self, seen: Observations) -> None:
        """Merge these after the others."""
        self.seen.extend(seen.chunks(PIECE))

    def next_batch(self) -> list[Observations]:
        """As many observations as one transition may hold, taken off."""
        batch: list[Observations] = []
        size = 0
        while self.seen and (not batch or size + len(self.seen[0].alerts) <= CHUNK):
            batch.append(self.seen.popleft())
            size += len(batch[-1].alerts)
        return batch

    def put_back(self, batch: Sequence[Observations]) -> None:
        """A batch that was not stored comes first again."""
        self.seen.extendleft(reversed(batch))


@dataclass(frozen=True, slots=True)
class Merged:
    """What could not be merged: tenants to be routed again, and groups that this program cannot read."""

    outdated: frozenset[TenantId] = frozenset()
    unreadable: frozenset[tuple[TenantId, GroupKey]] = frozenset()

    def plus(self, other: "Merged") -> "Merged":
        """What could not be merged in either of two steps."""
        return Merged(self.outdated | other.outdated, self.unreadable | other.unreadable)


class Merging:
    """Merges into groups as they are stored."""

    def __init__(
        self,
        tenants: ActiveTenants,
        groups: GroupStates,
        transitions: Transitions,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._tenants = tenants
        self._groups = groups
        self._transitions = transitions
        self._clock = clock
        self._metrics = metrics
        self._log = structlog.get_logger("router.merge")

    async def merge(self, work: Sequence[Work], fold: Fold = engine.fold) -> Merged:
        """Merge everything that can be.

        Raises:
            RebuildError: Redis has lost a tenant's data.
        """
        left, outdated = list(work), set[TenantId]()
        unreadable: set[tuple[TenantId, GroupKey]] = set()
        while left:
            batches = [(one, one.next_batch()) for one in left]
            readable = await self._readable(batches, unreadable)
            outdated |= await self._store(readable, fold)
            left = [one for one, _, _ in readable if one.seen and one.tenant.tenant_id not in outdated]
        return Merged(frozenset(outdated), frozenset(unreadable))

    async def _readable(
        self,
        batches: Sequence[tuple[Work, list[Observations]]],
        unreadable: set[tuple[TenantId, GroupKey]],
    ) -> list[tuple[Work, list[Observations], AlertGroup]]:
        loaded = await self._groups.load_parts([
            (one.tenant.tenant_id, one.key, alert_ids(batch)) for one, batch in batches
        ])  # fmt: skip
        readable = []
        for (one, batch), group in zip(batches, loaded, strict=True):
            if isinstance(group, UnknownForm):
                self._note_unreadable(one, group)
                unreadable.add((one.tenant.tenant_id, one.key))
            else:
                readable.append((one, batch, group))
        return readable

    async def _store(
        self, batches: Sequence[tuple[Work, list[Observations], AlertGroup]], fold: Fold
    ) -> set[TenantId]:
        """Store one transition a group; the tenants whose configuration is no longer the one they were routed by."""
        now, outdated = await self._clock.now(), set[TenantId]()
        step = _Step(fold, now, Pace())
        changes = [await step.change(one, group, batch) for one, batch, group in batches]
        answers = await self._transitions.apply_and_offer(changes, now)
        for (one, batch, _), change, answer in zip(batches, changes, answers, strict=True):
            if answer is ApplyResult.OK:
                self._metrics.alerts.inc(change.transition.entry.accepted)
                self._metrics.changes.inc(change.transition.entry.changes)
            else:
                one.put_back(batch)
                if await self._tenants.is_outdated(one.tenant.tenant_id, answer):
                    outdated.add(one.tenant.tenant_id)
        return outdated

    def _note_unreadable(self, one: Work, group: UnknownForm) -> None:
        self._log.error("group_unreadable", tenant=one.tenant.tenant_id, group=group.group, form=group.form)


@dataclass(frozen=True, slots=True)
class _Step:
    """How observations are folded: by what, when, and with turns for others in between."""

    fold: Fold
    now: Instant
    pace: Pace

    async def change(self, work: Work, group: AlertGroup, batch: Sequence[Observations]) -> Change:
        """The group with these observations."""
        transitions = list[Transition]()
        first = group if group.rev else replace(group, config_version=work.tenant.rules_version)
        for seen in batch:
            before = transitions[-1].after if transitions else first
            transitions.append(self.fold(before, seen, work.timing, work.tenant.severity, self.now))
            await self.pace.rest()
        return Change(work.tenant, group, engine.merge(transitions))
