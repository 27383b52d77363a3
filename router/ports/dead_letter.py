"""Dead letters as they stand in their topic: the headers that are added to those of the record."""

from enum import StrEnum
from typing import Final


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
