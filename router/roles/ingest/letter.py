"""One dead letter: what is appended for it to its topic, and what to the events."""

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from router.core.model.alert import TenantId
from router.core.model.event import EventKind
from router.core.model.instant import Instant, to_rfc3339
from router.errors import PayloadError
from router.ports.dead_letter import LetterHeader, letter_id
from router.ports.kafka import OBSERVED_AT, RECEIVED_AT, TENANT, Headers, Record
from router.roles.ingest.observed import claimed

FIRST_BYTES: Final = 16 * 1024
"""Bytes of a body that are kept where the dead-letter topic does not take all of it."""
_SHORT: Final = 1024
_ERROR: Final = 1000
_DIGEST: Final = 16
_KEPT: Final = (TENANT, RECEIVED_AT)
_OURS: Final = frozenset({*map(str, LetterHeader), OBSERVED_AT})
"""Headers that say what was found out: a record that has them itself does not speak for us."""
_EVENT_VERSION: Final = 1
_EVENT_HEADERS: Final = (("content-type", b"application/json"),)

Form = tuple[bytes, bytes, Headers]
"""Value, key and headers of a record."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A record that is set aside, or with `part` one alert of it, or some, whose others were taken."""

    record: Record
    tenant: TenantId | None
    problem: PayloadError
    stage: str
    part: bytes | None = None

    @property
    def value(self) -> bytes:
        """What is set aside."""
        return (self.record.value if self.part is None else self.part) or b""

    @property
    def id(self) -> str:
        """The same each time that the same is set aside."""
        digest = "" if self.part is None else hashlib.sha256(self.part).hexdigest()[:_DIGEST]
        return letter_id(self.record.topic, self.record.partition, self.record.offset, digest)

    @property
    def origin(self) -> dict[str, str]:
        """Where it came from."""
        one = self.record
        return {"topic": one.topic, "partition": str(one.partition), "offset": str(one.offset)}

    def whole(self) -> Form:
        """The record as it was. Kafka takes none without key and value."""
        record = self.record
        return (record.envelope if record.envelope and self.part is None else self.value), self._key, self._headers()

    def cut(self, sha256: str) -> tuple[Form, Form]:
        """Its first bytes and digest where it is too large; then these alone."""
        cut = {
            LetterHeader.BODY_LEFT_OUT: "too large; it is at its origin",
            LetterHeader.BODY_BYTES: str(len(self.value)),
            LetterHeader.BODY_SHA256: sha256,
        }
        ours = [*self._ours(), *((str(name), text.encode()) for name, text in cut.items())]
        named = {name: one[:_SHORT] for name, one in self._kept() if name in _KEPT}
        return (self.value[:FIRST_BYTES], self._key[:_SHORT], [*named.items(), *ours]), (b"", b"", ours)

    @property
    def _key(self) -> bytes:
        return (self.tenant or "").encode() if self.record.key is None else self.record.key

    def _headers(self) -> Headers:
        return [*self._kept(), *self._ours()]

    def _kept(self) -> list[tuple[str, bytes]]:
        return [(name, one) for name, one in self.record.headers if one is not None and name not in _OURS]

    def _ours(self) -> list[tuple[str, bytes]]:
        return [(name, text.encode()) for name, text in self._own().items()]

    def event_form(self) -> Form:
        """That it was set aside, as `alerts.events` has it; the same each time."""
        return self._event(), self.id.encode(), _EVENT_HEADERS

    def _event(self) -> bytes:
        return json.dumps(
            {
                "v": _EVENT_VERSION,
                "event": EventKind.DEAD_LETTERED,
                "id": self.id,
                "sequence": self.record.timestamp,
                "tenant": self.tenant,
                "reason": self.problem.reason,
                "outcome": "dead_lettered",
                "stage": self.stage,
                "origin": self.origin,
                "received_at": to_rfc3339(self._observed()),
            },
            separators=(",", ":"),
        ).encode()

    def _own(self) -> dict[str, str]:
        missing = [name for name, part in (("key", self.record.key), ("value", self.record.value)) if part is None]
        own = {
            LetterHeader.ID: self.id,
            LetterHeader.TENANT: self.tenant or "",
            LetterHeader.REASON: self.problem.reason,
            LetterHeader.STAGE: self.stage,
            LetterHeader.ERROR: str(self.problem)[:_ERROR],
            **{f"origin_{name}": value for name, value in self.origin.items()},
            LetterHeader.ORIGIN_TIMESTAMP: str(self.record.timestamp),
            OBSERVED_AT: to_rfc3339(self._observed()),
            LetterHeader.WAS_NULL: ",".join(missing),
        }
        return {str(name): text for name, text in own.items() if text}

    def _observed(self) -> Instant:
        """The time by which it counts when it is appended again; a bad header must not keep it from its end."""
        try:
            return claimed(self.record)
        except PayloadError:
            return self.record.timestamp
