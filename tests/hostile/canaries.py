"""Words that no log may hold, and where they stand in one all the same."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

ANNOTATION: Final = "canary-of-an-annotation"
DOCUMENT: Final = "canary-of-a-document"
TOKEN: Final = "canary-of-a-token"
"""In every token that is forged or written where none belongs."""
PRIVATE: Final = (ANNOTATION, DOCUMENT, TOKEN, "ar_bench-", "xoxb-")
"""With the beginnings of the tokens that are good."""

_AROUND: Final = 120
_MOST: Final = 5
_LINE: Final = 2_000


def sung(logs: Mapping[str, str], private: Iterable[str] = PRIVATE) -> list[str]:
    """Where a private word stands in a log: its name and what is around it; a few for each word."""
    return [
        f"{name} holds {word!r}: ...{_around(text, found)}..."
        for name, text in logs.items()
        for word in private
        for found in list(re.finditer(re.escape(word), text))[:_MOST]
    ]


def _around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - _AROUND) : found.end() + _AROUND].replace("\n", " ")


def faults(logs: Mapping[str, str]) -> list[str]:
    """Errors that nobody has foreseen, by the log that has them; each kind once."""
    rows = [(name, line) for name, text in logs.items() for line in text.splitlines() if _is_fault(line)]
    kinds = {(name, line[-_AROUND:]): line for name, line in rows}
    return [f"no unforeseen error: {name}: {line[:_LINE]}" for (name, _), line in list(kinds.items())[:_MOST]]


def _is_fault(line: str) -> bool:
    return '"exception"' in line or line.startswith("Traceback")
