"""Checkpoints as C2SP specifies them (c2sp.org/tlog-checkpoint): how large a log was, and the root of its tree."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from router.control.audit.note import Unopened, VerifierKey, opened, signed
from router.control.audit.tree import HASH_BYTES, Edge, root
from router.ports.audit import IsSignature, NoteSigner

_LINES: Final = 3
_DIGITS: Final = 19


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's name, its size, and the root of its tree at that size."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what `str` writes, and pass over lines after it; None if it is not that."""
        origin, size, hashed = [*text.split("\n"), "", "", ""][:_LINES]
        try:
            decoded = base64.b64decode(hashed, validate=True)
        except (binascii.Error, ValueError):
            return None
        if not origin or not _is_size(size) or len(decoded) != HASH_BYTES:
            return None
        return cls(origin, int(size), decoded)


def checkpoint_note(edge: Edge, signer: NoteSigner) -> str:
    """The signed checkpoint of a log as it stands; the key's name is the log's."""
    return signed(str(Checkpoint(signer.name, edge.size, root(edge))), signer)


def opened_checkpoint(note: str, keys: Sequence[VerifierKey], is_signature: IsSignature) -> Checkpoint | Unopened:
    """The checkpoint in a note, if one of the keys has signed it."""
    text = opened(note, keys, is_signature)
    if isinstance(text, Unopened):
        return text
    return Checkpoint.parse(text) or Unopened.MALFORMED


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS and str(int(text)) == text
