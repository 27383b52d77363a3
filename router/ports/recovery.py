"""What puts lost data together: whose is whole, and what went before."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Protocol

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.ports.kafka import Record


class Proofs(Protocol):
    """Whose data is whole: of a tenant whose configuration is applied after a loss, it must be put together first."""

    async def lease(self, owner: str) -> bool:
        """Whether this process is the one that puts data together, for the next minute."""

    async def release(self, owner: str) -> None:
        """This process has put together what there was."""

    async def prove(self, tenants: Collection[TenantId]) -> None:
        """Their data is whole: from now on it is sent for them."""


class Past(Protocol):
    """What went before, by all that Redis cannot lose."""

    async def exists(self) -> bool:
        """Whether anything was ever notified.

        Raises:
            UnavailableError: Kafka does not answer.
        """

    def events(self, since: Instant = NEVER) -> AsyncIterator[Sequence[Record]]:
        """All events since then, those of one key in their order, some at a time; raises as `exists`."""

    def received(self, since: Instant) -> AsyncIterator[Sequence[Record]]:
        """All inbound records since then that are there now, some at a time; raises as `exists`."""
