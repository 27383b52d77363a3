"""Observations into stored notifications: load the parts they need, merge, store, until all are in.

A transition that lost a race is read and made again. Merging the same twice changes nothing, so a crash between two
notifications is mended by doing all of it once more.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from router.core.decide.schedule import REPLAY_HORIZON
from router.core.fold.fold import Observations, fingerprints, fold
from router.core.model.alert import TenantId
from router.core.model.group import Notification
from router.core.model.instant import NEVER, Instant, Span, earliest
from router.core.model.key import GroupKey
from router.core.model.tenant import Severity, Tenant, Timing
from router.core.model.transition import Step
from router.errors import RebuildError
from router.observe.telemetry import Metrics
from router.ports import Applied, Clock, Notifications, Turns, Write
from router.roles.tenants import Registry

CHUNK: Final = 200
"""Alerts that one transition holds at most."""

Merge = Callable[[Notification, Observations, Timing, Severity, Instant], Step]


@dataclass(slots=True)
class Work:
    """What is still to be merged into one notification, in order."""

    tenant: Tenant
    key: GroupKey
    timing: Timing
    seen: deque[Observations] = field(default_factory=deque)


class Folding:
    """Merges into notifications as they are stored."""

    def __init__(
        self, registry: Registry, store: Notifications, turns: Turns, clock: Clock, metrics: Metrics
    ) -> None:
        self._registry = registry
        self._store = store
        self._turns = turns
        self._clock = clock
        self._metrics = metrics

    async def merge(self, work: list[Work], merge: Merge = fold) -> frozenset[TenantId]:
        """Merge everything; the tenants whose configuration has changed meanwhile are to be routed again.

        Raises:
            RebuildError: Redis has lost a tenant's data.
        """
        outdated: set[TenantId] = set()
        turns: dict[TenantId, Instant] = defaultdict(lambda: NEVER)
        while work:
            batches = [_next_batch(one) for one in work]
            loaded = await self._store.load_parts([
                (one.tenant.tenant_id, one.key, fingerprints(batch)) for one, batch in zip(work, batches, strict=True)
            ])  # fmt: skip
            now = await self._clock.now()
            writes = [_write(*each, merge, now) for each in zip(work, loaded, batches, strict=True)]
            answers = await self._apply(writes)
            for one, batch, write, answer in zip(work, batches, writes, answers, strict=True):
                tenant = one.tenant.tenant_id
                if answer is Applied.OK:
                    self._count(write.step)
                    turns[tenant] = earliest(turns[tenant], _looks_at(write.step.after, now))
                else:
                    one.seen.extendleft(reversed(batch))
                    outdated |= await self._refused(tenant, answer)
            work = [one for one in work if one.seen and one.tenant.tenant_id not in outdated]
        await self._turns.offer(dict(turns))
        return frozenset(outdated)

    async def _apply(self, writes: list[Write]) -> list[Applied]:
        """Store what changes anything."""
        changing = [write for write in writes if write.step != Step(write.before)]
        answers = iter(await self._store.apply(changing) if changing else ())
        return [Applied.OK if write.step == Step(write.before) else next(answers) for write in writes]

    async def _refused(self, tenant: TenantId, answer: Applied) -> set[TenantId]:
        if answer is Applied.REBUILD and not await self._registry.forget_if_gone(tenant):
            raise RebuildError(f"Redis holds no data of tenant {tenant!r} any more: apply its configuration again")
        if answer is Applied.CONFLICT:
            return set()
        await self._registry.refresh(tenant)
        return {tenant}

    def _count(self, step: Step) -> None:
        self._metrics.alerts.inc(step.books.accepted)
        self._metrics.changes.inc(step.books.changes)


def _write(one: Work, before: Notification, batch: Sequence[Observations], merge: Merge, now: Instant) -> Write:
    step = Step(before if before.rev else replace(before, config_version=one.tenant.version))
    for seen in batch:
        merged = merge(step.after, seen, one.timing, one.tenant.severity, now)
        step = Step(merged.after, step.books + merged.books)
    keep = Span(max(one.timing.reopen_within, REPLAY_HORIZON))
    return Write(one.tenant.tenant_id, before, step, now, keep, one.tenant.version)


def _next_batch(work: Work) -> list[Observations]:
    """As many observations as one transition may hold."""
    batch: list[Observations] = []
    size = 0
    while work.seen and (not batch or size + len(work.seen[0].alerts) <= CHUNK):
        batch.append(work.seen.popleft())
        size += len(batch[-1].alerts)
    return batch


def _looks_at(after: Notification, now: Instant) -> Instant:
    return now if after.lane is not None else after.due
