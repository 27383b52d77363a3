"""Names of what must stand in clear: made with a key of the tenant, so that nobody who lacks it can try guesses.

A keyed BLAKE2b (RFC 7693) in place of HMAC-SHA256: a pseudorandom function as that is, at less than half the cost,
with a kind of name bound in as its `person`. The key is never rotated: what is named once is looked for by that name.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import Final

_RECORD: Final = b"record"
MARK: Final = "~"
"""With what names begin."""
_NEVER_IN_NAMES: Final = "-"
"""In each id of an alert, before the digest of its labels; a sender's fingerprint may begin with anything."""
_GUESSABLE: Final = re.compile(rb"[0-9a-f]{16}")
"""A key that is a digest of what senders group by."""
_RECORD_BYTES: Final = 8


class NameOf(StrEnum):
    """What a name stands in place of, a digest each; a name of one kind is none of another."""

    BODY = "body"
    """The body that a group has folded in last."""

    RELATED = "related"
    """Groups that share the value of a label."""
    SOURCES = "sources"
    """Alerts that inhibit those with equal labels."""


def is_name(text: str) -> bool:
    """Whether it was made with a tenant's key."""
    return text.startswith(MARK) and _NEVER_IN_NAMES not in text


@dataclass(frozen=True, slots=True)
class Names:
    """Makes names with one tenant's key."""

    secret: bytes = field(repr=False)

    def of_record(self, key: bytes | None) -> bytes | None:
        """The key of a record in place of one that is a digest; any other as it is, also one that was made here.

        The same digest always gives the same key, so that bodies of one group stay in one partition.
        """
        if key is None or not _GUESSABLE.fullmatch(key):
            return key
        return MARK.encode() + self._digest(_RECORD, key, _RECORD_BYTES).hex().encode()

    def of_key(self, kind: NameOf, digest: str) -> str:
        """What stands in place of a digest of labels."""
        return MARK + self._digest(kind.encode(), digest.encode(), _RECORD_BYTES).hex()

    def subkey(self, kind: bytes, size: int) -> bytes:
        """A key of its own for another way to make names, of so many bytes, at most 64."""
        return self._digest(kind, b"", size)

    def _digest(self, kind: bytes, what: bytes, size: int) -> bytes:
        return blake2b(what, key=self.secret, person=kind, digest_size=size).digest()
