"""Cells as the settings name them; a docstring below a setting is its line in docs/settings.md."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict

from router.config.suggestion import guess, quoted
from router.config.urls import HttpUrlText
from router.config.values import TemplateText
from router.core.cell import CellName
from router.diagnostic import Diagnostic

_CELLS: Final = "ALERT_ROUTER_CELLS"


class CellSettings(BaseModel):
    """Where a cell is reached, and where it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: HttpUrlText
    region: TemplateText | None = None
    control_url: HttpUrlText | None = None


def wrong_cell(cell: CellName | None, cells: Mapping[CellName, CellSettings]) -> Iterator[Diagnostic]:
    """A process of a cell that is not among those that there are."""
    if cell is not None and cell not in cells:
        hint = guess(cell, cells) or f"; add it to {_CELLS} of all roles"
        yield Diagnostic(f"{quoted(cell)} is not among the cells{hint}", source="ALERT_ROUTER_CELL")
