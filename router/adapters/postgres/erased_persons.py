"""The lists of people whose data was erased, in the record, by the login of projectors; one row a part."""

from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from router.adapters.postgres.scope import transaction
from router.adapters.postgres.tables import ERASED_PERSON
from router.adapters.postgres.taking import is_taken
from router.core.model.alert import TenantId
from router.core.model.instant import from_datetime, to_datetime
from router.ports.subject_copies import Part, Parts

_PART: Final = ("tenant", "part")


class RecordedPersons:
    """The lists of all tenants."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def tenants(self) -> frozenset[TenantId]:
        """Of whom there is a list."""
        async with transaction(self._engine) as connection:
            rows = await connection.execute(select(ERASED_PERSON.c.tenant).distinct())
            return frozenset(TenantId(row.tenant) for row in rows)

    async def compare(self, tenant: TenantId, compared: Callable[[Parts], Awaitable[Parts]]) -> None:
        """Hand over a tenant's list, and have what comes back instead; nothing of it is projected meanwhile.

        Nothing is done for a tenant that is no more, or that another projector is at.
        """
        async with transaction(self._engine) as connection:
            if await is_taken(connection, tenant):
                recorded = await _of(connection, tenant)
                await _replace(connection, tenant, recorded, await compared(recorded))


async def _of(connection: AsyncConnection, tenant: TenantId) -> Parts:
    rows = await connection.execute(select(ERASED_PERSON).where(ERASED_PERSON.c.tenant == tenant))
    return {row.part: Part(row.text, from_datetime(row.until)) for row in rows}


async def _replace(connection: AsyncConnection, tenant: TenantId, recorded: Parts, wanted: Parts) -> None:
    mine = ERASED_PERSON.c.tenant == tenant
    if gone := recorded.keys() - wanted.keys():
        await connection.execute(ERASED_PERSON.delete().where(mine, ERASED_PERSON.c.part.in_(gone)))
    for name, part in wanted.items():
        if recorded.get(name) != part:
            stored = {"text": part.text, "until": to_datetime(part.until)}
            row = insert(ERASED_PERSON).values(tenant=tenant, part=name, **stored)
            await connection.execute(row.on_conflict_do_update(index_elements=_PART, set_=stored))
