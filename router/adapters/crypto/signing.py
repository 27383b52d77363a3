"""Sign what passes through Kafka and Redis: HMAC-SHA-256, with a subkey for each purpose.

A signature is `v1:<key id>:<base64 of the MAC>`. Subkeys are derived by HKDF-SHA-256 with the purpose as `info`. Of
several keys the first signs and all verify; that is how keys are rotated. No repr here shows a key.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from router.adapters.crypto.ring import KEY_BYTES, key_id, load_ring
from router.ports.signing import Purpose, Verdict

KEY: Final = "ALERT_ROUTER_SIGNING__KEY"

_VERSION: Final = "v1"
_LENGTH_BYTES: Final = 8


def load_signing_ring(key: str | None, key_file: Path | None) -> "SigningRing | None":
    """What signs with the keys of the setting or of its file; None where neither is set.

    Raises:
        ConfigurationError: both are set, the file cannot be read, or what they hold is not a key.
    """
    keys = load_ring(KEY, key, key_file)
    return SigningRing(keys) if keys else None


class _Subkeys:
    """A key for each purpose, made of one; without a repr that shows them."""

    def __init__(self, key: bytes) -> None:
        self._of = {purpose: _subkey(key, purpose) for purpose in Purpose}

    def mac(self, purpose: Purpose, message: bytes) -> bytes:
        return hmac.digest(self._of[purpose], message, "sha256")


class SigningRing:
    """Signs with the first of its keys, and verifies with any."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {key_id(key): _Subkeys(key) for key in keys}
        self.newest = key_id(keys[0])

    def sign(self, purpose: Purpose, *parts: bytes) -> str:
        """The signature of the parts, by the newest key."""
        mac = self._keys[self.newest].mac(purpose, _joined(parts))
        return ":".join((_VERSION, self.newest, base64.b64encode(mac).decode()))

    def verify(self, signature: str, purpose: Purpose, *parts: bytes) -> Verdict:
        """Whether this is a signature of the parts, by any of the keys."""
        version, _, rest = signature.partition(":")
        named, _, encoded = rest.partition(":")
        if version != _VERSION:
            return Verdict.WRONG
        key = self._keys.get(named)
        if key is None:
            return Verdict.UNKNOWN_KEY
        is_good = hmac.compare_digest(key.mac(purpose, _joined(parts)), _decoded(encoded))
        return Verdict.GOOD if is_good else Verdict.WRONG


def _subkey(key: bytes, purpose: Purpose) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"alert-router/{purpose}".encode()).derive(key)


def _joined(parts: Sequence[bytes]) -> bytes:
    """Each part behind its length, so that other parts are never the same message."""
    return b"".join(piece for part in parts for piece in (len(part).to_bytes(_LENGTH_BYTES), part))


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
