"""The cell that a tenant's file names, held against the level of the tenant: whose the cell is, and where."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from router.config.document.tenant import TenantDocument
from router.config.lint.lint import located
from router.config.suggestion import quoted
from router.control.isolation.dimensions import Region, Store
from router.control.isolation.document import IsolationPolicy, LevelEntry
from router.control.isolation.promised import OthersIn, Promise
from router.control.isolation.reading import is_in, level_of
from router.core.cell import NO_CELL, CellName, Cells
from router.core.model.alert import TenantId
from router.diagnostic import Diagnostic, KeyPath
from router.errors import ConfigurationError

CellsOf = Callable[[], Awaitable[Mapping[TenantId, CellName]]]
"""The cells of all tenants that are known."""

_PLATFORM: Final[KeyPath] = ("platform",)
_CELL: Final[KeyPath] = ("platform", "cell")


@dataclass(frozen=True, slots=True)
class Placed:
    """What a policy promises of cells, which are those of `cells`; and what else has to be kept."""

    policy: IsolationPolicy
    cells: Cells
    cells_of: CellsOf
    besides: Promise

    async def check(self, document: TenantDocument, text: str, source: str, others_in: OthersIn) -> None:
        """See `Promise`."""
        level = level_of(self.policy, document.tenant)
        found = [*_elsewhere(document, level, self.cells), *await self._not_alone(document, level)]
        if wrong := located(found, text):
            raise ConfigurationError(*(replace(one, source=source) for one in wrong))
        await self.besides.check(document, text, source, others_in)

    async def _not_alone(self, document: TenantDocument, level: LevelEntry) -> Sequence[Diagnostic]:
        """Others in its cell, or whose cell it is; asked for only where somebody is to be alone in one."""
        cell = document.platform.cell
        if cell is None or all(one.store is not Store.OWN for one in self.policy.known.values()):
            return ()
        found = await self.cells_of()
        others = sorted(one for one, its in found.items() if its == cell and one != document.tenant)
        owner = next((one for one in others if level_of(self.policy, one).store is Store.OWN), None)
        if owner is not None:
            message = f"{quoted(cell)} is the cell of tenant {owner} alone, by its level; name another one"
        elif others and level.store is Store.OWN:
            message = f"the level {quoted(level.name)} needs a cell of the tenant's own; {others[0]} is in this one"
        else:
            return ()
        return (Diagnostic(message, _CELL),)


def _elsewhere(document: TenantDocument, level: LevelEntry, cells: Cells) -> Iterator[Diagnostic]:
    cell, level_name = document.platform.cell or NO_CELL, quoted(level.name)
    if not cell and level.store is Store.OWN:
        message = f"the level {level_name} of this tenant needs `cell: NAME` here, a cell that is its alone"
        yield Diagnostic(message, _PLATFORM, about_key=True)
    elif not is_in(cells.region(cell), level.region):
        where = "whose region is named" if level.region == Region.NAMED else f"in region {quoted(level.region)}"
        message = f"the level {level_name} of this tenant needs a cell {where}; name one of ALERT_ROUTER_CELLS"
        yield Diagnostic(message, _CELL if cell else _PLATFORM, about_key=not cell)
