"""What a sender has sealed to a tenant's public key: the form of its body, and what HPKE binds it to (RFC 9180).

A sealed body is `MAGIC | suite (6) | epoch (8) | encapsulated key | ciphertext`. Its suite is HPKE's own: the ids of
KEM, KDF and AEAD, two bytes each. Tenant, epoch and suite stand in `info`, so that what is moved does not open.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyId, KeyPurpose

SENT_MAGIC: Final = b"\x93as1"
"""The form: another one begins with other bytes."""
MEDIA_TYPE: Final = "application/alert-router-sealed"
"""Of a body in this form."""
SENT_OVERHEAD: Final = 1_154
"""Bytes that sealing adds to a body, with the longest suite."""

_ID_BYTES: Final = 2
_EPOCH_BYTES: Final = 8
_AT_SUITE: Final = len(SENT_MAGIC)
_AT_EPOCH: Final = _AT_SUITE + 3 * _ID_BYTES
_AT_BODY: Final = _AT_EPOCH + _EPOCH_BYTES
_TAG_BYTES: Final = 16


class Suite(Enum):
    """HPKE's suites that are opened: name, KEM (IANA's id), bytes of an encapsulated key, bytes of a public key."""

    HYBRID = "mlkem768-x25519", 0x647A, 1_120, 1_216
    """Holds while either ML-KEM-768 or X25519 does; also called X-Wing."""
    CLASSIC = "x25519", 0x0020, 32, 32
    """For senders without ML-KEM: what is recorded today falls to a quantum computer."""

    def __init__(self, label: str, kem: int, encapsulated: int, public: int) -> None:
        self.label, self.kem, self.encapsulated, self.public = label, kem, encapsulated, public

    @property
    def kdf(self) -> int:
        """HKDF-SHA256."""
        return 0x0001

    @property
    def aead(self) -> int:
        """AES-256-GCM."""
        return 0x0002

    @property
    def ids(self) -> bytes:
        """As it stands in the form."""
        return b"".join(one.to_bytes(_ID_BYTES) for one in (self.kem, self.kdf, self.aead))


_SUITES: Final = {one.ids: one for one in Suite}


@dataclass(frozen=True, slots=True)
class Sent:
    """A sealed body taken apart; `body` is encapsulated key and ciphertext."""

    suite: Suite
    key: KeyId
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What a tenant's senders seal with: a public key for each suite, all of one epoch."""

    tenant: TenantId
    epoch: int
    keys: tuple[tuple[Suite, bytes], ...]

    def of(self, suite: Suite) -> bytes | None:
        """That of a suite, if it is offered."""
        return dict(self.keys).get(suite)


def write_sent(suite: Suite, epoch: int, body: bytes) -> bytes:
    """The form of encapsulated key and ciphertext."""
    return b"".join((SENT_MAGIC, suite.ids, epoch.to_bytes(_EPOCH_BYTES), body))


def read_sent(data: bytes) -> Sent:
    """The parts of a sealed body.

    Raises:
        ValueError: it is none, of another form or suite, or shorter than any.
    """
    suite = _SUITES.get(data[_AT_SUITE:_AT_EPOCH])
    if not is_sent(data) or suite is None:
        raise ValueError("not a sealed body of a form and suite that are opened here")
    if len(data) < _AT_BODY + suite.encapsulated + _TAG_BYTES:
        raise ValueError("a sealed body that was cut")
    key = KeyId(KeyPurpose.SENDER, int.from_bytes(data[_AT_EPOCH:_AT_BODY]))
    return Sent(suite, key, data[_AT_BODY:])


def info(tenant: TenantId, epoch: int, suite: Suite) -> bytes:
    """HPKE's `info`: form, tenant, purpose, epoch and suite, none of which holds a slash."""
    return "/".join(("alert-router-sealed-1", tenant, KeyPurpose.SENDER, str(epoch), suite.label)).encode()


def is_sent(data: bytes | None) -> bool:
    """Whether it begins like one; no text in UTF-8 does."""
    return data is not None and data.startswith(SENT_MAGIC)
