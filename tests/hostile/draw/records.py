"""Records of producers of one's own, as batches: odd keys, headers, times and compressions, and bombs."""

import math
import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from aiokafka.record.default_records import DefaultRecordBase
from aiokafka.record.util import calc_crc32c

from tests.e2e.raw_batches import Headers, batch_of, bomb_of
from tests.hostile.draw import bodies, texts

_CODECS: Final = (0, 0, 1, 2, 3, 4)
"""None, gzip, Snappy, LZ4, Zstandard."""
_BOMBS: Final = (5_000_000, 20_000_000, 80_000_000)
_AWAY_S: Final = (-90_000, -400, -100, -5, 4, 100, 285, 400, 90_000)
_TIMES: Final = ("", "now", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1e400", "2026-11-27", "\0", "x" * 3_000)
_NAMES: Final = (
    "Hostile",
    "victim ",
    "",
    "..",
    "x" * 3_000,
    "\u200b",
    "alert-router",
    "{victim}",
    "victim\0",
    "VICTIM",
)
"""Tenants that do not exist; the victim is not among them: nobody could distinguish such records from its own."""
_FURTHER: Final[Sequence[tuple[str, bytes]]] = (
    ("traceparent", b"\xff" * 200),
    ("signature", b"v1:x:" + b"A" * 60),
    ("dead_letter_id", b"../1"),
    ("content-type", b"\0"),
    ("attempts", b"-1"),
    ("origin_offset", b"99999999999999999999"),
    ("", b""),
    ("\u00e9", b"\xc3"),
    ("x" * 9_000, b"y" * 9_000),
)
_UNLIKE: Final = 4
"""Records of a batch that differ; more of them are these again."""
_CODEC_MASK: Final = 7


@dataclass(frozen=True, slots=True)
class Batch:
    """The bytes of a batch and the number of its records."""

    data: bytes
    records: int


def drawn(dice: random.Random, tenant: str, now: datetime) -> Batch:
    """A batch in the tenant's name, or in that of none."""
    headers = _headers(dice, tenant, now)
    if dice.random() < 0.01:
        return Batch(bomb_of(dice.choice(_BOMBS), headers), 1)
    spoils = dice.random() < 0.15  # one record alone: Tansu counts those of what it cannot unpack as one
    count = 1 if spoils else dice.choice([1, 1, 1, 2, 40])
    values = [_value(dice) for _ in range(min(count, _UNLIKE))] * math.ceil(count / _UNLIKE)
    key = dice.choice([None, b"", tenant.encode(), b"\xff" * 20, b"k" * 20_000])
    data = batch_of(*values, headers=headers, key=key, codec=dice.choice(_CODECS))
    if spoils and _is_packed(data):
        own = random.Random(dice.getrandbits(64))  # how much it draws depends on the time inside what is packed
        start = DefaultRecordBase.HEADER_STRUCT.size
        data = _checked(data[:start] + texts.flipped(own, data[start:]))
    return Batch(data, len(values))


def _value(dice: random.Random) -> bytes | None:
    chance = dice.random()
    if chance < 0.06:
        return None
    return (
        dice.choice([b"", b"\0" * 100_000, b"x" * 5_000_000, b"[" * 50_000]) if chance < 0.08 else bodies.drawn(dice)
    )


def _headers(dice: random.Random, tenant: str, now: datetime) -> Headers:
    named = dice.choice(_NAMES) if dice.random() < 0.1 else tenant
    found = [("tenant", named.encode())] if dice.random() < 0.95 else []
    for name in ("received_at", "observed_at"):
        if dice.random() < 0.5:
            away = (now + timedelta(seconds=dice.choice(_AWAY_S))).isoformat()
            found.append((name, (away if dice.random() < 0.7 else dice.choice(_TIMES)).encode()))
    if dice.random() < 0.3:
        found += dice.choices(_FURTHER, k=dice.choice([1, 3, 40]))
    return dice.sample(found, len(found))


def _is_packed(data: bytes) -> bool:
    attributes: int = struct.unpack_from(">h", data, DefaultRecordBase.ATTRIBUTES_OFFSET)[0]
    return bool(attributes & _CODEC_MASK)


def _checked(data: bytes) -> bytes:
    """With the sum that belongs to it, as a broker wants it."""
    found = bytearray(data)
    checksum = calc_crc32c(bytes(found[DefaultRecordBase.ATTRIBUTES_OFFSET :]))
    struct.pack_into(">I", found, DefaultRecordBase.CRC_OFFSET, checksum)
    return bytes(found)


def at(seconds: float) -> datetime:
    """A moment, for those that draw twice the same."""
    return datetime.fromtimestamp(seconds, UTC)
