"""What the fields of an answer may be: whoever answers in Slack's place names none of our keys and prints nothing.

Fields that are stored, or asked about again, have the form that Slack writes or make the whole answer unclear. Names
are free text: they are cut and printed on one line, without what a terminal obeys.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from router.diagnostic import one_line

MAX_ERROR_CHARS: Final = 100
"""The most characters of an error code that are kept, logged and stored; Slack's longest has about 50."""
MAX_ID_CHARS: Final = 64
"""The most characters of the ID of a team, a bot, a user or a channel; Slack's have about 11."""
MAX_CURSOR_CHARS: Final = 1_000
"""The most characters of the cursor of a next page; Slack's have about 100."""
MAX_NAME_CHARS: Final = 100
"""The most characters of a name that are shown; a channel's has at most 80."""

_ID: Final = re.compile(rf"[A-Z][A-Z0-9]{{0,{MAX_ID_CHARS - 1}}}")
_TS: Final = re.compile(r"[0-9]{1,16}\.[0-9]{1,16}")
_CURSOR: Final = re.compile(rf"[!-~]{{0,{MAX_CURSOR_CHARS}}}")

Body = Mapping[str, Any]


class FormError(Exception):
    """A field in a form that Slack does not write."""


def is_id(value: object) -> bool:
    """Whether this has the form of an ID of Slack's: capitals and digits."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_ts(value: object) -> bool:
    """Whether this has the form of a message's `ts`: digits, a point, digits."""
    return isinstance(value, str) and _TS.fullmatch(value) is not None


def id_of(body: Body, field: str) -> str:
    """The ID in a field.

    Raises:
        FormError: there is none.
    """
    value = body.get(field)
    if isinstance(value, str) and is_id(value):
        return value
    raise FormError(field)


def name_of(body: Body, field: str) -> str:
    """The name in a field, on one line and cut; "" without one."""
    value = body.get(field)
    return one_line(value[:MAX_NAME_CHARS])[:MAX_NAME_CHARS] if isinstance(value, str) else ""


def objects_of(body: Body, field: str) -> list[Body]:
    """The objects in a field.

    Raises:
        FormError: it holds anything else.
    """
    found = body.get(field)
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise FormError(field)
    return found


def cursor_of(body: Body) -> str:
    """Where the next page begins; "" on the last one.

    Raises:
        FormError: that cannot be asked for.
    """
    more = body.get("response_metadata") or {}
    cursor = (more.get("next_cursor") or "") if isinstance(more, Mapping) else None
    if isinstance(cursor, str) and _CURSOR.fullmatch(cursor):
        return cursor
    raise FormError("next_cursor")


def code_of(error: str) -> str:
    """An error code as it is kept: short, printable, and without a token that it may repeat."""
    return one_line(error[:MAX_ERROR_CHARS])[:MAX_ERROR_CHARS]
