"""Batches of records as clients send them that check nothing."""

import struct
import zlib
from collections.abc import Sequence
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import DefaultRecordBase, _DefaultRecordBatchBuilderPy
from aiokafka.record.util import calc_crc32c, encode_varint

GZIP: Final = 1
LARGEST_REQUEST: Final = 2**24
_PIECE: Final = b"0" * 2**20

Headers = Sequence[tuple[str, bytes]]


def batch_of(*values: bytes | None, headers: Headers = (), key: bytes | None = None, codec: int = 0) -> bytes:
    """A batch of these records; with neither key nor value, and as large as anybody likes."""
    builder = _DefaultRecordBatchBuilderPy(2, codec, 0, -1, -1, -1, 2**31 - 1)
    for offset, value in enumerate(values):
        builder.append(offset, None, key, value, list(headers))
    return bytes(builder.build())


def bomb_of(size: int, headers: Headers) -> bytes:
    """A batch of one record that gzip makes a thousandth of; it is never whole in memory."""
    before, after = bytearray(b"\x00\x00\x00\x01"), bytearray()  # attributes, time, offset, no key
    encode_varint(size, before.append)
    encode_varint(len(headers), after.append)
    for name, value in headers:
        for part in (name.encode(), value):
            encode_varint(len(part), after.append)
            after += part
    length = bytearray()
    encode_varint(len(before) + size + len(after), length.append)
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(bytes(length + before))
    packed += b"".join(packer.compress(_PIECE) for _ in range(size // len(_PIECE)))
    packed += packer.compress(_PIECE[: size % len(_PIECE)] + bytes(after)) + packer.flush()
    template = bytearray(batch_of(b"")[: DefaultRecordBase.HEADER_STRUCT.size]) + packed
    struct.pack_into(">h", template, DefaultRecordBase.ATTRIBUTES_OFFSET, GZIP)
    struct.pack_into(">i", template, 8, len(template) - DefaultRecordBase.AFTER_LEN_OFFSET)
    checksum = calc_crc32c(bytes(template[DefaultRecordBase.ATTRIBUTES_OFFSET :]))
    struct.pack_into(">I", template, DefaultRecordBase.CRC_OFFSET, checksum)
    return bytes(template)


async def append_batch(kafka: str, data: bytes, records: int = 1, *, partition: int = 0) -> None:
    """Append it to the inbound topic."""
    await append_batches(kafka, [data], records, partition=partition)


async def append_batches(kafka: str, batches: Sequence[bytes], records: int = 1, *, partition: int = 0) -> None:
    """Append them to the inbound topic, each with so many records."""
    async with AIOKafkaProducer(bootstrap_servers=kafka, max_request_size=LARGEST_REQUEST) as producer:
        for data in batches:
            await append_with(producer, data, records, partition)


async def append_with(producer: AIOKafkaProducer, data: bytes, records: int, partition: int) -> None:
    """Append a batch of so many records by a producer that runs."""
    batch = producer.create_batch()
    batch.close()
    batch._buffer, batch._relative_offset = data, records
    await (await producer.send_batch(batch, "alerts.inbound", partition=partition))
