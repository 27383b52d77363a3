"""Batches whose records have header names that are not text, as Kafka lets producers write them.

The client's own reader fails at such a name, and the one that could be made tolerant looks beyond the end of what it
was given where a length is forged, which ends the process. So names get their escapes first, by lengths
that are checked, and the client's reader sees text alone.
"""

from typing import Final

from aiokafka.record.default_records import DefaultRecordBase
from aiokafka.record.util import decode_varint_py, encode_varint_py

_START: Final = DefaultRecordBase.HEADER_STRUCT.size
_NUMBERS: Final = 3
"""What a record begins with: attributes, and how far time and offset are from the batch's."""


def with_text_names(data: bytes, records: int) -> bytes:
    """The records of a batch that is not packed, so many, with escapes in names that are not UTF-8.

    Raises:
        ValueError, IndexError: they cannot be read.
    """
    found, pos = bytearray(), _START
    for _ in range(records):
        size, pos = _number(data, pos)
        record = _with_text_names(_part(data, pos, size))
        _add_number(found, len(record))
        found += record
        pos += size
    if pos != len(data):
        raise ValueError(f"{len(data) - pos} bytes behind the last record")
    return bytes(found)


def _with_text_names(record: bytes) -> bytes:
    pos = 0
    for _ in range(_NUMBERS):
        _, pos = _number(record, pos)
    for _ in ("key", "value"):
        size, pos = _number(record, pos)
        pos += len(_part(record, pos, max(0, size)))
    count, pos = _number(record, pos)
    found = bytearray(record[:pos])
    for _ in range(count):
        size, pos = _number(record, pos)
        name = _part(record, pos, size).decode(errors="backslashreplace").encode()
        value_at = pos + size
        size, pos = _number(record, value_at)
        pos += len(_part(record, pos, max(0, size)))
        _add_number(found, len(name))
        found += name + record[value_at:pos]
    if pos != len(record):
        raise ValueError(f"{len(record) - pos} bytes behind the last header")
    return bytes(found)


def _number(data: bytes, pos: int) -> tuple[int, int]:
    """The number that begins there, and where it has ended."""
    found: tuple[int, int] = decode_varint_py(data, pos)
    return found


def _add_number(data: bytearray, number: int) -> None:
    encode_varint_py(number, data.append)


def _part(data: bytes, start: int, size: int) -> bytes:
    if size < 0 or start + size > len(data):
        raise ValueError(f"{size} bytes where {len(data) - start} are left")
    return data[start : start + size]
