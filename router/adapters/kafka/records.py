"""Aiokafka's records as the roles have them."""

from typing import Final

from aiokafka import ConsumerRecord

from router.core.model.instant import MILLISECOND, Instant
from router.ports.kafka import Record, Stamped

_LOG_APPEND_TIME: Final = 1


def as_record(one: ConsumerRecord) -> Record:
    """The record as the roles have it."""
    return Record(
        topic=one.topic,
        partition=one.partition,
        offset=one.offset,
        timestamp=Instant(one.timestamp * MILLISECOND),
        key=one.key,
        value=one.value,
        headers=tuple(one.headers),
        stamped=Stamped.BY_BROKER if one.timestamp_type == _LOG_APPEND_TIME else Stamped.BY_PRODUCER,
    )
