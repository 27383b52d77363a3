"""Observations into stored alert groups: load the parts they need, merge, store, until all are in.

A transition that lost a race is read and made again. Merging the same twice changes nothing, so a crash between two
groups is repaired by doing all of it once more.
"""

from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import structlog

from router.core import engine
from router.core.decide.policy import CallTimes, policy_for
from router.core.engine import alert_ids
from router.core.fold.admit import Admission, Refusal, Room
from router.core.fold.count import added, counted
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupKey
from router.core.model.observation import Observations
from router.core.model.rules.metric import Counts
from router.core.model.rules.route import Timing
from router.core.model.rules.severity import Severity
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.route.turns import pieces
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.state import ApplyResult, GroupStates, Loaded, UnknownForm
from router.ports.tracing import MAX_CONTEXTS, Span
from router.roles.ingest.pace import Pace
from router.roles.ingest.storage import Storage
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
    crowded: int = 0
    """How often the tenant had no room for it."""
    bodies: set[str] = field(default_factory=set)
    """The digests of the bodies that it came in."""
    contexts: tuple[str, ...] = ()
    """Those of the traces of its bodies that are recorded, each once, the first of them."""

    @property
    def body(self) -> str:
        """The digest of its only body; "" for none or several."""
        return next(iter(self.bodies)) if len(self.bodies) == 1 else ""

    def note_trace(self, span: Span | None) -> None:
        """One of its bodies has this span."""
        if span is not None and span.context not in self.contexts:
            self.contexts = (*self.contexts, span.context)[:MAX_CONTEXTS]

    def add(self, seen: Observations) -> None:
        """Merge these after the others."""
        self.seen.extend(seen.chunks(PIECE))

    def first_batch(self) -> list[Observations]:
        """As many observations as one transition may hold."""
        batch: list[Observations] = []
        size = 0
        for one in self.seen:
            size += one.size
            if batch and size > CHUNK:
                break
            batch.append(one)
        return batch

    def next_batch(self) -> list[Observations]:
        """The same, taken off."""
        batch = self.first_batch()
        for _ in batch:
            self.seen.popleft()
        return batch

    def first_state(self, group: AlertGroup) -> AlertGroup:
        """The group as it is stored; a new one as routed by the rules that brought the work here."""
        return group if group.rev else replace(group, config_version=self.tenant.rules_version)

    def put_back(self, batch: Sequence[Observations]) -> None:
        """A batch that was not stored comes first again."""
        self.seen.extendleft(reversed(batch))


@dataclass(frozen=True, slots=True)
class Refused:
    """Alerts of one body that were not taken, each with the reason."""

    tenant: TenantId
    observed: Instant
    reasons: Mapping[AlertId, Refusal]


@dataclass(frozen=True, slots=True)
class Merged:
    """What was not merged: tenants to be routed again, groups that cannot be read, alerts that were not taken."""

    outdated: frozenset[TenantId] = frozenset()
    unreadable: frozenset[tuple[TenantId, GroupKey]] = frozenset()
    refused: tuple[Refused, ...] = ()
    """Alerts for which their tenants have no room."""

    def plus(self, other: "Merged") -> "Merged":
        """What could not be merged in either of two steps."""
        refused = (*self.refused, *other.refused)
        return Merged(self.outdated | other.outdated, self.unreadable | other.unreadable, refused)


