"""Where a version of a configuration comes from: whose hand, which part, and why."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Part(StrEnum):
    """The parts of a configuration."""

    PLATFORM = "platform"
    """The operator's."""
    TENANT = "tenant"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who applied a version, where, from what and why, and which part it changed.

    `author` is who they gave themselves out for, `login` who the system knew, as `user@host`; `source` is a file, or
    which version was rolled back to; with a `source_ref`, a commit, it is what a pipeline applies from. What nobody
    knows is "".
    """

    author: str = ""
    login: str = ""
    source: str = ""
    message: str = ""
    part: Part = Part.BOTH
    source_ref: str = ""


UNKNOWN: Final = Provenance()


def digest_of(text: str) -> str:
    """The digest by which a stored document is known: SHA-256 as hex."""
    return hashlib.sha256(text.encode()).hexdigest()
