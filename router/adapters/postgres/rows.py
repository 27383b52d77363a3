"""Rows as values, and values as rows: PostgreSQL's times and ours are both in microseconds."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from router.core.model.instant import NEVER, Instant, from_datetime, to_datetime
from router.ports.provenance import Part, Provenance
from router.ports.record import RecordedToken, RecordedVersion

MANIFEST: Final = ":manifest"
"""The name of the sealed list of versions, beside the secrets; no secret has a colon in its name."""


def instant(at: datetime | None) -> Instant:
    """A time as the rest of the program knows it."""
    return NEVER if at is None else from_datetime(at)


def when(at: Instant) -> datetime | None:
    """A time as PostgreSQL takes it; None leaves it to PostgreSQL."""
    return None if at == NEVER else to_datetime(at)


def version_of(row: Row[Any]) -> RecordedVersion:
    """A row of `configuration`."""
    made_by = Provenance(row.author, row.login, row.source, row.note, Part(row.part), row.source_ref)
    return RecordedVersion(row.version, row.document, instant(row.at), made_by)


def token_of(row: Row[Any]) -> RecordedToken:
    """A row of `token`."""
    return RecordedToken(row.digest, instant(row.created_at))
