"""Dead letters as they stand in their topic: the headers that are added to those of the record."""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Final, Protocol

from router.core.model.instant import Instant
from router.ports.kafka import Record


class LetterHeader(StrEnum):
    """What is known of a record that was set aside, beside what it had itself."""

    ID = "dead_letter_id"
    """The same each time that the same is set aside: topic, partition, offset; of a part of it its digest."""
    TENANT = "dead_letter_tenant"
    """Whose it is, where that was found out."""
    REASON = "reason"
    STAGE = "stage"
    ERROR = "error"
    ORIGIN_TOPIC = "origin_topic"
    ORIGIN_PARTITION = "origin_partition"
    ORIGIN_OFFSET = "origin_offset"
    ORIGIN_TIMESTAMP = "origin_timestamp"
    WAS_NULL = "was_null"
    BODY_LEFT_OUT = "body_left_out"
    BODY_BYTES = "body_bytes"
    BODY_SHA256 = "body_sha256"


REDRIVEN: Final = "redriven"
"""The header of a record that was appended again out of the dead letters: the id of its letter."""


def letter_id(topic: str, partition: int | str, offset: int | str, digest: str = "") -> str:
    """The id of a letter; `digest` is that of an alert that was set aside alone."""
    return "-".join(filter(None, [topic, str(partition), str(offset), digest]))


class LetterLog(Protocol):
    """The dead-letter topic, from a time to its end."""

    async def read(self, since: Instant, take: Callable[[Record], Awaitable[None]]) -> None:
        """Hand over each record that was appended since then, up to the end as it is now.

        Raises:
            OperationError: there is no such topic.
            UnavailableError: Kafka does not answer, or not any more.
        """


class RedrivenLetters(Protocol):
    """Which letters were redriven, for as long as they may be."""

    async def times(self, ids: Sequence[str]) -> list[Instant]:
        """When each was redriven; NEVER for one that was not."""

    async def note(self, letter_id: str) -> None:
        """It was redriven now."""
