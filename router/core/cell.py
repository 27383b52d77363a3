"""Cells: whole data planes, each with gateways, Kafka, Redis and workers of its own, beside one record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NewType

CellName = NewType("CellName", str)

NO_CELL: Final = CellName("")
"""Where processes are that name no cell, and tenants whose file names none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a cell is reached: its gateways, and its control API; "" where that is not known."""

    url: str
    region: str = ""
    control_url: str = ""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells that there are, and which of them this process is of."""

    own: CellName = NO_CELL
    known: Mapping[CellName, Cell] = field(default_factory=dict)

    def url(self, cell: CellName) -> str:
        """Where senders of a tenant of that cell send to; "" where that is not known here."""
        return self.known[cell].url if cell in self.known else ""

    def control_url(self, cell: CellName) -> str:
        """Where the control API of that cell is; "" where that is not known here."""
        return self.known[cell].control_url if cell in self.known else ""

    def region(self, cell: CellName) -> str:
        """Where that cell is; "" where that is not known here."""
        return self.known[cell].region if cell in self.known else ""


NO_CELLS: Final = Cells()


def shown_cell(cell: CellName) -> str:
    """How people read it."""
    return f"cell {cell!r}" if cell else "no cell"