class Merging:
    """Merges into groups as they are stored."""

    def __init__(
        self,
        tenants: ActiveTenants,
        groups: GroupStates,
        transitions: Transitions,
        clock: Clock,
        metrics: Metrics,
        storage: Storage,
    ) -> None:
        self._tenants = tenants
        self._groups = groups
        self._transitions = transitions
        self._clock = clock
        self._metrics = metrics
        self._storage = storage
        self._log = structlog.get_logger("router.merge")

    async def load(self, work: Sequence[Work]) -> list[Loaded]:
        """The groups, each with the alerts that are merged into it first."""
        wanted = [(one.tenant.tenant_id, one.key, alert_ids(one.first_batch())) for one in work]
        return await self._groups.load_parts(wanted)

    async def merge(
        self, work: Sequence[Work], fold: Fold = engine.fold, loaded: Sequence[Loaded] | None = None
    ) -> Merged:
        """Merge everything that can be; `loaded` is what was just loaded for it.

        Raises:
            RebuildError: Redis has lost a tenant's data.
        """
        left, outdated = list(work), set[TenantId]()
        unreadable: set[tuple[TenantId, GroupKey]] = set()
        refused: list[Refused] = []
        while left:
            groups = await self.load(left) if loaded is None else loaded
            loaded = None
            readable = self._readable(left, groups, unreadable)
            outdated |= await self._store(readable, fold, refused)
            left = [one for one, _, _ in readable if one.seen and one.tenant.tenant_id not in outdated]
        return Merged(frozenset(outdated), frozenset(unreadable), tuple(refused))

    def _readable(
        self, work: Sequence[Work], groups: Sequence[Loaded], unreadable: set[tuple[TenantId, GroupKey]]
    ) -> list[tuple[Work, list[Observations], AlertGroup]]:
        readable = []
        for one, group in zip(work, groups, strict=True):
            batch = one.next_batch()
            if isinstance(group, UnknownForm):
                self._note_unreadable(one, group)
                unreadable.add((one.tenant.tenant_id, one.key))
            else:
                readable.append((one, batch, group))
        return readable

    async def _store(
        self, batches: Sequence[tuple[Work, list[Observations], AlertGroup]], fold: Fold, refused: list[Refused]
    ) -> set[TenantId]:
        """Store one transition a group; the tenants whose configuration is no longer the one they were routed by.

        What arrives from another group is stored already, and always taken.
        """
        now, outdated = await self._clock.now(), set[TenantId]()
        tenants = {one.tenant.tenant_id for one, _, _ in batches}
        spent = frozenset(filter(self._storage.memory.is_spent, tenants))
        rooms = await self._storage.rooms(
            one.tenant for one, _, _ in batches if one.crowded or one.tenant.tenant_id in spent
        )
        step = _Step(fold, now, Pace(), rooms, self._storage if fold is engine.fold else None, spent)
        made = [await step.made(one, group, batch) for one, batch, group in batches]
        answers = await self._transitions.apply_and_offer([one.change for one in made], now)
        for (one, batch, _), (change, not_taken), answer in zip(batches, made, answers, strict=True):
            if answer is ApplyResult.OK:
                self._metrics.alerts.inc(change.transition.entry.accepted)
                self._metrics.tenants.accepted(one.tenant.tenant_id, change.transition.entry.accepted)
                self._metrics.changes.inc(change.transition.entry.changes)
                refused += not_taken
            else:
                one.put_back(batch)
                one.crowded += answer is ApplyResult.FULL
                if await self._tenants.is_outdated(one.tenant.tenant_id, answer):
                    outdated.add(one.tenant.tenant_id)
        return outdated

    def _note_unreadable(self, one: Work, group: UnknownForm) -> None:
        self._log.error("group_unreadable", tenant=one.tenant.tenant_id, group=group.group, form=group.form)


class _Made(NamedTuple):
    """A change to be stored, and what is not taken if it is."""

    change: Change
    refused: Sequence[Refused]


@dataclass(frozen=True, slots=True)
class _Step:
    """How observations are folded: by what, when, with turns for others in between, and within which room."""

    fold: Fold
    now: Instant
    pace: Pace
    rooms: Mapping[TenantId, Room]
    storage: Storage | None
    spent: frozenset[TenantId]
    """Tenants whose alerts are looked at one by one in any case, so that those that need no memory do not wait."""

    async def made(self, work: Work, group: AlertGroup, batch: Sequence[Observations]) -> _Made:
        """The group with these observations, or with those of them for which there is room."""
        if self.storage is None:
            return _Made(await self._change(work, group, batch), ())
        if not work.crowded and work.tenant.tenant_id not in self.spent:
            return _Made(self.storage.within(await self._change(work, group, batch)), ())
        return await self._crowded(work, group, batch, self.storage)

    async def _crowded(self, work: Work, group: AlertGroup, batch: Sequence[Observations], storage: Storage) -> _Made:
        tenant = work.tenant.tenant_id
        admission = Admission(group, self.rooms[tenant].shrunk(max(0, work.crowded - 1)))
        admitted = [admission.admit(seen) for seen in batch]
        taken = [one.seen for one in admitted if one.seen.alerts or group.rev]
        change = await self._change(work, group, taken)
        has_new = any(one.has_new for one in admitted)
        pairs = zip(batch, admitted, strict=True)
        refused = [Refused(tenant, seen.observed, one.refused) for seen, one in pairs if one.refused]
        return _Made(storage.within(change) if has_new else change, refused)

    async def _change(self, work: Work, group: AlertGroup, batch: Sequence[Observations]) -> Change:
        transitions, counts = list[Transition](), list[Counts]()
        for seen in batch:
            before = transitions[-1].after if transitions else work.first_state(group)
            transitions.append(self.fold(before, seen, work.timing, work.tenant.severity, self.now))
            await self.pace.rest()
            counts += [one async for one in self._counted(work, before, seen, transitions[-1].after)]
        folded = engine.merge(transitions) if transitions else Transition(group)
        if group.rev:
            onward = folded  # perhaps only a part of it is loaded
        else:
            onward = engine.straight_on(folded, policy_for(work.tenant, group, CallTimes()), self.now)
        return Change(work.tenant, group, onward, body=work.body, contexts=work.contexts, counts=added(counts))

    async def _counted(
        self, work: Work, before: AlertGroup, seen: Observations, after: AlertGroup
    ) -> AsyncIterator[Counts]:
        """By pieces, with turns for others in between; what arrives from another group was counted there."""
        if work.tenant.metrics and self.fold is engine.fold:
            for piece in pieces(work.tenant, seen, PIECE):
                yield counted(work.tenant, before, piece, after)
                await self.pace.rest()
