"""Signed notes as C2SP specifies them (c2sp.org/signed-note), with Ed25519 alone: a text, a blank line, signatures.

A signature is a line of an em dash, the key's name, and base64 of the key's id and the signature of the text. A key
is given to those who verify as `NAME+ID+BASE64`, which Go's golang.org/x/mod/sumdb/note reads as well.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from router.ports.audit import IsSignature, NoteSigner

MAX_NOTE: Final = 65_536
"""Characters of a note that is read."""

_ED25519: Final = b"\x01"
_PUBLIC_BYTES: Final = 32
_ID_BYTES: Final = 4
_KEY_PARTS: Final = 3
_DASH: Final = "\u2014 "
_BLANK: Final = "\n\n"


class Unopened(StrEnum):
    """Why the text of a note is not to be believed."""

    MALFORMED = "is not a signed note"
    UNKNOWN_KEY = "is signed by none of the keys that are trusted"
    SIGNATURE_WRONG = "has a signature by that key which is not of this text"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and its name, by which others verify what it signs."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that a signature names its key by."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` writes.

        Raises:
            ValueError: it is not such a key, or its id is of another.
        """
        name, id_, encoded = [*text.strip().split("+", _KEY_PARTS - 1), "", ""][:_KEY_PARTS]
        decoded = _decoded(encoded)
        if not is_name(name) or decoded[:1] != _ED25519 or len(decoded) != 1 + _PUBLIC_BYTES:
            raise ValueError("is not the key of a verifier: NAME+ID+BASE64, for Ed25519")
        key = cls(name, decoded[1:])
        if key.id.hex() != id_:
            raise ValueError(f"its id is {id_}, and that of this name and key is {key.id.hex()}")
        return key


def is_name(text: str) -> bool:
    """Whether a key may have this name: one word without a plus."""
    return bool(text) and text.isprintable() and "+" not in text and not any(map(str.isspace, text))


def verifier_key(signer: NoteSigner) -> VerifierKey:
    """By what others verify what this signs."""
    return VerifierKey(signer.name, signer.public)


def signed(text: str, signer: NoteSigner) -> str:
    """The note of a text that ends in a newline."""
    signature = verifier_key(signer).id + signer.sign(text.encode())
    return f"{text}\n{_DASH}{signer.name} {base64.b64encode(signature).decode()}\n"


def opened(note: str, keys: Sequence[VerifierKey], is_signature: IsSignature) -> str | Unopened:
    """The text of a note that is signed by one of the keys; signatures by others are passed over."""
    text, blank, block = note.rpartition(_BLANK)
    signatures = list(_signatures(block))
    if not blank or not _is_text(note) or not signatures or None in signatures:
        return Unopened.MALFORMED
    text += "\n"
    known = {(key.name, key.id): key for key in keys}
    by_known = [(known[one.key], one.signature) for one in signatures if one is not None and one.key in known]
    if not by_known:
        return Unopened.UNKNOWN_KEY
    good = all(is_signature(key.public, text.encode(), signature) for key, signature in by_known)
    return text if good else Unopened.SIGNATURE_WRONG


@dataclass(frozen=True, slots=True)
class _Signature:
    key: tuple[str, bytes]
    signature: bytes


def _signatures(block: str) -> Iterator[_Signature | None]:
    """Each line; None is one that is not a signature."""
    for line in block.removesuffix("\n").split("\n"):
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        decoded = _decoded(encoded)
        fine = line.startswith(_DASH) and is_name(name) and len(decoded) > _ID_BYTES
        yield _Signature((name, decoded[:_ID_BYTES]), decoded[_ID_BYTES:]) if fine else None


def _is_text(note: str) -> bool:
    return len(note) <= MAX_NOTE and note.endswith("\n") and not any(char < " " and char != "\n" for char in note)


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
