"""How it usually goes: when a group fired before, and for how long."""

from dataclasses import dataclass
from typing import Final

from router.core.model.instant import Instant

KEPT: Final = 20
"""Episodes of a group that are kept; the oldest make room."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Once that a group fired, from the first start of its alerts until its message was shown as over."""

    start: Instant
    end: Instant
