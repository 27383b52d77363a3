"""Read JSON without trusting its shape: a value of the wrong type counts as missing."""

import math
from collections.abc import Mapping, Sequence

Json = Mapping[str, object]


def string(value: object) -> str:
    """The string, or an empty one."""
    return value if isinstance(value, str) else ""


def record(value: object) -> Json:
    """The object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> Sequence[object]:
    """The list, or an empty one."""
    return value if isinstance(value, list | tuple) else ()


def records(value: object) -> list[Json]:
    """The objects of a list."""
    return [one for one in items(value) if isinstance(one, Mapping)]


def strings(value: object) -> list[str]:
    """The strings of a list."""
    return [one for one in items(value) if isinstance(one, str)]


def whole(value: object) -> int:
    """The number without its fraction, or 0."""
    if isinstance(value, float) and not math.isfinite(value):
        return 0
    return int(value) if isinstance(value, int | float) else 0
