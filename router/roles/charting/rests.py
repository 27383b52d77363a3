"""A Prometheus that fails is left alone for a while, so that its workers' time goes to those that answer."""

from dataclasses import dataclass
from typing import Final

FAILURES: Final = 3
"""In a row; then it is left alone."""
REST_S: Final = 30.0


@dataclass(slots=True)
class Rest:
    """How one Prometheus has answered lately; times in seconds of a clock that never steps."""

    failures: int = 0
    until: float = 0.0

    def is_on(self, now: float) -> bool:
        """Whether it is left alone; once that is over it is asked one question, which decides how it goes on."""
        if self.failures < FAILURES:
            return False
        if now < self.until:
            return True
        self.until = now + REST_S
        return False

    def failed(self, now: float) -> None:
        """It did not answer."""
        self.failures += 1
        self.until = now + REST_S

    def answered(self) -> None:
        """It did."""
        self.failures = 0
