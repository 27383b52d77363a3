"""Batches out of fetched bytes, in place of aiokafka's own reader: one that cannot be read stops nobody.

Kafka says that header names are UTF-8 and checks it nowhere. aiokafka raises while it unpacks a fetch: that partition
would stand still for ever. There is no hook, so its reader of fetched data is replaced by one that shows bad bytes as
escapes, bounds what a batch may unpack to, and lets one record stand for a batch that cannot be read.

What is fetched is looked through once: a batch of 50 MB, which a broker may let through, would else stop the event
loop for a third of a second.
"""

from collections.abc import Iterator
from typing import Any, Final

from aiokafka.consumer import fetcher
from aiokafka.record.memory_records import _MemoryRecordsPy

from router.adapters.kafka import unpack
from router.adapters.kafka.unpack import UNPACKED_MAX
from router.ports.kafka import Unread

_CURRENT: Final = 2
"""The format of batches that brokers store since 2017."""


def bound_unpacking(limit: int) -> None:
    """From now on no consumer of this process unpacks a batch to more than so many bytes."""
    FetchedRecords.limit = limit
    fetcher.MemoryRecords = FetchedRecords


class FetchedRecords(_MemoryRecordsPy):  # type: ignore[misc]  # aiokafka is not typed
    """The batches of a partition in one fetch."""

    limit = UNPACKED_MAX

    def next_batch(self) -> Any:  # noqa: ANN401 - aiokafka's own class, or ours
        """The next one; where its checksum is another, aiokafka's own, which refuses it and fetches it again."""
        data = self._next_slice
        if data[self.MAGIC_OFFSET] < _CURRENT:
            self._cache_next()
            return _legacy(bytes(data))
        batch = super().next_batch()
        if batch.is_control_batch or not unpack.is_intact(data):
            return batch
        try:
            return _readable(unpack.plain(bytes(data), self.limit) if unpack.is_compressed(data) else data)
        except unpack.TooLargeError:
            detail = f"its records are larger than {self.limit} bytes"
            return _read(unpack.stand_in(bytes(data), Unread.BATCH_TOO_LARGE, detail))
        except Exception as error:  # noqa: BLE001 - whatever it is, it would stand in everybody's way for ever
            detail = f"{type(error).__name__}: {error}"
            return _read(unpack.stand_in(bytes(data), Unread.BATCH_UNREADABLE, detail))


class _Batch:
    """A batch found intact, each of whose records could be read: aiokafka would stop at a bad one."""

    def __init__(self, batch: Any) -> None:  # noqa: ANN401 - aiokafka's own class
        self._batch = batch
        self._records = list(batch)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._records)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as aiokafka's
        return getattr(self._batch, name)

    def validate_crc(self) -> bool:
        """Whether its checksum is right, which was looked at before it was unpacked."""
        return True


def _legacy(data: bytes) -> Any:  # noqa: ANN401 - aiokafka's own class, or ours
    """A message of an older format, if it is not packed and can be read; damaged on the way, it is fetched again."""
    if not unpack.is_intact_legacy(data):
        return _batch_of(data)
    try:
        return _read(unpack.plain_legacy(data))
    except Exception as error:  # noqa: BLE001 - as above
        return _read(unpack.stand_in_legacy(data, f"{type(error).__name__}: {error}"))


def _readable(data: bytes | memoryview) -> _Batch:
    """A batch of the current format; header names that are not text with escapes."""
    try:
        return _read(data)
    except UnicodeDecodeError:
        return _read(unpack.with_text_names(bytes(data)))


def _read(data: bytes | memoryview) -> _Batch:
    return _Batch(_batch_of(data))


def _batch_of(data: bytes | memoryview) -> Any:  # noqa: ANN401 - aiokafka's own class
    return _MemoryRecordsPy.next_batch(_MemoryRecordsPy(data))
