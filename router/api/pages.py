"""Pages by the key of the last row: no page costs more than the first, and none has a row twice."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from fastapi import Query

from router.http.problems import Problem

MAX_PAGE: Final = 200
"""Rows of a page."""

MAX_CURSOR: Final = 1_000
"""Characters of a cursor: a key may be a dead letter's id, which its topic's name is a part of."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for: at most so many rows, after the key of a cursor."""

    limit: int
    after: str

    @property
    def number_after(self) -> int | None:
        """The key as a number.

        Raises:
            Problem: 400, where it is none.
        """
        if not self.after:
            return None
        if not self.after.isdecimal() or len(self.after) > 18:
            raise no_cursor()
        return int(self.after)

    def of(self, rows: Sequence[dict[str, Any]], key: str) -> dict[str, Any]:
        """The answer of a page, of one row more than the limit if there are more: cut, with the next cursor."""
        some = list(rows[: self.limit])
        more = {"next": cursor_of(str(some[-1][key]))} if len(rows) > self.limit else {}
        return {"items": some, **more}


def page(
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Rows of a page.")] = 50,
    cursor: Annotated[str, Query(max_length=MAX_CURSOR, description="`next` of the page before.")] = "",
) -> Page:
    """The page that a query asks for.

    Raises:
        Problem: 400 for a cursor that is none.
    """
    try:
        return Page(limit, _key(cursor) if cursor else "")
    except (binascii.Error, ValueError):
        raise no_cursor() from None


def _key(cursor: str) -> str:
    padded = cursor.encode() + b"=" * (-len(cursor) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True).decode()


def cursor_of(key: str) -> str:
    """What stands for the key of the last row."""
    return base64.urlsafe_b64encode(key.encode()).rstrip(b"=").decode()


def no_cursor() -> Problem:
    """The answer where a cursor is none of its list."""
    return Problem(400, "invalid-cursor", "the cursor is not one of this list: send `next` as it was")
