"""What the sentences of diagnostics share: a value in quotes, and the known word that was probably meant."""

import difflib
from collections.abc import Iterable
from typing import Final

from router.diagnostic import masked

_MAX_VALUE: Final = 60


def quoted(value: str) -> str:
    """A value of the document within a sentence, without tokens, shortened if it is long."""
    value = masked(value)
    return f"`{value if len(value) <= _MAX_VALUE else value[:_MAX_VALUE] + '…'}`"


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like a misspelt one; "" if none is near."""
    return next(iter(difflib.get_close_matches(word[:_MAX_VALUE], known, n=1)), "")


def guess(word: str, known: Iterable[str]) -> str:
    """The question `, did you mean ...?` if a known word is near, else ""."""
    near = nearest(word, known)
    return f", did you mean {quoted(near)}?" if near else ""
