"""A Prometheus that fails is left alone for a while, so that its workers' time goes to those that answer.

A few groups are asked about at once; whoever waits for that is not asked about any more if those before it failed.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

FAILURES: Final = 3
"""In a row; then it is left alone."""
REST_S: Final = 30.0
MAX_CHARTS_AT_ONCE: Final = 4
"""Groups that one Prometheus is asked about at once; more wait."""


@dataclass(slots=True)
class Rest:
    """How one Prometheus has answered lately; times in seconds of a clock that never steps."""

    failures: int = 0
    until: float = 0.0
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_CHARTS_AT_ONCE))

    def is_on(self, now: float) -> bool:
        """Whether it is left alone."""
        return self.failures >= FAILURES and now < self.until

    def ends(self, now: float) -> bool:
        """Whether it may be asked; once a rest is over the first question decides how it goes on."""
        if self.is_on(now):
            return False
        self.until = now + REST_S
        return True

    def failed(self, now: float) -> None:
        """It did not answer."""
        self.failures += 1
        self.until = now + REST_S

    def answered(self) -> None:
        """It did."""
        self.failures = 0
