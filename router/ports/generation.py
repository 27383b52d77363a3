"""The life of the index over all tenants: it ends when Redis loses the index, and a worker begins the next one."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import Instant


@dataclass(frozen=True, slots=True)
class Generation:
    """One life of the index.

    Until `doubtful_until` (NEVER: not at all) what is not in it may have been lost with the one before: by then no
    record is left that was accepted before the loss.
    """

    id: str
    doubtful_until: Instant

    def is_doubtful(self, now: Instant) -> bool:
        """Whether what is not in the index may have been lost."""
        return now < self.doubtful_until


class Generations(Protocol):
    """The generation of the index."""

    async def current(self) -> Generation | None:
        """The one that lives; None for a new Redis, and for one that has lost the index."""

    async def begin(self, generation: Generation) -> Generation:
        """Begin this one unless another one lives by now; the one that lives."""

    async def keep(self, tenants: Collection[TenantId], suspended: Collection[TenantId]) -> None:
        """Note that these tenants are there, whatever of them was lost, and for whom nothing is to be sent."""

    async def hold_everybody(self) -> None:
        """Put sending on hold for everybody, as it was before the loss."""
