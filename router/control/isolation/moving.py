"""Whether a tenant may go to another cell: not while it has open alert groups, which stay where they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from router.config.stored import cell_of
from router.core.cell import CellName, Cells, shown_cell
from router.core.model.alert import TenantId
from router.core.model.rules.limits import Caps
from router.errors import OperationError, UnavailableError
from router.ports.tenants import ActiveDocument


class Sizes(Protocol):
    """What tenants have stored, in the cell of this process."""

    async def sizes(self, tenants: Sequence[TenantId]) -> list[Caps | None]:
        """What each tenant has stored; None where Redis does not answer for the tenant."""


class Moves(Protocol):
    """What is asked before a tenant goes to another cell."""

    async def check(self, active: ActiveDocument | None, to: CellName) -> None:
        """Whether a tenant may be of that cell from now on, which is of the one that `active` names.

        Raises:
            OperationError: it may not.
        """


@dataclass(frozen=True, slots=True)
class Moving:
    """See `Moves`; `cells` name the one that `sizes` are of."""

    cells: Cells
    sizes: Sizes

    async def check(self, active: ActiveDocument | None, to: CellName) -> None:
        """Whether a tenant may be of that cell from now on.

        Raises:
            OperationError: it has open alert groups in the cell that it is of, or that one cannot be seen from here.
            UnavailableError: Redis does not answer.
        """
        if active is None or (before := cell_of(active.text)) == to:
            return
        if before != self.cells.own:
            raise OperationError(
                f"tenant {active.tenant!r} is of {shown_cell(before)}, and what it has open is seen from there alone",
                remedy=f"move it where {_setting(before)}",
            )
        if open_ := await self._open(active.tenant):
            raise OperationError(
                f"tenant {active.tenant!r} has {open_} open alert groups in {shown_cell(before)}, which stay there",
                remedy="stop its senders, wait until those have ended, and move it then",
            )

    async def _open(self, tenant: TenantId) -> int:
        [stored] = await self.sizes.sizes([tenant])
        if stored is None:
            raise UnavailableError("Redis does not answer for the tenant")
        return stored.groups


class _Free:
    """Where there is one cell alone."""

    async def check(self, active: ActiveDocument | None, to: CellName) -> None:
        """See `Moves`: whatever is asked."""


FREE: Final[Moves] = _Free()


def _setting(cell: CellName) -> str:
    return f"ALERT_ROUTER_CELL is {cell}" if cell else "ALERT_ROUTER_CELL is unset"
