"""Who may write of a tenant to a Redis directly: nobody, where it is the Redis of another cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from router.core.cell import CellName, shown_cell
from router.core.model.alert import TenantId
from router.errors import OperationError
from router.ports.record import Permit


class OtherTenants(Protocol):
    """What Redis knows of tenants of other cells."""

    async def elsewhere(self, tenants: Sequence[TenantId]) -> Mapping[TenantId, CellName]:
        """Of these the ones that are of other cells, each with its cell."""


@dataclass(frozen=True, slots=True)
class InOwnCell:
    """Permits what `others` permit, but for tenants of other cells; a `Permit`."""

    tenants: OtherTenants
    others: Permit

    async def __call__(self, tenant: TenantId) -> None:
        """Let it pass.

        Raises:
            OperationError: another cell serves the tenant.
        """
        await check_here(self.tenants, tenant)
        await self.others(tenant)


async def check_here(tenants: OtherTenants, tenant: TenantId) -> None:
    """Whether this is the Redis of the cell that serves the tenant.

    Raises:
        OperationError: another one does.
    """
    cell = (await tenants.elsewhere([tenant])).get(tenant)
    if cell is not None:
        where = f"ALERT_ROUTER_CELL is {cell}" if cell else "ALERT_ROUTER_CELL is unset"
        raise OperationError(
            f"tenant {tenant!r} is served by {shown_cell(cell)}, and this is the Redis of another",
            remedy=f"run it where {where}, with the Redis of that",
        )
