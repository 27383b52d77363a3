"""When a message flaps, as a tenant writes it down."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from router.config.document.appearance import Section
from router.config.values import PositiveText

_MOST: Final = 20


def _reopenings(value: int) -> int:
    if not 0 <= value <= _MOST:
        raise ValueError(f"{value} is out of range; use 1 to {_MOST}, or 0 for: never flaps")
    return value


class FlappingRule(Section):
    """When a message that is reopened again and again is only edited, until it is quiet."""

    reopenings: Annotated[int, AfterValidator(_reopenings)] = Field(default=3, examples=[3, 5, 0])
    """A message flaps once it was reopened so often within `window`; 0: it never does."""
    window: PositiveText = Field(default="15m", examples=["15m", "1h"])
    """In which time."""
    quiet: PositiveText = Field(default="10m", examples=["10m", "30m"])
    """It flaps until it has stayed as it is for so long; one reply reports that."""
