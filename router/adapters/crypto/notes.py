"""Sign checkpoints of the audit log with Ed25519, by a key apart from the database.

A key is `PRIVATE+KEY+NAME+ID+BASE64`, as Go's golang.org/x/mod/sumdb/note makes them: it carries the log's name. No
error and no repr here shows it.
"""

import base64
import os
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

KEY: Final = "ALERT_ROUTER_AUDIT__KEY"

_PREFIX: Final = "PRIVATE+KEY+"
_ED25519: Final = b"\x01"
_SEED_BYTES: Final = 32
_PARTS: Final = 3
_HOW: Final = "make one with `alert-router audit key NAME`"


class NoteKey:
    """A private key and its name; what signs checkpoints."""

    def __init__(self, name: str, seed: bytes) -> None:
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    @classmethod
    def fresh(cls, name: str) -> tuple[Self, bytes]:
        """A new key of this name, and its 32 bytes."""
        seed = os.urandom(_SEED_BYTES)
        return cls(name, seed), seed

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read a key as it is configured.

        Raises:
            ConfigurationError: it is not a key; the error does not show it.
        """
        name, _, encoded = [*text.strip().removeprefix(_PREFIX).split("+", _PARTS - 1), "", ""][:_PARTS]
        try:
            decoded = base64.b64decode(encoded, validate=True)
        except ValueError:
            decoded = b""
        if not name or decoded[:1] != _ED25519 or len(decoded) != 1 + _SEED_BYTES:
            raise ConfigurationError(Diagnostic(f"is not a key that signs checkpoints; {_HOW}", source=source))
        return cls(name, decoded[1:])

    def sign(self, message: bytes) -> bytes:
        """The signature of a message: 64 bytes."""
        return self._key.sign(message)


def private_text(name: str, id_: bytes, seed: bytes) -> str:
    """A key as it is configured."""
    return f"{_PREFIX}{name}+{id_.hex()}+{base64.b64encode(_ED25519 + seed).decode()}"


def load_note_key(key: str | None, key_file: Path | None) -> NoteKey | None:
    """The key of the setting or of its file; None where neither is set.

    Raises:
        ConfigurationError: both are set, the file cannot be read, or what they hold is not a key.
    """
    if key is not None and key_file is not None:
        raise ConfigurationError(f"{KEY} and {KEY}_FILE are both set; keep one")
    if key is not None:
        return NoteKey.parse(key, KEY)
    return None if key_file is None else NoteKey.parse(_content(key_file), f"{KEY}_FILE: {key_file}")


def is_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether by this public key this message has this signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = getattr(error, "strerror", None) or "is not text"
        raise ConfigurationError(Diagnostic(message, source=f"{KEY}_FILE: {path}")) from None
