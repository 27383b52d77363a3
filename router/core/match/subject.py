"""People whose data was erased, known by keyed digests alone, and where a text names one of them.

A text names a person as a whole, or by one of its words; a name of several words as a whole alone, since a digest
tells nothing of its parts. Case, and how much blank space there is, make no difference.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final
from urllib.parse import quote, quote_plus

SHORTEST: Final = 3
"""What is shorter is hidden in its own field alone; it stands in half of all words."""
DIGEST_BYTES: Final = 16

_WORD: Final = re.compile(r"[^\s,;:<>()\[\]{}\"'`|=]+")
_END: Final = ".!?"


def subject_form(value: str) -> str:
    """What two spellings of one value have in common."""
    return " ".join(unicodedata.normalize("NFKC", value).split()).casefold()


def subject_digest(key: bytes, value: str) -> bytes:
    """By what the value is known; nobody finds it without the key."""
    return blake2b(subject_form(value).encode(errors="surrogatepass"), key=key, digest_size=DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Subjects:
    """The people whose data a tenant has erased: by digest under one key the mark that stands in a value's place."""

    key: bytes = b""
    marks: Mapping[bytes, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.marks)

    def named_in(self, text: str) -> Iterator[tuple[str, str]]:
        """What of the text names one of them, as it stands there, and its mark."""
        whole = text.strip()
        if not whole or not self.marks:
            return
        if (mark := self.marks.get(subject_digest(self.key, whole))) is not None:
            yield whole, mark
            return
        for word in dict.fromkeys(found.rstrip(_END) for found in _WORD.findall(text)):
            if word and (mark := self.marks.get(subject_digest(self.key, word))) is not None:
                yield word, mark


NO_SUBJECTS: Final = Subjects()


@dataclass(frozen=True, slots=True)
class Hiding:
    """Puts marks in the place of values, in any case and also where an address has them encoded."""

    marks: Mapping[str, str]
    """By value as it was found."""

    def field(self, text: str) -> str:
        """A field that may name a person, without the values."""
        return _replaced(text, self.marks)

    def text(self, text: str) -> str:
        """Any other text, without those that are not too short to be looked for."""
        return _replaced(text, {value: mark for value, mark in self.marks.items() if len(value) >= SHORTEST})


def _replaced(text: str, marks: Mapping[str, str]) -> str:
    forms = {form.lower(): mark for value, mark in marks.items() for form in _forms(value)}
    if not forms:
        return text
    longest_first = sorted(forms, key=len, reverse=True)
    found = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
    return found.sub(lambda match: forms.get(match[0].lower(), next(iter(forms.values()))), text)


def _forms(value: str) -> Iterator[str]:
    yield value
    yield quote(value, safe="")
    yield quote(value)
    yield quote_plus(value)
