"""Metrics by tenant, bounded: those that are named have series of their own, all others are one, `_other`.

What was counted while a tenant was named stays with its name, and is there again when it is named again; what was
counted meanwhile stays with the others. So no counter ever goes backwards, whoever is named.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from router.core.budget.uses import Quota
from router.core.model.alert import TenantId
from router.core.model.instant import Span
from router.core.slo.objective import DELIVERY
from router.observe.metric import Metric
from router.observe.table import tenants as table
from router.observe.table.tenants import OTHER

Series = tuple[tuple[str, ...], float]
"""The values of its labels, and what is measured."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a tenant waits now; all zero for one with whom nothing goes on."""

    pending: int = 0
    parked: int = 0
    oldest_due_s: float = 0.0
    absorbing: int = 0
    """Digests that take in groups; by tenant no metric has them."""


@dataclass(frozen=True, slots=True)
class Level:
    """When alerts were accepted last, in Unix time; how many calls its budgets allow; what its senders have used."""

    heard_s: float | None = None
    left: Mapping[str, int] = field(default_factory=dict)
    used: float | None = None


NOTHING_WAITS: Final = Waiting()
_OTHERS: Final = (OTHER,)


class _Counts:
    """One counter."""

    def __init__(self) -> None:
        self._named = Counter[TenantId]()
        self._others = 0

    def add(self, tenant: TenantId, by: int, *, named: bool) -> None:
        if named:
            self._named[tenant] += by
        else:
            self._others += by

    def of(self, named: Collection[TenantId]) -> Iterator[Series]:
        yield from (((one,), self._named[one]) for one in named)
        yield _OTHERS, self._others


class TenantMetrics:
    """All of them. Who measures sets `waiting`, `held`, `levels` and `limits`."""

    def __init__(self) -> None:
        self._named: dict[TenantId, None] = {}
        self._accepted, self._notified, self._due, self._late = _Counts(), _Counts(), _Counts(), _Counts()
        self._not_noted = Counter[TenantId]()
        self.waiting: Callable[[], Mapping[TenantId, Waiting]] = dict
        self.held: Mapping[TenantId, int] = {}
        self.levels: Mapping[TenantId, Level] = {}
        self.limits: Mapping[TenantId, Mapping[Quota, float]] = {}
        """Which part of each limit is used, as it was looked at last."""
        self.workspaces: dict[TenantId, str] = {}
        """Where this process has sent something for a tenant last."""

    @property
    def named(self) -> Collection[TenantId]:
        """Who has series of its own."""
        return self._named.keys()

    def name(self, tenants: Iterable[TenantId]) -> None:
        """From now on these have series of their own, and nobody else."""
        self._named = dict.fromkeys(tenants)

    def accepted(self, tenant: TenantId, by: int) -> None:
        """Count alerts that were taken in."""
        if by:
            self._accepted.add(tenant, by, named=tenant in self._named)
            self._not_noted[tenant] += by

    def notified(self, tenant: TenantId, by: int = 1) -> None:
        """Count notifications that Slack took."""
        self._notified.add(tenant, by, named=tenant in self._named)

    def shown(self, tenant: TenantId, own: Span) -> None:
        """Count a notification that was due and is shown; it took so long of ours."""
        named = tenant in self._named
        self._due.add(tenant, 1, named=named)
        if own > DELIVERY.within:
            self._late.add(tenant, 1, named=named)

    def take_accepted(self) -> Mapping[TenantId, int]:
        """What was accepted since this was asked last."""
        found, self._not_noted = self._not_noted, Counter()
        return found

    def give_back(self, accepted: Mapping[TenantId, int]) -> None:
        """It could not be noted: it is taken again the next time."""
        self._not_noted.update(accepted)

    def series(self) -> Iterator[tuple[Metric, Iterable[Series]]]:
        """What is measured now, row by row."""
        counts = (self._accepted, self._notified, self._due, self._late)
        for row, counted in zip(table.COUNTED, counts, strict=True):
            yield row, counted.of(self._named)
        yield from self._of_what_waits()
        others = sum(self.held.values()) - sum(self.held.get(one, 0) for one in self._named)
        held = (((one,), self.held.get(one, 0)) for one in self._named)
        yield table.HELD, chain(held, [(_OTHERS, others)])
        yield from self._of_levels()

    def _of_what_waits(self) -> Iterator[tuple[Metric, Iterable[Series]]]:
        waiting = self.waiting()
        others = [one for tenant, one in waiting.items() if tenant not in self._named]
        rest = Waiting(
            sum(one.pending for one in others),
            sum(one.parked for one in others),
            max((one.oldest_due_s for one in others), default=0.0),
        )
        every = [*(((one,), waiting.get(one, NOTHING_WAITS)) for one in self._named), (_OTHERS, rest)]
        yield table.PENDING, ((labels, one.pending) for labels, one in every)
        yield table.PARKED, ((labels, one.parked) for labels, one in every)
        yield table.OLDEST_DUE, ((labels, one.oldest_due_s) for labels, one in every)

    def _of_levels(self) -> Iterator[tuple[Metric, Iterable[Series]]]:
        known = [(one, self.levels[one]) for one in self._named if one in self.levels]
        yield table.HEARD, (((name,), one.heard_s) for name, one in known if one.heard_s is not None)
        yield table.BUDGET_LEFT, (((name, budget), left) for name, one in known for budget, left in one.left.items())
        yield table.QUOTA_USED, (((name,), one.used) for name, one in known if one.used is not None)
        limits = [(one, self.limits[one]) for one in self._named if one in self.limits]
        yield table.LIMIT_USED, (((name, quota), part) for name, parts in limits for quota, part in parts.items())
