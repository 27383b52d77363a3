"""What goes wrong again and again is one incident: reported when it begins, and once a minute while it lasts."""

import time
from collections.abc import Callable
from typing import Final

_EVERY_S: Final = 60.0


class Incident:
    """Counts how often it went wrong; `clock` counts seconds and never steps."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kind: str | None = None
        self._reported_at = 0.0
        self.times = 0

    def happens(self, kind: str) -> bool:
        """Take note of it, and say whether to report it: at first, when it is of another kind, or after a minute."""
        self.times += 1
        now = self._clock()
        if kind == self._kind and now - self._reported_at < _EVERY_S:
            return False
        self._kind, self._reported_at = kind, now
        return True

    def ends(self) -> int:
        """It went well: how often it had gone wrong before, 0 where there was no incident."""
        times, self.times, self._kind = self.times, 0, None
        return times
