"""Compressed batches as plain ones, bounded before anything is unpacked.

250 KB of gzip may hold 250 MB, which no worker can take at once. A batch beyond the bound, or one that cannot be
unpacked, becomes a single record that stands in its place: with the packed bytes as they were sent, why, and the
batch's last offset, so that it can be dead-lettered and passed.
"""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiokafka.codec import cramjam
from aiokafka.record.default_records import DefaultRecordBase, DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from router.adapters.kafka import header_names
from router.ports.kafka import UNREAD, Unread

UNPACKED_MAX: Final = 16 * 1024 * 1024
"""Bytes that one compressed batch may unpack to: four of the largest bodies, or thousands of usual ones."""

_HEADER: Final = DefaultRecordBase.HEADER_STRUCT
_ATTRIBUTES: Final = DefaultRecordBase.ATTRIBUTES_OFFSET
_CODEC: Final = DefaultRecordBase.CODEC_MASK
_XERIAL: Final = b"\x82SNAPPY\x00"
_XERIAL_HEADER: Final = 16
_LEGACY_CRC: Final = 12
_LEGACY_ATTRIBUTES: Final = 17
_GZIP: Final = zlib.MAX_WBITS | 16
_DEFLATE: Final = 1032
"""How many bytes one byte of gzip can stand for at most."""
_PACKED_PIECE: Final = 4 * 1024
_PIECE: Final = 256 * 1024
_OVERFLOW: Final = "failed to write whole buffer"
_DETAIL: Final = 200

Unpack = Callable[[bytes, int], bytes]


class TooLargeError(Exception):
    """It unpacks to more than the bound."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the header of a batch tells before anything is unpacked."""

    base_offset: int
    attributes: int
    last_delta: int
    max_timestamp: int
    records: int

    @classmethod
    def of(cls, data: bytes | memoryview) -> "_Batch":
        base, _, _, _, _, attributes, delta, _, newest, _, _, _, records = _HEADER.unpack_from(data)
        return cls(base, attributes, delta, newest, records)


def is_compressed(data: bytes | memoryview) -> bool:
    """Whether the records of this batch of the current format are packed."""
    return bool(_Batch.of(data).attributes & _CODEC)


def is_intact(data: bytes | memoryview) -> bool:
    """Whether the batch is as its producer sent it, by its checksum."""
    (expected,) = struct.unpack_from(">I", data, DefaultRecordBase.CRC_OFFSET)
    return bool(expected == calc_crc32c(memoryview(data)[_ATTRIBUTES:]))


def plain(data: bytes, limit: int) -> bytes:
    """The same batch, of the current format, with its records as they are before compression.

    Raises:
        TooLargeError: they are larger than `limit` bytes.
        ValueError: they cannot be unpacked.
    """
    attributes = _Batch.of(data).attributes
    unpack = _UNPACK.get(attributes & _CODEC)
    if unpack is None:
        raise ValueError(f"compression codec {attributes & _CODEC} is not known")
    records = unpack(data[_HEADER.size :], limit)
    found = bytearray(data[: _HEADER.size]) + records
    struct.pack_into(">h", found, _ATTRIBUTES, attributes & ~_CODEC)
    return _sealed(found)


def with_text_names(data: bytes) -> bytes:
    """The same batch, not packed, with escapes in names of headers that are not UTF-8.

    Raises:
        ValueError, IndexError: its records cannot be read.
    """
    records = header_names.with_text_names(data, _Batch.of(data).records)
    return _sealed(bytearray(data[: _HEADER.size]) + records)


def stand_in(data: bytes, why: Unread, detail: str) -> bytes:
    """A batch of one record in place of one that is not read, at its last offset."""
    batch = _Batch.of(data)
    about = {"codec": _NAMES.get(batch.attributes & _CODEC, "unknown"), "records": str(batch.records)}
    place = (batch.base_offset + batch.last_delta, batch.max_timestamp)
    return _stand_in(data[_HEADER.size :], place, {UNREAD: why, "unread_detail": detail[:_DETAIL], **about})


def is_intact_legacy(data: bytes) -> bool:
    """Whether a message of an older format is as its producer sent it, by its checksum."""
    (expected,) = struct.unpack_from(">I", data, _LEGACY_CRC)
    return bool(expected == zlib.crc32(data[_LEGACY_CRC + 4 :]))


