"""What is due when: groups and lanes of a tenant, and turns among tenants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.core.model.operation import Lane


@dataclass(frozen=True, slots=True)
class DueWork:
    """What of a tenant is due."""

    groups: tuple[GroupId, ...]
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Leftover:
    """What a sweep finds of a tenant: when it has work next, NEVER for none, and whether there are events to relay.

    `routed` is by which version all that is live was routed, `pending` counts the changes that are to be shown,
    `parked` the groups that are set aside, `absorbing` the digests that take in new groups; all 0 where there is no
    work. `is_lost` is whether the tenant has no epoch: its data is gone.
    """

    next_due: Instant
    has_events: bool
    routed: int
    is_lost: bool
    pending: int = 0
    parked: int = 0
    absorbing: int = 0


class Leftovers(Protocol):
    """What is left to do for tenants, whoever began it."""

    async def of(self, tenants: Sequence[TenantId]) -> list[Leftover | None]:
        """What is left of each tenant's work; None where Redis does not answer for it, but for others."""


class Schedule(Protocol):
    """Due times and lanes of each tenant; `GroupStates.apply` fills them."""

    async def due(self, tenant: TenantId, now: Instant, limit: int) -> DueWork:
        """What is due by now, the oldest first."""

    async def next_due(self, tenants: Sequence[TenantId]) -> list[Instant | None]:
        """When each tenant has work next, NEVER for none; None where Redis does not answer for it, but for others."""

    async def heads(self, tenant: TenantId, lanes: Sequence[Lane], count: int = 1) -> list[Sequence[GroupId]]:
        """The first groups of each lane, so many of them, in its order: a digest that absorbs from it comes first."""

    async def depths(self, lanes: Sequence[tuple[TenantId, Lane]]) -> list[int]:
        """How many groups wait in each; 0 also where Redis does not answer for the tenant, but for others."""

    async def try_lane_at(self, tenant: TenantId, lane: Lane, at: Instant) -> None:
        """Look at a lane again at this time."""

    async def drop_from_lane(self, tenant: TenantId, lane: Lane, group: GroupId | None) -> None:
        """Take a group that is not queued there any more out of a lane; with None the lane itself, if it is empty."""

    async def drop_due(self, tenant: TenantId, group: GroupId) -> None:
        """Take a group that no longer exists off the list."""

    async def postpone(self, tenant: TenantId, group: GroupId, lane: Lane | None, at: Instant) -> None:
        """Look at a group that cannot be read at that time, out of its lane until then."""

    async def live(self, tenant: TenantId) -> list[GroupId]:
        """Every group that is due at any time, or in a lane."""

    async def lanes(self, tenant: TenantId) -> list[Lane]:
        """Every lane in which a group waits."""


class Turns(Protocol):
    """Whose turn it is."""

    async def take(self, now: Instant) -> tuple[TenantId | None, Instant]:
        """The tenant whose turn it is; else None and when the next turn comes (NEVER: nobody has work)."""

    async def offer(self, turns: Mapping[TenantId, Instant]) -> None:
        """Tenants have work at these times."""


class SharedTurns(Turns, Protocol):
    """The round of all workers, and whom they serve."""

    async def note_served(self, tenants: Sequence[TenantId], now: Instant) -> None:
        """A worker serves these tenants now."""

    async def served_since(self, at: Instant) -> list[TenantId]:
        """Who was served since then, or had a turn taken, by whichever worker; what is older is forgotten."""
