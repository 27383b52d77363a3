"""The access document in the record: each version is stored in one transaction with what is audited of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select

from router.adapters.postgres.changing import Record
from router.adapters.postgres.rows import instant
from router.adapters.postgres.scope import transaction
from router.adapters.postgres.tables import ACCESS_DOCUMENT
from router.ports.access import INSTALLATION
from router.ports.audit import Action, Difference
from router.ports.control import KeptVersion, Recorded
from router.ports.provenance import Provenance
from router.ports.record import Attempts

_NEWEST_FIRST = select(ACCESS_DOCUMENT).order_by(ACCESS_DOCUMENT.c.version.desc())


class RecordedAccess:
    """See `AccessVersions`."""

    def __init__(self, record: Record, attempts: Attempts) -> None:
        self._record = record
        self._attempts = attempts

    async def newest(self) -> KeptVersion | None:
        """The one that is in force; None where there is none."""
        async with transaction(self._record.engine) as connection:
            row = (await connection.execute(_NEWEST_FIRST.limit(1))).one_or_none()
        return None if row is None else _kept(row, row.version)

    async def number(self) -> int:
        """The number of the one that is in force; 0 where there is none."""
        newest = select(ACCESS_DOCUMENT.c.version).order_by(ACCESS_DOCUMENT.c.version.desc()).limit(1)
        async with transaction(self._record.engine) as connection:
            return (await connection.execute(newest)).scalar_one_or_none() or 0

    async def all(self) -> list[KeptVersion]:
        """Every version, newest first."""
        async with transaction(self._record.engine) as connection:
            rows = list(await connection.execute(_NEWEST_FIRST))
        return [_kept(one, rows[0].version) for one in rows]

    async def add(self, text: str, onto: int, by: Provenance, differences: Sequence[Difference]) -> int:
        """Store a text as the next version; its number.

        Raises:
            ChangedMeanwhileError: another version than `onto` (0: none) is in force.
        """
        attempt = self._attempts(Action.ACCESS_APPLY, INSTALLATION, "access")
        entry = replace(attempt, reason=by.message or attempt.reason, diff=tuple(differences))
        async with self._record.changing(INSTALLATION, entry) as change:
            return await change.publish_access(text, onto, by)


def _kept(row: Row[Any], active: int) -> KeptVersion:
    made_by = Provenance(row.author, row.login, row.source, row.note, source_ref=row.source_ref)
    recorded = Recorded(made_by, row.digest)
    return KeptVersion(row.version, row.document, instant(row.at), row.version == active, recorded)
