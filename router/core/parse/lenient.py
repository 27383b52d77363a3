"""Single values of a body, read as far as they can be: what only decorates an alert never makes it unreadable.

`null` is absent, numbers and booleans are their text, a time or an address that is none is left out.
"""

import re
from collections.abc import Mapping
from math import isfinite
from typing import Final

from pydantic_core import to_json

from router.core.model.alert import Status
from router.core.model.instant import NEVER, Instant, parse_rfc3339
from router.core.parse.bounds import MAX_LABEL_NAME

MAX_URL: Final = 2_000
"""Characters of a web address that a sender links; a longer one is left out."""

MAX_VALUES: Final = 20
"""Numbers that Grafana measured for one alert."""

_MAX_COUNT: Final = 1_000_000_000
_COUNT: Final = re.compile(r"\s*\+?([0-9]{1,40})(?:\.0+)?\s*", re.ASCII)
_LEAP_SECOND: Final = re.compile(r"(?<=:[0-5][0-9]:)60")
"""The RFC knows it, Python's times do not."""


def text(value: object) -> str:
    """The text of a value; "" for null, JSON for what has parts."""
    if isinstance(value, str):
        return value
    return "" if value is None else to_json(value, inf_nan_mode="constants").decode()


def texts(value: object) -> dict[str, str]:
    """The members of an object as texts, without those that are null; empty for anything but an object."""
    if not isinstance(value, dict):
        return {}
    return {name: one if type(one) is str else text(one) for name, one in value.items() if one is not None}


def moment(value: object) -> Instant:
    """An RFC 3339 time; NEVER for anything else."""
    if not isinstance(value, str) or not value:
        return NEVER
    try:
        return parse_rfc3339(_LEAP_SECOND.sub("59", value.strip().upper()))
    except ValueError:
        return NEVER


def link(value: object) -> str:
    """A web address of bearable length; "" for anything else."""
    return value if isinstance(value, str) and len(value) <= MAX_URL else ""


def image(value: object) -> str:
    """The address of a picture, which Slack fetches itself: https only."""
    url = link(value)
    return url if url.startswith("https://") else ""


def status(value: object) -> Status | None:
    """The status in any case; None where there is none.

    Raises:
        ValueError: it is neither firing nor resolved.
    """
    if value is None or value == "":
        return None
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in set(Status):
        raise ValueError("status is neither firing nor resolved")
    return Status(word)


def values(value: object) -> Mapping[str, float]:
    """The numbers of an object by name, the first twenty; empty for anything but an object."""
    if not isinstance(value, dict):
        return {}
    numbers = ((name, _number(one)) for name, one in value.items() if len(name) <= MAX_LABEL_NAME)
    return dict([(name, number) for name, number in numbers if number is not None][:MAX_VALUES])


def count(value: object) -> int:
    """A number of things, also as text; 0 for anything else."""
    if isinstance(value, str):
        digits = _COUNT.fullmatch(value)
        return min(int(digits[1]), _MAX_COUNT) if digits else 0
    number = _number(value)
    return min(int(number), _MAX_COUNT) if number is not None and number > 0 else 0


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:
        return None
