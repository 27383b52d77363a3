"""Signatures of what passes through Kafka and Redis, by keys that neither of them has."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Purpose(StrEnum):
    """What a signature is for; none is good for anything else."""

    RECORD = "record"
    """A record: its tenant, its time, its body."""
    SENDER = "sender"
    """A sender's token: its digest, whose it is, and since when."""
    DOCUMENT = "document"
    """A version of a tenant's configuration: its tenant, its number, its text, its origin."""
    SILENCE = "silence"
    """A silence: its tenant, its id, and all that it consists of."""
    SUBJECT = "subject"
    """A person whose data was erased: the tenant, the id, the key of the digests, and all that it consists of."""


class Verdict(StrEnum):
    """What a signature is worth."""

    GOOD = "good"
    WRONG = "wrong"
    UNKNOWN_KEY = "unknown_key"
    """Made with a key that is not configured here, or so it claims."""


class Signing(Protocol):
    """Signs parts, in their order, with the newest key, and verifies with any; no method raises.

    A signature is `v1:<key id>:<base64 of HMAC-SHA-256>`. Parts cannot be moved into each other.
    """

    newest: str
    """The id of the key that signs; it tells nothing about the key."""

    def sign(self, purpose: Purpose, *parts: bytes) -> str:
        """The signature of the parts."""

    def verify(self, signature: str, purpose: Purpose, *parts: bytes) -> Verdict:
        """Whether this is a signature of the parts."""


class Untrusted(StrEnum):
    """Why what is stored is not taken for what somebody with a key has stored."""

    UNSIGNED = "unsigned"
    SIGNATURE_WRONG = "signature_wrong"
    """Changed, moved from another place, or signed by somebody else."""
    KEY_UNKNOWN = "key_unknown"
    """Signed with a key that is not configured here, or so it claims."""


class Standing(StrEnum):
    """How the signature of something stored stands."""

    SIGNED = "signed"
    """By the newest key."""
    OLDER_KEY = "older_key"
    UNSIGNED = "unsigned"
    SIGNATURE_WRONG = "signature_wrong"
    KEY_UNKNOWN = "key_unknown"


@dataclass(frozen=True, slots=True)
class SignedRow:
    """Something stored that a signature belongs to. `name` is what it is called for a person, `place` where it is."""

    name: str
    place: tuple[str, str]
    text: str
    standing: Standing


class SignedRows(Protocol):
    """Stored values of one kind, for whoever signs them. Every method may raise UnavailableError."""

    def signed_rows(self) -> AsyncIterator[SignedRow]:
        """All that there are, of all tenants."""

    async def sign(self, row: SignedRow) -> bool:
        """Sign it as it is; False, and nothing done, if it was changed meanwhile."""
