"""Records that are signed as the gateway does it, and keys to sign them with."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from router.adapters.crypto.signing import SigningRing
from router.ports.kafka import Record
from router.roles.signed import signed
from tests.fakes.records import Appended
from tests.roles.builders import a_record

OLD, NEW, FOREIGN = (SigningRing([name.encode() * 32]) for name in "onf")
OLD_THEN_NEW, NEW_THEN_OLD = (SigningRing([one.encode() * 32 for one in names]) for names in ("on", "no"))
INBOUND: Final = "alerts.inbound"


def sign(record: Record, ring: SigningRing = NEW) -> Record:
    """The record as whoever has this key appends it."""
    headers = [(name, value) for name, value in record.headers if value is not None]
    return replace(record, headers=tuple(signed(ring, headers, record.value)))


def a_signed_record(*alerts: object, ring: SigningRing = NEW, **record: object) -> Record:
    """A record that the gateway has appended."""
    return sign(a_record(*alerts, **record), ring)  # type: ignore[arg-type]  # as for `a_record`


def with_headers(record: Record, **headers: bytes | None) -> Record:
    """The record with these headers instead of its own; None removes one."""
    kept = [(name, value) for name, value in record.headers if name not in headers]
    added = [(name, value) for name, value in headers.items() if value is not None]
    return replace(record, headers=(*kept, *added))


def headers_of(record: Record) -> Mapping[str, bytes | None]:
    """The headers by name."""
    return dict(record.headers)


def read_back(one: Appended, offset: int = 0) -> Record:
    """What was appended, as a worker reads it."""
    shape = a_record(value=one.value or b"", offset=offset, topic=one.topic, headers=one.all_headers)
    return replace(shape, key=one.key)
