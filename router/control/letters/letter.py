"""A dead letter as it stands in its topic, also one of an earlier release."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.instant import Instant, parse_rfc3339
from router.core.seal.sent import is_sent
from router.ports.dead_letter import LetterHeader, letter_id
from router.ports.kafka import OBSERVED_AT, RECEIVED_AT, UNREAD, Headers, Record

_DIGEST: Final = 16
_OWN: Final = frozenset(LetterHeader) | {OBSERVED_AT}
_ABOUT_BATCHES: Final = frozenset({UNREAD, "unread_detail", "codec", "records"})
_OF_PARTS: Final = frozenset({"bad_alert", "over_active_alerts", "over_groups", "over_bytes"})
"""Reasons for which one alert is set aside, or some, and the others of the body are taken."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record stood."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that was set aside: `headers` are its own, and `tenant` is whose it is, or whose it calls itself.

    `owner` is whose it was found to be; None where nobody found that out.
    """

    id: str
    tenant: TenantId | None
    reason: str
    stage: str
    error: str
    origin: Origin
    observed_at: Instant
    appended_at: Instant
    key: bytes | None
    value: bytes
    headers: Headers
    is_whole: bool
    is_batch: bool
    owner: TenantId | None = None
    sent: bytes | None = None
    """The body as its sender has sealed it, where it was opened: a signature is over that, so it goes again."""

    def without_body(self) -> "DeadLetter":
        """The same, so that many can be kept."""
        return replace(self, value=b"", sent=None)


def read_letter(record: Record) -> DeadLetter | None:
    """The letter; None for a record that is none."""
    texts = {name: value.decode(errors="replace") for name, value in record.headers if value is not None}
    origin = _origin(texts)
    if origin is None or LetterHeader.REASON not in texts:
        return None
    value, missing = record.value or b"", texts.get(LetterHeader.WAS_NULL, "").split(",")
    owner = texts.get(LetterHeader.TENANT)
    tenant = owner or texts.get("tenant")
    return DeadLetter(
        id=texts.get(LetterHeader.ID) or _id(origin, texts[LetterHeader.REASON], value),
        tenant=TenantId(tenant) if tenant else None,
        reason=texts[LetterHeader.REASON],
        stage=texts.get(LetterHeader.STAGE, ""),
        error=texts.get(LetterHeader.ERROR, ""),
        origin=origin,
        observed_at=min(_observed(texts, record.timestamp), record.timestamp),
        appended_at=record.timestamp,
        key=None if "key" in missing else record.key,
        value=value,
        headers=_own_headers(record),
        is_whole=LetterHeader.BODY_LEFT_OUT not in texts,
        is_batch=UNREAD in texts,
        owner=TenantId(owner) if owner else None,
        sent=record.envelope if is_sent(record.envelope) else None,
    )


def _origin(texts: Mapping[str, str]) -> Origin | None:
    topic, numbers = (
        texts.get(LetterHeader.ORIGIN_TOPIC),
        [texts.get(name, "") for name in (LetterHeader.ORIGIN_PARTITION, LetterHeader.ORIGIN_OFFSET)],
    )
    if not topic or not all(one.isascii() and one.isdecimal() for one in numbers):
        return None
    partition, offset = map(int, numbers)
    return Origin(topic, partition, offset)


def _id(origin: Origin, reason: str, value: bytes) -> str:
    """The id that a letter of an earlier release would have."""
    digest = hashlib.sha256(value).hexdigest()[:_DIGEST] if reason in _OF_PARTS else ""
    return letter_id(origin.topic, origin.partition, origin.offset, digest)


def _observed(texts: Mapping[str, str], appended: Instant) -> Instant:
    for name in (OBSERVED_AT, RECEIVED_AT):
        try:
            return parse_rfc3339(texts.get(name, ""))
        except ValueError:
            continue
    microseconds = texts.get(LetterHeader.ORIGIN_TIMESTAMP, "")
    return Instant(int(microseconds)) if microseconds.isascii() and microseconds.isdecimal() else appended


def _own_headers(record: Record) -> Headers:
    """What the record had itself; what stands in place of a batch has none."""
    left_out = _OWN | (_ABOUT_BATCHES if any(name == UNREAD for name, _ in record.headers) else frozenset())
    return tuple((name, value) for name, value in record.headers if value is not None and name not in left_out)
