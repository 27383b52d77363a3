"""Which tenants are of other cells, as projectors have written it."""

from collections.abc import Mapping, Sequence
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.signatures import NOTHING_SIGNED, Signatures
from router.adapters.redis.tenants import TenantRepository
from router.control.isolation.own_cell import check_here
from router.core.cell import CellName
from router.core.model.alert import TenantId
from router.ports.record import Permit, anybody
from router.ports.tenants import ActiveDocument

_TOGETHER: Final = 500


class RedisWhereabouts:
    """What Redis knows of tenants of other cells."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection
        self._tenants = TenantRepository(connection)

    async def changed_since(self, sequence: int) -> tuple[list[TenantId], int]:
        """Tenants of whom something was announced after that number of the sequence, and the newest number."""
        return await self._tenants.changed_since(sequence)

    async def elsewhere(self, tenants: Sequence[TenantId]) -> Mapping[TenantId, CellName]:
        """Of these the ones that are of other cells, each with its cell."""
        found = dict[TenantId, CellName]()
        for start in range(0, len(tenants), _TOGETHER):
            some = tenants[start : start + _TOGETHER]
            cells = await self._redis.ask(COMMANDS.hmget(keys.ELSEWHERE, list(some)))
            found |= {one: CellName(cell) for one, cell in zip(some, cells, strict=True) if cell is not None}
        return found


class TenantsHere(TenantRepository):
    """Tenants for whoever asks about one by its name: one of another cell is not taken for one that nobody knows."""

    def __init__(
        self, connection: Connection, signatures: Signatures = NOTHING_SIGNED, permit: Permit = anybody
    ) -> None:
        super().__init__(connection, signatures, permit)
        self._whereabouts = RedisWhereabouts(connection)

    async def active(self, tenant: TenantId) -> ActiveDocument | None:
        """The tenant's active document; None for a tenant that has none.

        Raises:
            OperationError: another cell serves the tenant.
        """
        found = await super().active(tenant)
        if found is None:
            await check_here(self._whereabouts, tenant)
        return found
