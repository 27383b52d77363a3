"""Tenants of other cells, as a gateway knows them: what is sent for them here is refused, with where to send it.

It follows what is announced, as rules do. While Redis is away, and where it has lost its index, what is known holds.
"""

from typing import Final, Protocol

import structlog

from router.core.cell import CellName, Cells
from router.core.model.alert import TenantId
from router.http.cells import wrong_cell
from router.http.problems import Problem
from router.observe.incident import Incidents
from router.ports.tenants import Whereabouts
from router.roles.polling import poll

_POLL_S: Final = 0.3
_RETRY_AFTER_S: Final = 5
_log = structlog.get_logger("router.gateway")


class OtherCells(Protocol):
    """What is asked of each request before anything else."""

    def check(self, tenant: TenantId) -> None:
        """Let through what is sent for a tenant of this cell, or of one that nobody knows.

        Raises:
            Problem: 421 for a tenant of another cell, 503 before it is known which there are.
        """


class Elsewhere:
    """The tenants of other cells; `cells` says where those are."""

    def __init__(self, whereabouts: Whereabouts, cells: Cells) -> None:
        self._whereabouts = whereabouts
        self._cells = cells
        self._incidents = Incidents()
        self._tenants: dict[TenantId, CellName] = {}
        self._sequence = 0
        self._is_loaded = False

    async def load(self) -> None:
        """Take in what has changed since the last time.

        Raises:
            UnavailableError: Redis does not answer.
        """
        changed, newest = await self._whereabouts.changed_since(self._sequence)
        found = await self._whereabouts.elsewhere(changed)
        for tenant in changed:
            self._tenants.pop(tenant, None)
        self._tenants |= found
        self._sequence, self._is_loaded = newest, True

    async def watch(self) -> None:
        """Follow changes until cancelled."""
        await poll(_POLL_S, self.load, "cells_unreachable")

    def check(self, tenant: TenantId) -> None:
        """See `OtherCells`."""
        if not self._is_loaded:
            raise Problem(503, "tenant-unreachable", "which cell serves the tenant is not known yet", _RETRY_AFTER_S)
        cell = self._tenants.get(tenant)
        if cell is None:
            return
        if times := self._incidents.happens(tenant):
            _log.warning("wrong_cell", tenant=tenant, cell=cell, times=times)
        raise wrong_cell(cell, self._cells.url(cell))


class _OneCell:
    """Where there are no others."""

    def check(self, tenant: TenantId) -> None:
        """See `OtherCells`: whatever is sent."""


ONE_CELL: Final[OtherCells] = _OneCell()
