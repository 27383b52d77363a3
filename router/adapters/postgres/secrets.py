"""Tenants' sealed secrets in the record."""

from typing import Final

from sqlalchemy import func, select

from router.adapters.postgres.changing import Record
from router.adapters.postgres.reading import sealed_texts, standing
from router.adapters.postgres.rows import instant
from router.adapters.postgres.scope import scope, transaction
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.ports.audit import Action
from router.ports.record import Attempts, TenantState
from router.ports.secrets import SealedSecrets

_RESOURCE: Final = "secrets"


class RecordedSecrets:
    """All sealed texts of all tenants."""

    def __init__(self, record: Record, attempts: Attempts) -> None:
        self._record = record
        self._attempts = attempts

    async def of(self, tenant: TenantId) -> SealedSecrets:
        """All of a tenant's, as they are at one moment; texts in the order of their names."""
        async with scope(self._record.engine, tenant) as connection:
            return await sealed_texts(connection, tenant)

    async def replace(self, tenant: TenantId, before: SealedSecrets, after: SealedSecrets) -> bool:
        """Store these in place of those; False, and nothing done, if they were changed meanwhile."""
        if await self.of(tenant) != before:
            return False
        action = Action.SECRET_REMOVE if before.texts.keys() - after.texts.keys() else Action.SECRET_SET
        async with self._record.changing(tenant, self._attempts(action, tenant, _RESOURCE)) as change:
            return await change.seal(before, after)

    async def tenants(self) -> list[TenantId]:
        """The tenants that may have any, by name."""
        async with transaction(self._record.engine) as connection:
            return [one.tenant for one in await standing(connection) if one.state is not TenantState.ERASED]

    async def now(self) -> Instant:
        """The record's time."""
        async with transaction(self._record.engine) as connection:
            return instant((await connection.execute(select(func.clock_timestamp()))).scalar_one())
