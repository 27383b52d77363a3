"""Compressed batches: unpacked up to a bound, and beyond it a record that stands for them."""

import gzip
import struct
import tracemalloc
import zlib
from typing import Any, Final

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder
from aiokafka.record.util import calc_crc32c
from hypothesis import given
from hypothesis import strategies as st

from router.adapters.kafka.fetched import FetchedRecords
from router.adapters.kafka.unpack import TooLargeError, plain
from router.ports.kafka import UNREAD
from tests.bounds import tries
from tests.examples import examples

CODECS: Final = {"gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
BASE: Final = 40


def a_batch(*values: bytes, codec: int = 0, headers: Any = ()) -> bytes:
    """A batch as a broker stores it, at offset 40."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, 2**31 - 1)
    for offset, value in enumerate(values):
        builder.append(offset, 1000 + offset, b"k", value, list(headers))
    found = bytearray(builder.build())
    struct.pack_into(">q", found, 0, BASE)
    return bytes(found)


def read(*batches: bytes) -> list[Any]:
    """All records of fetched data, as the consumer gets them."""
    records, found = FetchedRecords(b"".join(batches)), []
    while records.has_next():
        batch = records.next_batch()
        assert batch.validate_crc()
        found += list(batch)
    return found


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(FetchedRecords, "limit", 100_000)
    return 100_000


@pytest.mark.parametrize("codec", CODECS)
def test_what_is_below_the_bound_is_read_as_it_was(bound: int, codec: str) -> None:
    values = [b"a" * 40_000, b"", b"b" * 50_000]

    found = read(a_batch(*values, codec=CODECS[codec]), a_batch(b"next"))

    assert [(one.offset, one.timestamp, one.key, one.value) for one in found[:3]] == [
        (BASE + place, 1000 + place, b"k", value) for place, value in enumerate(values)
    ]
    assert found[3].value == b"next"


@pytest.mark.parametrize("codec", CODECS)
@tries("compressed batch of records, unpacked; or four bodies, if that is more")
def test_the_bound_is_exact(codec: str, beyond: int) -> None:
    data = a_batch(b"x" * 5000, codec=CODECS[codec])
    unpacked = len(plain(data, 10_000)) - 61

    if beyond <= 0:
        assert plain(data, unpacked - beyond) == plain(data, 10_000)
        return
    with pytest.raises(TooLargeError):
        plain(data, unpacked - beyond)


@pytest.mark.parametrize("codec", CODECS)
def test_one_record_stands_for_a_batch_beyond_the_bound(bound: int, codec: str) -> None:
    bomb = a_batch(b"0" * 60_000, b"0" * 60_000, b"small", codec=CODECS[codec])

    stand_in, after = read(bomb, a_batch(b"after"))

    headers = dict(stand_in.headers)
    assert (stand_in.offset, stand_in.value, stand_in.key) == (BASE + 2, bomb[61:], b"")
    assert (headers[UNREAD], headers["codec"], headers["records"]) == (b"batch_too_large", codec.encode(), b"3")
    assert after.value == b"after"


def test_a_bomb_costs_no_memory(bound: int) -> None:
    bomb = a_batch(b"0" * 50_000_000, codec=1)
    tracemalloc.start()
    try:
        read(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 2_000_000


def lies(bomb: bytes) -> bytes:
    """A bomb that does not announce its size."""
    return spoiled(bomb, records=bomb[61:] + gzip.compress(b""))


def test_a_bomb_that_does_not_announce_its_size_is_one_all_the_same(bound: int) -> None:
    [stand_in] = read(lies(a_batch(b"0" * 5_000_000, codec=1)))

    assert dict(stand_in.headers)[UNREAD] == b"batch_too_large"


def test_gzip_of_several_members_is_read(bound: int) -> None:
    data = a_batch(b"a" * 20_000, b"b" * 20_000)
    packed = b"".join(gzip.compress(data[start : start + 7_000]) for start in range(61, len(data), 7_000))

    assert [one.value for one in read(spoiled(data, attributes=1, records=packed))] == [b"a" * 20_000, b"b" * 20_000]


def spoiled(data: bytes, attributes: int | None = None, records: bytes | None = None) -> bytes:
    """The batch with another codec or other bytes in it, and a checksum that fits."""
    found = bytearray(data[:61]) + (data[61:] if records is None else records)
    if attributes is not None:
        struct.pack_into(">h", found, 21, attributes)
    struct.pack_into(">i", found, 8, len(found) - 12)
    struct.pack_into(">I", found, 17, calc_crc32c(bytes(found[21:])))
    return bytes(found)


def spoiled_behind_a_name() -> bytes:
    """A name that is not text, and behind it the length of a name that cannot be one."""
    data = a_batch(b"x" * 500, headers=[("NAME", b"v"), ("OTHER", b"w")])
    records = bytearray(data[61:].replace(b"NAME", b"N\xffME"))
    records[records.index(b"OTHER") - 1] = 3
    return spoiled(data, records=bytes(records))


UNREADABLE: Final = {
    "no gzip": spoiled(a_batch(b"x" * 500), attributes=1),
    "no snappy": spoiled(a_batch(b"x" * 500), attributes=2),
    "no lz4": spoiled(a_batch(b"x" * 500), attributes=3),
    "no zstd": spoiled(a_batch(b"x" * 500), attributes=4),
    "an unknown codec": spoiled(a_batch(b"x" * 500), attributes=7),
    "gzip that ends early": spoiled(a_batch(b"x" * 500, codec=1), records=gzip.compress(b"x" * 500)[:-4]),
    "packed nonsense": spoiled(a_batch(b"x" * 500, codec=1), records=gzip.compress(b"x" * 500)),
    "nonsense": spoiled(a_batch(b"x" * 500), records=b"\xff" * 50),
    "a record too few": spoiled(a_batch(b"x" * 500), records=b""),
    "a name that is not text, and then nonsense": spoiled_behind_a_name(),
}


def test_a_large_batch_that_is_not_packed_is_copied_once() -> None:
    records = FetchedRecords(a_batch(b"x" * 5_000_000, b"y" * 5_000_000))

    tracemalloc.start()
    found = list(records.next_batch())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [len(one.value) for one in found] == [5_000_000, 5_000_000]
    assert most < 11_000_000


@pytest.mark.parametrize("form", UNREADABLE)
def test_what_cannot_be_read_stands_in_nobodys_way(bound: int, form: str) -> None:
    stand_in, after = read(UNREADABLE[form], a_batch(b"after"))

    assert dict(stand_in.headers)[UNREAD] == b"batch_unreadable"
    assert (stand_in.offset, stand_in.value, after.value) == (BASE, UNREADABLE[form][61:], b"after")


def test_a_batch_that_was_damaged_on_the_way_is_left_to_the_client_which_fetches_it_again(bound: int) -> None:
    data = bytearray(a_batch(b"x" * 500, codec=1))
    data[-1] ^= 1

    assert not FetchedRecords(bytes(data)).next_batch().validate_crc()


def test_names_that_are_not_text_are_shown_with_escapes_in_packed_batches_too(bound: int) -> None:
    data = a_batch(b"x" * 500, headers=[("NAME", b"v")])
    packed = gzip.compress(data[61:].replace(b"NAME", b"N\xffME"))

    [record] = read(spoiled(data, attributes=1, records=packed))

    assert record.headers == [("N\\xffME", b"v")]


def test_a_packed_message_of_an_old_format_is_not_unpacked(bound: int) -> None:
    builder = LegacyRecordBatchBuilder(1, 1, 2**20)
    builder.append(0, 1000, b"k", b"x" * 5000)
    builder.append(1, 1000, b"k", b"x" * 5000)

    [record] = read(bytes(builder.build()))

    assert dict(record.headers)[UNREAD] == b"batch_unreadable"


def test_a_plain_message_of_an_old_format_is_read(bound: int) -> None:
    builder = LegacyRecordBatchBuilder(1, 0, 2**20)
    builder.append(0, 1000, b"k", b"x")

    [record] = read(bytes(builder.build()))

    assert record.value == b"x"


@pytest.mark.parametrize("length", [-5, 2**30])
def test_a_message_of_an_old_format_that_cannot_be_read_stands_in_nobodys_way(bound: int, length: int) -> None:
    builder = LegacyRecordBatchBuilder(1, 0, 2**20)
    builder.append(0, 1000, b"k", b"x")
    data = bytearray(builder.build())
    struct.pack_into(">i", data, 26, length)
    struct.pack_into(">I", data, 12, zlib.crc32(data[16:]))

    stand_in, after = read(bytes(data), a_batch(b"after"))

    assert dict(stand_in.headers)[UNREAD] == b"batch_unreadable"
    assert after.value == b"after"


@examples(2000)
@given(st.data())
def test_whatever_a_batch_holds_it_stands_in_nobodys_way(data: st.DataObject) -> None:
    headers = data.draw(st.lists(st.tuples(st.text(max_size=8), st.none() | st.binary(max_size=8)), max_size=4))
    batch = a_batch(*data.draw(st.lists(st.binary(max_size=30), min_size=1, max_size=3)), headers=headers)
    records = bytearray(batch[61:])
    for _ in range(data.draw(st.integers(1, 6))):
        records[data.draw(st.integers(0, len(records) - 1))] = data.draw(st.integers(0, 255))
    packed = data.draw(st.booleans())

    found = read(spoiled(batch, *((1, gzip.compress(records)) if packed else (0, bytes(records)))), a_batch(b"after"))

    assert found[-1].value == b"after"
