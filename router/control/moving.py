"""A tenant moved to another pool: its file first, then the rest of what waits in the topic it leaves.

Gateways take a new file within a second; what they appended until then is in the old topic, whose workers read it to
the end, fold it, and leave it due in the new pool. So nothing is lost, and it does not matter who folds what when.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from router.config.joined import platform_text
from router.config.pooled import with_pool
from router.config.read import parse
from router.config.stored import pool_of
from router.control.change import Change
from router.control.offered import Configurations
from router.control.ownership import Claim
from router.control.parts import WrittenPlatform
from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Span
from router.core.pool import Pool, shown_pool
from router.errors import OperationError
from router.ports.moving import InForce, Place, Places
from router.ports.provenance import Provenance

TAKEN: Final = Span(5 * SECOND)
"""After so long every gateway has a new file, and what it had begun to append is appended."""
_LOOK: Final = Span(SECOND)


@dataclass(frozen=True, slots=True)
class Move:
    """What moving a tenant would change; both pools are the same where it is there already and came from nowhere."""

    tenant: TenantId
    before: Pool
    after: Pool
    left: Place
    """The place whose rest is to be read."""
    change: Change


@dataclass(frozen=True, slots=True)
class Drain:
    """How far the old place is read: partitions with records of before the move that nobody has read yet."""

    waiting: int

    @property
    def is_done(self) -> bool:
        """Whether all is read."""
        return not self.waiting


@dataclass(frozen=True, slots=True)
class Moving:
    """Moves tenants between pools; each step can be done again, so who is interrupted begins again."""

    tenants: Configurations
    places: Places
    in_force: InForce
    place_of: Callable[[Pool], Place]
    pause: Callable[[Span], Awaitable[None]]

    async def plan(self, tenant: TenantId, pool: Pool) -> Move:
        """What moving a tenant there would change; nothing is stored.

        Raises:
            ConfigurationError: there is no such pool, or the tenant's level of isolation forbids it.
            OperationError: the tenant has no configuration.
        """
        shown = await self.tenants.show(tenant)
        name = f"{tenant}, moved to pool {shown_pool(pool)}"
        text, before = platform_text(shown.source_text), pool_of(shown.kept.text)
        if before == pool:
            before = await self._came_from(tenant, shown.kept.version, pool)
        else:
            text = with_pool(text, pool)
        written = parse(text, name)
        change = await self.tenants.plan_part(WrittenPlatform(tenant, written))
        return Move(tenant, before, pool, self.place_of(before), change)

    async def _came_from(self, tenant: TenantId, version: int, pool: Pool) -> Pool:
        """The pool that the newest version names which names another one, as far as they are kept."""
        for number in range(version - 1, 0, -1):
            try:
                earlier = pool_of((await self.tenants.show(tenant, number)).kept.text)
            except OperationError:
                break
            if earlier != pool:
                return earlier
        return pool

    async def begin(self, move: Move, by: Provenance, claim: Claim = Claim.KEEP) -> None:
        """Store the new file, as any change of the operator's part is; what is stored already stays.

        Raises:
            ChangedMeanwhileError: the tenant's configuration was changed since the move was planned.
            OperationError: the active version is of another source, and that is not to be taken over.
        """
        await self.tenants.publish(move.change, by, claim)

    async def drain(self, move: Move, patience: Span) -> Drain:
        """Wait until what gateways appended before they had the new file is read, for so long at most.

        Raises:
            UnavailableError: an engine does not answer.
        """
        if move.before == move.after:
            return Drain(0)
        left = Span(patience)
        while await self.in_force.pool(move.tenant) != move.after:
            if left <= 0:
                return Drain(1)
            await self.pause(_LOOK)
            left = Span(left - _LOOK)
        await self.pause(TAKEN)
        ends = await self.places.ends(move.left)
        return await self._read_to(move.left, ends, left)

    async def _read_to(self, place: Place, ends: Mapping[int, int], left: Span) -> Drain:
        while True:
            read = await self.places.read(place)
            waiting = sum(read.get(partition, 0) < end for partition, end in ends.items())
            if not waiting or left <= 0:
                return Drain(waiting)
            await self.pause(_LOOK)
            left = Span(left - _LOOK)
