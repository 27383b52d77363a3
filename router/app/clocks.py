"""The clocks of this machine."""

import time
from datetime import UTC, datetime

from router.core.model.instant import Instant, from_datetime


def wall_clock() -> Instant:
    """This machine's time in UTC, which somebody may set at any moment."""
    return from_datetime(datetime.now(UTC))  # noqa: TID251 - the edge


def steady_clock() -> Instant:
    """A clock that never steps; its zero means nothing."""
    return Instant(time.monotonic_ns() // 1000)
