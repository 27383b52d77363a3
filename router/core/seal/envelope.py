"""The envelope of what is sealed for one tenant: which key opens it, nonce and ciphertext, and what it is bound to.

An envelope is `MAGIC | purpose (1) | epoch (8) | nonce (12) | ciphertext`. Its first byte begins no text in UTF-8, so
no JSON is taken for one. Bound to it, and not in it, are form, tenant, purpose, epoch and place: whatever is moved
elsewhere does not open there. Where values are text it is written as base64 behind a `!`.
"""

from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from router.core.model.alert import TenantId

MAGIC: Final = b"\x93ar1"
"""The form: another one begins with other bytes."""
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16

_EPOCH_BYTES: Final = 8
HEADER_BYTES: Final = len(MAGIC) + 1 + _EPOCH_BYTES
_AT_CIPHERTEXT: Final = HEADER_BYTES + NONCE_BYTES
OVERHEAD: Final = _AT_CIPHERTEXT + TAG_BYTES
"""Bytes that sealing adds."""
_TEXT: Final = "!"
_LENGTH_BYTES: Final = 4


class KeyPurpose(StrEnum):
    """What a tenant's key seals; none opens what another has sealed."""

    PAYLOAD = "payload"
    """Bodies of records: inbound, held, dead letters."""
    STATE = "state"
    """Alert groups, and what is stored beside them."""
    SENDER = "sender"
    """Opens what senders seal to the tenant's public key; seals nothing, see `sent`."""
    NAME = "name"
    """Makes names of what stands in clear, see `names`; seals nothing, and is never rotated."""


_CODES: Final = {KeyPurpose.PAYLOAD: b"p", KeyPurpose.STATE: b"s"}
_PURPOSES: Final = {code: purpose for purpose, code in _CODES.items()}


@dataclass(frozen=True, slots=True)
class KeyId:
    """Which of a tenant's keys: epochs are microseconds of the store's time, so that they grow over all losses."""

    purpose: KeyPurpose
    epoch: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """An envelope taken apart; `body` is nonce and ciphertext."""

    key: KeyId
    body: bytes


def header_of(key: KeyId) -> bytes:
    """With what an envelope of this key begins, before nonce and ciphertext."""
    return b"".join((MAGIC, _CODES[key.purpose], key.epoch.to_bytes(_EPOCH_BYTES)))


def read_envelope(data: bytes) -> Sealed:
    """The parts of an envelope.

    Raises:
        ValueError: it is none, or of another form.
    """
    purpose = _PURPOSES.get(data[len(MAGIC) : len(MAGIC) + 1])
    if not data.startswith(MAGIC) or purpose is None or len(data) < OVERHEAD:
        raise ValueError("not an envelope of this form")
    epoch = int.from_bytes(data[len(MAGIC) + 1 : HEADER_BYTES])
    return Sealed(KeyId(purpose, epoch), data[HEADER_BYTES:])


def bound_place(place: str) -> bytes:
    """The place in what is authenticated besides: the topic that a record is of, or a kind of Redis with its name."""
    return _behind_its_length(place.encode())


@lru_cache(maxsize=256)
def bound_topic(topic: str) -> bytes:
    """The same of a topic: there are few, and bodies come by the thousand."""
    return bound_place(topic)


def bound_before_place(tenant: TenantId, key: KeyId) -> bytes:
    """What is authenticated before the place, the same for everything that a key seals.

    Each piece stands behind its length, so that no two of these are alike.
    """
    pieces = (MAGIC, tenant.encode(), key.purpose.encode(), str(key.epoch).encode())
    return b"".join(map(_behind_its_length, pieces))


def _behind_its_length(piece: bytes) -> bytes:
    return len(piece).to_bytes(_LENGTH_BYTES) + piece


def is_envelope(data: bytes | None) -> bool:
    """Whether it begins like one."""
    return data is not None and data.startswith(MAGIC)


def is_sealed_text(text: str) -> bool:
    """Whether a text begins like an envelope that is written as text."""
    return text.startswith(_TEXT)


def as_text(envelope: bytes) -> str:
    """An envelope where values are text."""
    return _TEXT + b2a_base64(envelope, newline=False).decode()


def of_text(text: str) -> bytes:
    """The envelope that was written as text.

    Raises:
        ValueError: it was not.
    """
    if not is_sealed_text(text):
        raise ValueError("not an envelope")
    return a2b_base64(text[1:], strict_mode=True)
