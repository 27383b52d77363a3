"""Signatures of what passes through Kafka and Redis, by keys that neither of them has."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol


class Purpose(StrEnum):
    """What a signature is for; none is good for anything else."""

    RECORD = "record"
    """A record: its tenant, its time, its body."""
    SENDER = "sender"
    """By what a sender's token is found: a MAC of its digest."""
    SENDER_ROW = "sender-row"
    """Whose token a stored one is, and since when."""
    DOCUMENT = "document"
    """A version of a tenant's configuration."""
    SECRETS = "secrets"
    """Which versions of a tenant's secrets are in force."""


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

    def macs(self, purpose: Purpose, *parts: bytes) -> Mapping[str, bytes]:
        """The bare MAC of 32 bytes by each key, by its id, the newest first."""
