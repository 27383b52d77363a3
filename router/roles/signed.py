"""Records of the inbound topic are signed by those of us who append them: over tenant, time, source and body.

Whoever appends here has authenticated whose the body is, or has made it. The signature stays with the record wherever
it goes, to the held topic or the dead letters, and is as good when it comes back.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from router.core.seal.sent import is_sent
from router.ports.kafka import RECEIVED_AT, SIGNATURE, SOURCE, TENANT, Headers, Record, RecordLog
from router.ports.signing import Purpose, Signing, Verdict
from router.roles.offload import off_the_loop_if_large

_SIGNED: Final = (TENANT, RECEIVED_AT, SOURCE)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a record states of itself and is signed for, byte for byte: whose it is, since when, and what made it."""

    tenant: bytes
    received_at: bytes = b""
    source: bytes = b""

    def parts(self, digest: bytes) -> tuple[bytes, bytes, bytes, bytes]:
        """What is signed, with the SHA-256 of the body."""
        return self.tenant, self.received_at, self.source, digest


def body_digest(body: bytes | None) -> bytes:
    """By what a body is known, and signed."""
    return hashlib.sha256(body or b"").digest()


def verdict(signing: Signing, signature: str, claims: Claims, digest: bytes) -> Verdict:
    """What a signature is worth for these claims and this body."""
    return signing.verify(signature, Purpose.RECORD, *claims.parts(digest))


def signed(signing: Signing, headers: Headers, body: bytes | None) -> Headers:
    """The headers of a record with its signature."""
    stated = {name: value for name, value in headers if name in _SIGNED}
    claims = Claims(stated.get(TENANT, b""), stated.get(RECEIVED_AT, b""), stated.get(SOURCE, b""))
    signature = signing.sign(Purpose.RECORD, *claims.parts(body_digest(body)))
    return [*(one for one in headers if one[0] != SIGNATURE), (SIGNATURE, signature.encode())]


def as_signed(record: Record) -> bytes | None:
    """The body that a signature of the record is over: as its sender has sealed it, where it was opened."""
    return record.envelope if is_sent(record.envelope) else record.value


def signed_digest(record: Record, digest: bytes) -> bytes:
    """What a signature of the record is over, whose body as it is now has that digest."""
    return body_digest(record.envelope) if is_sent(record.envelope) else digest


@dataclass(frozen=True, slots=True)
class SignedLog:
    """Signs whatever is appended."""

    records: RecordLog
    signing: Signing

    async def append(self, topic: str, value: bytes | None, key: bytes | None, headers: Headers) -> None:
        """Append one record; returns when all replicas have it.

        Raises:
            UnavailableError: nobody knows whether it was appended; append it again.
            PayloadError: it can never be appended.
        """
        with_signature = await off_the_loop_if_large(value or b"", signed, self.signing, headers, value)
        await self.records.append(topic, value, key, with_signature)

    async def reached(self) -> bool:
        """Whether Kafka answers now."""
        return await self.records.reached()
