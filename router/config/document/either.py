"""Keys that are written in one of two ways: in short, as text or a list, or as a mapping of keys."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, Discriminator, Tag

_SHORT: Final = "(in short)"
_KEYS: Final = "(as keys)"

SHORT: Final = Tag(_SHORT)
KEYS: Final = Tag(_KEYS)


def _way(value: object) -> str:
    return _KEYS if isinstance(value, Mapping | BaseModel) else _SHORT


EITHER: Final = Discriminator(_way)


def as_written(path: tuple[Any, ...]) -> tuple[Any, ...]:
    """A path of pydantic's without the ways, which nobody writes down."""
    return tuple(key for key in path if key not in {_SHORT, _KEYS})
