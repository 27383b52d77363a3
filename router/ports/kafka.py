"""Records in and out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from router.core.model.instant import Instant

Headers = Sequence[tuple[str, bytes]]

UNREAD: Final = "alert-router-unread"
"""The header of a record that stands in place of a batch that was not read: why, see `Unread`."""


class Unread(StrEnum):
    """Why a batch was not read; the reason of its dead letter."""

    BATCH_TOO_LARGE = "batch_too_large"
    BATCH_UNREADABLE = "batch_unreadable"


@dataclass(frozen=True, slots=True)
class Record:
    """One record as Kafka has it; headers may be null or not text."""

    topic: str
    partition: int
    offset: int
    timestamp: Instant
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


class RecordLog(Protocol):
    """Records out."""

    async def append(self, topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None:
        """Append one record; returns when all replicas have it.

        Raises:
            UnavailableError: nobody knows whether it was appended; append it again.
            PayloadError: it can never be appended.
        """

    async def reached(self) -> bool:
        """Whether Kafka answers now."""
