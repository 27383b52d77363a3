"""A dead letter as it may be read: without what its tenant redacts, and without tokens."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.control.letters.body import redacted_body
from router.control.letters.letter import DeadLetter
from router.core.model.rules.appearance import Redaction
from router.core.render.redaction import HIDDEN, Redactor
from router.diagnostic import masked

_SECRETS: Final = re.compile(
    r"\bar_[\w-]{20,}|\b(?:bearer|basic)\s+[\w.~+/=-]{6,}|hooks\.slack\.com/[^\s\"'\\]+|(?<=://)[^\s/@\"'\\]+(?=@)",
    re.IGNORECASE | re.ASCII,
)
_NAMES_OF_SECRETS: Final = re.compile(r"authorization|cookie|token|secret|password|api-?key", re.IGNORECASE)


class NotShown(StrEnum):
    """Why a body is not shown."""

    RULES_UNKNOWN = "its tenant has no configuration, so nobody knows what is redacted"
    CANNOT_BE_REDACTED = "what its tenant redacts cannot be found in it"


@dataclass(frozen=True, slots=True)
class ReadableLetter:
    """What may be shown of a letter; `body` is why it is not shown, where it is not. `size` is in bytes, of all."""

    letter: DeadLetter
    error: str
    key: str
    headers: tuple[tuple[str, str], ...]
    body: str | NotShown
    size: int


def readable(letter: DeadLetter, rule: Redaction | None) -> ReadableLetter:
    """The letter by its tenant's rule; None where nobody knows it."""
    if rule is None:
        return ReadableLetter(
            letter, HIDDEN, HIDDEN, _headers(letter, None), NotShown.RULES_UNKNOWN, len(letter.value)
        )
    body = redacted_body(letter.value, rule)
    return ReadableLetter(
        letter=letter,
        error=HIDDEN if body.text is None else without_secrets(body.redactor.text(letter.error)),
        key=_text(letter.key or b"", body.redactor),
        headers=_headers(letter, body.redactor),
        body=NotShown.CANNOT_BE_REDACTED if body.text is None else without_secrets(body.text),
        size=len(letter.value),
    )


def as_it_is(letter: DeadLetter) -> ReadableLetter:
    """All of it, for who may see everything."""
    headers = tuple((name, value.decode(errors="backslashreplace")) for name, value in letter.headers)
    key, body = ((one or b"").decode(errors="backslashreplace") for one in (letter.key, letter.value))
    return ReadableLetter(letter, letter.error, key, headers, body, len(letter.value))


def without_secrets(text: str) -> str:
    """The text without what looks like a token or a password."""
    return _SECRETS.sub(HIDDEN, masked(text))


def _headers(letter: DeadLetter, redactor: Redactor | None) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, HIDDEN if redactor is None or _NAMES_OF_SECRETS.search(name) else _text(value, redactor))
        for name, value in letter.headers
    )


def _text(value: bytes, redactor: Redactor) -> str:
    return without_secrets(redactor.text(value.decode(errors="backslashreplace")))
