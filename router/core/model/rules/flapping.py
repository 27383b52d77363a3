"""When a message that is reopened again and again flaps, and when it has become quiet."""

from dataclasses import dataclass
from typing import Final

from router.core.model.instant import MINUTE, Span

_WINDOW: Final = Span(15 * MINUTE)
_QUIET: Final = Span(10 * MINUTE)


@dataclass(frozen=True, slots=True)
class Flapping:
    """It flaps after so many `reopenings` within `window` (0: never), until it has not turned for `quiet`."""

    reopenings: int = 3
    window: Span = _WINDOW
    quiet: Span = _QUIET


DEFAULT_FLAPPING: Final = Flapping()
