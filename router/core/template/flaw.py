"""What is wrong with a tenant's template, and what shows in its text before its syntax is looked at."""

from dataclasses import dataclass
from typing import Final

from router.core.template.language import MAX_SOURCE

_SPACES: Final = frozenset("\n\t\u00a0\u202f\u200d")
"""Allowed though not printable: line breaks, no-break spaces, and the joiner of emoji."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that a template may not say, in a line counted from 1."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line} of the template: {self.text}"


class FlawedError(ValueError):
    """A template that is refused; the first flaw says why."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(str(flaws[0]))
        self.flaws = flaws


def check_text(source: str) -> None:
    """Look at the text alone.

    Raises:
        FlawedError: it is too long, or has characters that nobody sees.
    """
    size = len(source.encode(errors="surrogatepass"))
    if size > MAX_SOURCE:
        raise FlawedError(Flaw(1, f"it is too long: {size} bytes of at most {MAX_SOURCE}"))
    for number, line in enumerate(source.split("\n"), 1):
        odd = odd_character(line)
        if odd:
            raise FlawedError(Flaw(number, f"the character U+{ord(odd):04X} cannot be seen; remove it"))


def odd_character(text: str) -> str:
    """The first character that cannot be seen; empty where there is none."""
    return next((char for char in text if not char.isprintable() and char not in _SPACES), "")


def short(word: str) -> str:
    """A word of the template within a sentence."""
    return word if len(word) <= 60 else word[:60] + "…"
