"""AES-256-GCM with one key of one tenant. No error and no repr here shows a key."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from router.core.seal.envelope import NONCE_BYTES

_RANDOM: Final = os.urandom


class GcmCipher:
    """Seals with a fresh random nonce each time: sound for 2^32 seals a key."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, data: bytes, bound: bytes) -> bytes:
        """Nonce and ciphertext."""
        nonce = _RANDOM(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, data, bound)

    def open(self, body: bytes, bound: bytes) -> bytes:
        """What was sealed.

        Raises:
            ValueError: not with this key, or not bound to this.
        """
        try:
            return self._aead.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], bound)
        except InvalidTag:
            raise ValueError("does not open") from None
