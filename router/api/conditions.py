"""Conditional requests: an ETag is the version, and whoever changes something names the one that they have seen."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Header

from router.http.problems import Problem

_ETAG: Final = re.compile(r'"([0-9]{1,9})"')


@dataclass(frozen=True, slots=True)
class Seen:
    """What a change was made of: a version, or 0 for nothing."""

    version: int

    def check(self, active: int) -> None:
        """Whether it is so still.

        Raises:
            Problem: 412.
        """
        if active != self.version:
            what = f"version {active} is active" if active else "there is none"
            raise Problem(412, "changed-meanwhile", f"{what}; read it again, and apply your change to that")


def seen(
    if_match: Annotated[str, Header(description="The ETag that the change was made of.")] = "",
    if_none_match: Annotated[str, Header(description="* where there must be none yet.")] = "",
) -> Seen:
    """What a request says that it was made of.

    Raises:
        Problem: 428 where it says nothing, 400 where that is not a version.
    """
    if not if_match and not if_none_match:
        raise Problem(428, "precondition-required", "send If-Match with the ETag that you read, or If-None-Match: *")
    if not if_match:
        if if_none_match != "*":
            raise Problem(400, "invalid-precondition", "If-None-Match takes * alone: there must be none yet")
        return Seen(0)
    found = _ETAG.fullmatch(if_match)
    if found is None or if_none_match:
        raise Problem(400, "invalid-precondition", 'If-Match takes one ETag as it was read, as "7"')
    return Seen(int(found[1]))


def etag(version: int) -> dict[str, str]:
    """The header of a version."""
    return {"ETag": f'"{version}"'}
