"""What is wrong in a document, said to the person who wrote it: one finding, one line, one thing to do."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

Loc = tuple[str | int, ...]
"""Where a value stands in a document: keys and list positions from the top."""

_MAX_LINE: Final = 400
_MAX_VALUE: Final = 60


class Place(NamedTuple):
    """A position in a text as editors count it: from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the value at `loc`, or with its key: an unknown key is wrong whatever it holds."""

    loc: Loc
    text: str
    about_key: bool = False

    def __str__(self) -> str:
        path = path_text(self.loc)
        return one_line(f"{path}: {self.text}" if path else self.text)


def path_text(loc: Loc) -> str:
    """The place as people write it: `receivers[1].slack.channel`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".")


def quoted(value: str) -> str:
    """A value of the document within a sentence, cut where it is long."""
    return f"`{value if len(value) <= _MAX_VALUE else value[:_MAX_VALUE] + '…'}`"


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that a misspelt one resembles most, "" where none is near."""
    return next(iter(difflib.get_close_matches(word[:_MAX_VALUE], known, n=1)), "")


def guess(word: str, known: Iterable[str]) -> str:
    """The question `, did you mean ...?` where a known word is near, else nothing."""
    near = nearest(word, known)
    return f", did you mean {quoted(near)}?" if near else ""


def one_line(text: str) -> str:
    """The text without what would break the line or the terminal, and not endless."""
    safe = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return safe if len(safe) <= _MAX_LINE else safe[:_MAX_LINE] + "…"
