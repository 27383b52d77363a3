"""The cells that the settings name, and what a gateway knows of tenants of other cells."""

from collections.abc import Coroutine
from typing import Any

from router.adapters.redis.connection import Connection
from router.adapters.redis.whereabouts import RedisWhereabouts
from router.core.cell import NO_CELL, Cell, Cells
from router.roles.gateway.elsewhere import Elsewhere
from router.settings import Settings


def cells_of(settings: Settings) -> Cells:
    """All of them, and which is that of this process."""
    known = {
        name: Cell(one.url.rstrip("/"), one.region or "", (one.control_url or "").rstrip("/"))
        for name, one in settings.cells.items()
    }
    return Cells(settings.cell or NO_CELL, known)


def other_cells(settings: Settings, redis: Connection) -> Elsewhere | None:
    """The tenants of other cells; None where there is one cell alone."""
    cells = cells_of(settings)
    return Elsewhere(RedisWhereabouts(redis), cells) if cells.known else None


def following(elsewhere: Elsewhere | None) -> list[Coroutine[Any, Any, None]]:
    """What keeps that up to date."""
    return [] if elsewhere is None else [elsewhere.watch()]
