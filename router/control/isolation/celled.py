"""The cell that a tenant's file names, held against those that there are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from router.config.document.tenant import TenantDocument
from router.config.lint.lint import located
from router.config.suggestion import guess, quoted
from router.control.isolation.promised import OthersIn, Promise
from router.core.cell import NO_CELL, Cells
from router.diagnostic import Diagnostic, KeyPath
from router.errors import ConfigurationError

_WHERE: KeyPath = ("platform", "cell")


@dataclass(frozen=True, slots=True)
class AnyCell:
    """What the record takes: tenants of every cell that there is; and what else has to be kept."""

    cells: Cells
    besides: Promise

    async def check(self, document: TenantDocument, text: str, source: str, others_in: OthersIn) -> None:
        """See `Promise`."""
        _raise(unknown_cell(document, self.cells), text, source)
        await self.besides.check(document, text, source, others_in)


@dataclass(frozen=True, slots=True)
class OwnCell:
    """What a Redis takes that is written directly: tenants of its own cell; and what else has to be kept."""

    cells: Cells
    besides: Promise

    async def check(self, document: TenantDocument, text: str, source: str, others_in: OthersIn) -> None:
        """See `Promise`."""
        _raise([*unknown_cell(document, self.cells)] or _other_cell(document, self.cells), text, source)
        await self.besides.check(document, text, source, others_in)


def unknown_cell(document: TenantDocument, cells: Cells) -> Iterator[Diagnostic]:
    """A cell that is not there."""
    cell = document.platform.cell
    if cell is not None and cell not in cells.known:
        hint = guess(cell, cells.known) or "; add it to ALERT_ROUTER_CELLS of all roles first"
        yield Diagnostic(f"{quoted(cell)} is not among the cells{hint}", _WHERE)


def _other_cell(document: TenantDocument, cells: Cells) -> Iterator[Diagnostic]:
    """A cell that this process is not of."""
    cell = document.platform.cell or NO_CELL
    if cell == cells.own:
        return
    if not cell:
        message = f"this Redis is that of the cell {quoted(cells.own)}; add `cell: {cells.own}` here"
        yield Diagnostic(message, ("platform",), about_key=True)
        return
    here = f"that of the cell {quoted(cells.own)}" if cells.own else "of no cell"
    yield Diagnostic(f"this Redis is {here}; apply the file where ALERT_ROUTER_CELL is {cell}", _WHERE)


def _raise(found: Iterator[Diagnostic] | list[Diagnostic], text: str, source: str) -> None:
    if wrong := located(found, text):
        raise ConfigurationError(*(replace(one, source=source) for one in wrong))
