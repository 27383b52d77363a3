"""Requests that had a key: a row for each, inserted before anything else of its change, in the same transaction."""

from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from router.adapters.postgres.scope import scope
from router.adapters.postgres.tables import IDEMPOTENCY
from router.core.model.alert import TenantId
from router.errors import RepeatedError
from router.ports.idempotency import Answer, Carried, Claim

_EVERY: Final = TenantId("*")
_OLD: Final = func.make_interval(0, 0, 0, 0, 0, 1)
_IS_OLD: Final = (IDEMPOTENCY.c.at < func.now() - _OLD).label("is_old")


async def claim_in(connection: AsyncConnection, claim: Claim) -> None:
    """Insert the row of a request in the transaction of its change.

    Raises:
        RepeatedError: there is one.
    """
    row = insert(IDEMPOTENCY).values(tenant=claim.tenant or _EVERY, key=claim.key, digest=claim.digest)
    inserted = row.on_conflict_do_nothing().returning(IDEMPOTENCY.c.key)
    if (await connection.execute(inserted)).scalar_one_or_none() is None:
        raise RepeatedError


async def give_up_in(connection: AsyncConnection, claim: Claim) -> None:
    """Delete the row of a request that has failed, in the transaction in which that is noted."""
    await connection.execute(IDEMPOTENCY.delete().where(_own(claim), IDEMPOTENCY.c.status.is_(None)))


class KeptAnswers:
    """The answers, kept for so many hours; whoever looks for one deletes those of all tenants that are older."""

    def __init__(self, engine: AsyncEngine, hours: int) -> None:
        self._engine = engine
        self._hours = hours

    async def find(self, claim: Claim) -> Carried | None:
        """The request that was carried out under this key; None where there was none, or too long ago."""
        wanted = select(IDEMPOTENCY.c.digest, IDEMPOTENCY.c.status, IDEMPOTENCY.c.answer, _IS_OLD)
        async with scope(self._engine, claim.tenant or _EVERY) as connection:
            await connection.execute(select(func.control.forget_answers(self._hours)))
            row = (await connection.execute(wanted.where(_own(claim)))).one_or_none()
        if row is None:
            return None
        answer = None if row.status is None else Answer(row.status, bytes(row.answer))
        return Carried(row.digest, answer, row.is_old)

    async def forget(self) -> None:
        """Delete those of all tenants that are older."""
        async with scope(self._engine, _EVERY) as connection:
            await connection.execute(select(func.control.forget_answers(self._hours)))

    async def keep(self, claim: Claim, answer: Answer) -> None:
        """Keep the answer of one that was carried out; nothing is kept of one that changed nothing."""
        kept = IDEMPOTENCY.update().where(_own(claim), IDEMPOTENCY.c.status.is_(None))
        async with scope(self._engine, claim.tenant or _EVERY) as connection:
            await connection.execute(kept.values(status=answer.status, answer=answer.content))


def _own(claim: Claim) -> ColumnElement[bool]:
    return (IDEMPOTENCY.c.tenant == (claim.tenant or _EVERY)) & (IDEMPOTENCY.c.key == claim.key)
