"""Places for calls in flight: how many a worker has in all, and how many of them a tenant or a workspace may take.

A workspace that does not answer in time gets one call at a time until one is answered, and all such workspaces
together leave the other half of the places alone. A workspace of which nothing is known, or has not been for a while,
gets one call first as well. The last quarter is a reserve: from it a workspace takes one place at most, so that who
has just begun to hang with many calls leaves something to those that are well.
"""

import copy
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Self

from router.core.model.alert import TenantId

SLOW_SHARE: Final = 2
"""Workspaces that do not answer may together have one place of so many."""
RESERVE_SHARE: Final = 4
"""One place of so many is kept for workspaces that have no call in flight."""
TRUST_S: Final = 10.0
"""For so long after an answer that came in time, seconds, a workspace may have more than one call in flight."""

HANGING_S: Final = 60.0
"""Without an answer in time for so long, seconds, while a workspace does not answer, all calls count as hanging."""
ASKED_S: Final = 3 * HANGING_S
"""A workspace that nobody has asked for so long, seconds, hangs no more than it answers."""


class Pace(Enum):
    """How a workspace has answered lately."""

    UNKNOWN = auto()
    IN_TIME = auto()
    SLOW = auto()


@dataclass(frozen=True, slots=True)
class InFlightLimits:
    """How many calls at once; after how long one is slow, and how long those in flight may take when we stop."""

    total: int
    per_tenant: int
    per_workspace: int
    slow_after_s: float
    drain_s: float


class Places:
    """Counts calls; times are seconds of any steady clock."""

    def __init__(self, limits: InFlightLimits) -> None:
        self.limits = limits
        self._tenants: Counter[TenantId] = Counter()
        self._workspaces: Counter[str] = Counter()
        self._slow: dict[str, float] = {}
        self._in_time: dict[str, float] = {}
        self._taken = 0
        self._taken_by_slow = 0

    def copy(self) -> Self:
        """The same counts, to try out what would be free if more were taken; the paces are shared."""
        same = copy.copy(self)
        same._tenants = self._tenants.copy()  # noqa: SLF001 - of this class
        same._workspaces = self._workspaces.copy()  # noqa: SLF001 - of this class
        return same

    def pace(self, workspace: str, now_s: float) -> Pace:
        """How the workspace has answered lately."""
        if workspace in self._slow:
            return Pace.SLOW
        answered = self._in_time.get(workspace)
        return Pace.UNKNOWN if answered is None or now_s - answered > TRUST_S else Pace.IN_TIME

    def free(self, tenant: TenantId, workspace: str, now_s: float) -> int:
        """How many more calls of the tenant to its workspace may begin."""
        limits, own = self.limits, self._workspaces[workspace]
        left = limits.total - self._taken
        shares = min(limits.per_tenant - self._tenants[tenant], limits.per_workspace - own, left)
        match self.pace(workspace, now_s):
            case Pace.SLOW:
                return max(0, min(shares, 1 - own, max(1, limits.total // SLOW_SHARE) - self._taken_by_slow))
            case Pace.UNKNOWN:
                return max(0, min(shares, 1 - own))
            case Pace.IN_TIME:
                return max(0, min(shares, max(left - limits.total // RESERVE_SHARE, 1 - own)))

    def take(self, tenant: TenantId, workspace: str) -> None:
        """A call has a place from now on, also before it begins."""
        self._count(tenant, workspace, 1)

    def give_back(self, tenant: TenantId, workspace: str) -> None:
        """A call has ended, or is not made after all."""
        self._count(tenant, workspace, -1)

    def all_hang(self, now_s: float) -> bool:
        """Whether a workspace that is still asked does not answer, and none has answered in time for a minute."""
        asked = any(now_s - at < ASKED_S for at in self._slow.values())
        return asked and not any(now_s - at < HANGING_S for at in self._in_time.values())

    def answered(self, workspace: str, after_s: float, now_s: float) -> None:
        """A call was answered, or given up, so long after it began."""
        if after_s >= self.limits.slow_after_s:
            self.slow(workspace, now_s)
            return
        if workspace in self._slow:
            del self._slow[workspace]
            self._taken_by_slow -= self._workspaces[workspace]
        self._in_time[workspace] = now_s

    def slow(self, workspace: str, now_s: float) -> None:
        """A call has had no answer for too long."""
        if workspace not in self._slow:
            self._taken_by_slow += self._workspaces[workspace]
        self._slow[workspace] = now_s

    def _count(self, tenant: TenantId, workspace: str, calls: int) -> None:
        """What has no call in flight any more is not kept."""
        self._tenants[tenant] += calls
        self._workspaces[workspace] += calls
        self._taken += calls
        if workspace in self._slow:
            self._taken_by_slow += calls
        if not self._tenants[tenant]:
            del self._tenants[tenant]
        if not self._workspaces[workspace]:
            del self._workspaces[workspace]
