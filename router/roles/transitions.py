"""The one place that stores transitions, and offers turns for what they leave to do.

A turn is a hint that the sweep repairs, so one that cannot be offered never makes a stored transition look as if it
had not been stored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import structlog

from router.core.context.episodes import EndedEpisode, ended
from router.core.context.listing import changed_listing
from router.core.decide.policy import kept_for
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, NEVER, Instant, Span, earliest
from router.core.model.key import GroupId
from router.core.model.phase import Queued
from router.core.model.rules.limits import Caps
from router.core.model.rules.metric import Counts
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.mute.inhibition import Sources, changed_sources
from router.core.render.redaction import without_redacted
from router.errors import UnavailableError
from router.observe.metrics import Metrics
from router.ports.schedule import Turns
from router.ports.state import ApplyResult, GroupStates, NextDue, StoreTransition
from router.ports.tracing import TraceContexts
from router.roles.just_stored import JustStored
from router.roles.waits import Waits

HISTORY: Final = Span(30 * 24 * HOUR)
"""For how long episodes are kept, where nothing else is set."""


@dataclass(frozen=True, slots=True)
class Change:
    """A transition of a stored group, decided under this version of its tenant's configuration."""

    tenant: Tenant
    before: AlertGroup
    transition: Transition
    caps: Caps | None = None
    """What the tenant may have stored for it to hold; None for what is stored in any case."""
    needs_memory: bool = False
    """Whether it waits while Redis is full."""
    body: str = ""
    """The digest of the only body that it folds in."""
    sources: Sources = field(default_factory=dict)
    """The alerts that inhibit others by which it was decided: when they end, it is decided again."""
    contexts: tuple[str, ...] = ()
    """Those of the traces of what it folds in."""
    counts: Counts = field(default_factory=dict)
    """What it adds to the tenant's own metrics."""

    @property
    def stored(self) -> AlertGroup:
        """The group as it stands once this was stored."""
        return replace(self.transition.after, rev=self.before.rev + 1)

    @property
    def leaves_something_to_show(self) -> bool:
        """Whether its group waits to be shown once this was stored."""
        return bool(self.transition.after.pending) or self.transition.after.refresh_due

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to store."""
        return self.transition == Transition(self.before)


class Charted(Protocol):
    """Hears of the groups of tenants whose Prometheus may be asked."""

    def look(self, tenant: Tenant, group: AlertGroup) -> None:
        """A group was stored; returns at once and never raises."""


@dataclass(slots=True)
class Charters:
    """Hands on what it hears, once somebody is there who draws: whoever draws stores groups himself."""

    drawer: Charted | None = None

    def look(self, tenant: Tenant, group: AlertGroup) -> None:
        """A group was stored."""
        if self.drawer is not None:
            self.drawer.look(tenant, group)


@dataclass(frozen=True, slots=True)
class Transitions:
    """Stores transitions of alert groups; each is compared and set, whole or not at all."""

    groups: GroupStates
    turns: Turns
    just_stored: JustStored
    has_events: Callable[[TenantId], None]
    """Hears of each tenant with events to relay."""
    metrics: Metrics
    history: Span = HISTORY
    """For how long episodes that are over are kept."""
    charts: Charters = field(default_factory=Charters, compare=False)
    """Who draws the charts of what is stored."""
    traces: TraceContexts | None = None
    """Where traces are recorded: what keeps their contexts until what they brought is shown."""
    waits: Waits = field(default_factory=Waits, compare=False)
    """Since when what is stored is due."""
    log: structlog.stdlib.BoundLogger = field(
        default_factory=lambda: structlog.get_logger("router.transitions"), compare=False, init=False
    )

    async def apply(self, changes: Sequence[Change], now: Instant) -> list[ApplyResult]:
        """Store transitions that hold only under the configuration they were decided by.

        One that changes nothing is stored as well: it puts the group's due time and lane right.
        """
        answers, _ = await self.apply_and_look(changes, now)
        return answers

    async def apply_and_look(self, changes: Sequence[Change], now: Instant) -> tuple[list[ApplyResult], NextDue]:
        """The same, and when the tenants of those that were stored have work next."""
        return await self._store(changes, [self._write(change, now, change.tenant.version) for change in changes])

    async def apply_and_offer(self, changes: Sequence[Change], now: Instant) -> list[ApplyResult]:
        """The same for what changes anything, with a turn offered to every tenant for what was stored."""
        changing = [change for change in changes if not change.changes_nothing]
        writes = [self._write(change, now, change.tenant.version) for change in changing]
        stored, next_due = await self._store(changing, writes)
        left = iter(stored)
        answers = [ApplyResult.OK if change.changes_nothing else next(left) for change in changes]
        turns = {one.tenant: next_due[one.tenant] for one in writes if one.frees_others and one.tenant in next_due}
        for change, answer in zip(changes, answers, strict=True):
            if answer is ApplyResult.OK:
                tenant = change.tenant.tenant_id
                turns[tenant] = earliest(turns.get(tenant, NEVER), _looked_at(change.transition.after, now))
        await self._offer(turns)
        return answers

    async def settle(self, change: Change, now: Instant) -> ApplyResult:
        """Store what came of a call, which holds under any configuration."""
        [answer], next_due = await self._store([change], [self._write(change, now, None)])
        await self._offer(next_due)
        return answer

    async def settle_all(self, changes: Sequence[Change], now: Instant) -> list[ApplyResult]:
        """The same for groups that one call has shown together."""
        answers, next_due = await self._store(changes, [self._write(change, now, None) for change in changes])
        await self._offer(next_due)
        return answers

    async def _store(
        self, changes: Sequence[Change], writes: Sequence[StoreTransition]
    ) -> tuple[list[ApplyResult], NextDue]:
        if not writes:
            return [], {}
        if self.traces is not None:
            await self._note_traces(changes, self.traces)
        answers, next_due = await self.groups.apply(writes)
        for change, write, answer in zip(changes, writes, answers, strict=True):
            if answer is ApplyResult.OK:
                self._note(change, write.now)
        return answers, next_due

    async def _note_traces(self, changes: Sequence[Change], traces: TraceContexts) -> None:
        """Before the groups are stored, since somebody may send them at once; what is not stored is traced twice."""
        by_tenant: dict[TenantId, dict[GroupId, Sequence[str]]] = {}
        for one in changes:
            if one.contexts and one.leaves_something_to_show:
                by_tenant.setdefault(one.tenant.tenant_id, {})[one.before.key.group_id] = one.contexts
        for tenant, contexts in by_tenant.items():
            try:
                await traces.note(tenant, contexts)
            except UnavailableError as error:
                self.log.debug("trace_lost", tenant=tenant, error=str(error))

    def _note(self, change: Change, now: Instant) -> None:
        """What was stored leaves work for the relay, and perhaps for a turn that need not read it."""
        tenant, before, after = change.tenant.tenant_id, change.before, change.transition.after
        timing = change.tenant.timing(before.key.receiver, before.key.path)
        self.waits.note(tenant, before, change.transition, timing, now)
        if change.transition.events:
            self.has_events(tenant)
        for reason, count in change.transition.entry.suppressed.items():
            self.metrics.suppressed.labels(reason=reason).inc(count)
        if change.tenant.prometheus is not None:
            self.charts.look(change.tenant, change.stored)
        if before.rev:
            self.just_stored.forget(tenant, after.key.group_id)
        else:
            self.just_stored.note(tenant, replace(after, rev=1))

    def _write(self, change: Change, now: Instant, version: int | None) -> StoreTransition:
        tenant, before, made = change.tenant, change.before, _noted(change)
        timing = tenant.timing(before.key.receiver, before.key.path)
        over = ended(before, made.after, timing.reopen_within, now) if tenant.context.history else None
        return StoreTransition(
            tenant.tenant_id,
            before,
            made,
            now,
            kept_for(timing),
            version,
            change.caps,
            change.needs_memory,
            change.body,
            sources=changed_sources(tenant, before, made.after),
            awaits=frozenset(key for key, one in change.sources.items() if one.until > now),
            listing=changed_listing(tenant, before, made.after, now),
            ended=EndedEpisode(over, timing.reopen_within, self.history) if over else None,
            counts=change.counts,
        )

    async def _offer(self, turns: Mapping[TenantId, Instant]) -> None:
        try:
            await self.turns.offer(turns)
        except UnavailableError as error:
            self.log.warning("turns_not_offered", error=str(error), tenants=len(turns))


def _noted(change: Change) -> Transition:
    made, rule = change.transition, change.tenant.unwritten
    if not made.events:
        return made
    return replace(made, events=tuple(without_redacted(one, rule, made.after) for one in made.events))


def _looked_at(after: AlertGroup, now: Instant) -> Instant:
    return now if isinstance(after.phase, Queued) else after.phase.due
