"""The answer to one question about a tenant."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it is; `unknown` is what could not be asked, or has not happened yet."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """What was looked at, what was found, and how to mend it."""

    what: str
    state: State
    found: str
    cure: str = ""
