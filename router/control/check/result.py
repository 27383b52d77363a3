"""The result of one check of a tenant."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """`unknown` is what could not be asked, or has not happened yet."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was checked, what was found, and how to fix it ("" if there is nothing to fix)."""

    name: str
    state: State
    detail: str
    remedy: str = ""
