"""Who may write to a Redis that is the projection of a record: the record, or whoever breaks the glass."""

from dataclasses import dataclass
from typing import Final, Protocol

from router.core.model.alert import TenantId
from router.errors import OperationError

_RECORDED: Final = "set ALERT_ROUTER_POSTGRES__URL, so that it is recorded"
_REMEDY: Final = f"{_RECORDED}; while the record cannot be reached: --break-glass REASON"
_WHY: Final = "this Redis holds what a record in PostgreSQL says: nothing was written"


class Marker(Protocol):
    """What Redis knows of the record."""

    async def managed_by(self) -> str:
        """The id of the record that this Redis is a projection of; "" for none."""

    async def note_past(self, tenant: TenantId, by: str) -> None:
        """Note who writes past the record, and why."""


@dataclass(frozen=True, slots=True)
class DirectWrites:
    """Permits what is written to Redis directly: without a record, or with a reason; a `Permit`."""

    marker: Marker
    by: str
    reason: str = ""

    async def __call__(self, tenant: TenantId) -> None:
        """Let it pass, noted where it goes past the record.

        Raises:
            OperationError: this Redis has a record, and no reason is given.
        """
        if not await self.marker.managed_by():
            return
        if not self.reason:
            raise OperationError(_WHY, _REMEDY)
        await self.marker.note_past(tenant, f"{self.by}: {self.reason}")


@dataclass(frozen=True, slots=True)
class RecordedAlone:
    """Permits what is done with the record or not at all, and for no reason past it; a `Permit`."""

    marker: Marker

    async def __call__(self, _: TenantId) -> None:
        """Let it pass where there is no record.

        Raises:
            OperationError: this Redis has a record.
        """
        if await self.marker.managed_by():
            raise OperationError(_WHY, _RECORDED)
