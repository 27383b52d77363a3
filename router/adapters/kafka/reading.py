"""Fetched records whose header names are no UTF-8: read all the same, the bad bytes shown as escapes.

Kafka says that names are UTF-8 and checks it nowhere. aiokafka raises while it unpacks a fetch: that partition stands
still for ever, and what the same poll had unpacked of others is lost. There is no hook, so its reader of fetched data
is replaced; a batch that it can read it reads, at its speed.
"""

from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy


def read_any_header_name() -> None:
    """Let every consumer of this process read such records."""
    fetcher.MemoryRecords = _Records


class _Records(_MemoryRecordsPy):  # type: ignore[misc]  # aiokafka is not typed
    def next_batch(self) -> Any:  # noqa: ANN401 - aiokafka's own class, or ours
        data = bytes(self._next_slice)
        if _names_are_text(super().next_batch()):
            return _MemoryRecordsPy.next_batch(type(self)(data))
        return _Tolerant(data)


def _names_are_text(batch: Any) -> bool:  # noqa: ANN401 - aiokafka's own class
    try:
        return all(True for _ in batch)
    except UnicodeDecodeError:
        return False
    except Exception:  # noqa: BLE001 - raised again where aiokafka expects it
        return True


class _Tolerant(_DefaultRecordBatchPy):  # type: ignore[misc]  # aiokafka is not typed
    _buffer: Any

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Buffer(self._buffer)


class _Buffer(bytearray):
    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - as bytearray's, in one signature
        part = super().__getitem__(index)
        return _Part(part) if isinstance(index, slice) else part


class _Part(bytearray):
    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, "backslashreplace" if errors == "strict" else errors)