def plain_legacy(data: bytes) -> bytes:
    """A message of an older format that is not packed.

    Raises:
        ValueError: it is packed.
    """
    if data[_LEGACY_ATTRIBUTES] & _CODEC:
        raise ValueError("an old format, packed")
    return data


def stand_in_legacy(data: bytes, detail: str) -> bytes:
    """The same for a message of a format that no broker of these days stores."""
    (offset,) = struct.unpack_from(">q", data)
    return _stand_in(data, (offset, 0), {UNREAD: Unread.BATCH_UNREADABLE, "unread_detail": detail[:_DETAIL]})


def _stand_in(value: bytes, place: tuple[int, int], headers: Mapping[str, str]) -> bytes:
    offset, timestamp = place
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, len(value))
    builder.append(0, timestamp, b"", value, [(name, text.encode()) for name, text in headers.items()])
    found = bytearray(builder.build())
    struct.pack_into(">q", found, 0, offset)
    return bytes(found)


def _sealed(batch: bytearray) -> bytes:
    struct.pack_into(">i", batch, 8, len(batch) - DefaultRecordBase.AFTER_LEN_OFFSET)
    struct.pack_into(">I", batch, DefaultRecordBase.CRC_OFFSET, calc_crc32c(bytes(batch[_ATTRIBUTES:])))
    return bytes(batch)


def _gzip(packed: bytes, limit: int) -> bytes:
    """A gzip file, also of several members. It is unpacked in pieces, which is faster than at once."""
    announced = int.from_bytes(packed[-4:], "little")
    if limit < announced <= len(packed) * _DEFLATE:
        raise TooLargeError
    found, size, start, left = list[bytes](), 0, 0, b""
    member = zlib.decompressobj(wbits=_GZIP)
    while left or start < len(packed):
        if member.eof:
            left, member = member.unused_data, zlib.decompressobj(wbits=_GZIP)
        if not left:
            left, start = packed[start : start + _PACKED_PIECE], start + _PACKED_PIECE
        found.append(_inflated(member, left))
        left = member.unused_data if member.eof else member.unconsumed_tail
        size += len(found[-1])
        if size > limit:
            raise TooLargeError
    if not member.eof:
        raise ValueError("the packed data ends too early")
    return b"".join(found)


def _inflated(member: Any, packed: bytes) -> bytes:  # noqa: ANN401 - zlib does not name the type
    try:
        piece: bytes = member.decompress(packed, _PIECE)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    return piece


def _snappy(packed: bytes, limit: int) -> bytes:
    return b"".join(_snappy_blocks(packed, limit))


def _snappy_blocks(packed: bytes, limit: int) -> list[bytes]:
    if not packed.startswith(_XERIAL):
        return [_snappy_block(packed, limit)]
    found, start = list[bytes](), _XERIAL_HEADER
    while start < len(packed):
        (size,) = struct.unpack_from("!I", packed, start)
        found.append(_snappy_block(packed[start + 4 : start + 4 + size], limit))
        limit -= len(found[-1])
        start += 4 + size
    return found


def _snappy_block(packed: bytes, limit: int) -> bytes:
    if cramjam.snappy.decompress_raw_len(packed) > limit:
        raise TooLargeError
    return bytes(cramjam.snappy.decompress_raw(packed))


def _into(unpack: Callable[[bytes, bytearray], int]) -> Unpack:
    def unpacked(packed: bytes, limit: int) -> bytes:
        found = bytearray(limit)
        try:
            size = unpack(packed, found)
        except cramjam.DecompressionError as error:
            if _OVERFLOW in str(error):
                raise TooLargeError from error
            raise
        return bytes(memoryview(found)[:size])

    return unpacked


def _refused(unpack: Unpack) -> Unpack:
    """Any failure of a library as ValueError."""

    def unpacked(packed: bytes, limit: int) -> bytes:
        try:
            return unpack(packed, limit)
        except (cramjam.DecompressionError, struct.error) as error:
            raise ValueError(str(error)) from error

    return unpacked


_NAMES: Final = {0: "none", 1: "gzip", 2: "snappy", 3: "lz4", 4: "zstd"}
_UNPACK: Final[Mapping[int, Unpack]] = {
    1: _gzip,
    2: _refused(_snappy),
    3: _refused(_into(cramjam.lz4.decompress_into)),
    4: _refused(_into(cramjam.zstd.decompress_into)),
}
