"""Seal what names a person in the audit log: AES-256-GCM, each part for one field of one entry.

A sealed part is `p1:<key id>:<base64 of nonce and ciphertext>`. The entry's id, its tenant, the field and the form
are authenticated with it, so none opens at another place. Of several keys the first seals and all open; that is how
keys are rotated, and a key that is taken away is given up. No error and no repr here shows a key.
"""

import base64
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from router.adapters.crypto.ring import key_id, load_ring
from router.ports.audit import PersonalPart

KEY: Final = "ALERT_ROUTER_AUDIT__SEALING_KEY"

_FORM: Final = "p1"
_NONCE_BYTES: Final = 12


def load_personal_sealer(key: str | None, key_file: Path | None) -> "PersonalSealer":
    """What seals with the keys of the setting or of its file; without any it writes and shows nothing.

    Raises:
        ConfigurationError: both are set, the file cannot be read, or what they hold is not a key.
    """
    return PersonalSealer(load_ring(KEY, key, key_file))


class PersonalSealer:
    """Seals with the first of its keys, and opens with any."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {key_id(key): AESGCM(key) for key in keys}

    def seal(self, part: PersonalPart, text: str) -> str:
        """The text as only this part of this entry can be read from; nothing where there is no key."""
        for name, cipher in self._ciphers.items():
            nonce = os.urandom(_NONCE_BYTES)
            sealed = nonce + cipher.encrypt(nonce, text.encode("utf-8", "backslashreplace"), _bound_to(part))
            return f"{_FORM}:{name}:{base64.b64encode(sealed).decode()}"
        return ""

    def unseal(self, part: PersonalPart, text: str) -> str | None:
        """What was sealed; None where none of the keys opens it here."""
        form, name, body = [*text.split(":", 2), "", ""][:3]
        cipher = self._ciphers.get(name)
        if form != _FORM or cipher is None:
            return None
        try:
            sealed = base64.b64decode(body, validate=True)
            return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(part)).decode()
        except (InvalidTag, ValueError):
            return None


def _bound_to(part: PersonalPart) -> bytes:
    """What is authenticated besides, each piece behind its length, so that no two places are alike."""
    pieces = (_FORM, part.entry, part.tenant or "", part.field)
    encoded = [piece.encode("utf-8", "backslashreplace") for piece in pieces]
    return b"".join(len(one).to_bytes(4, "big") + one for one in encoded)
