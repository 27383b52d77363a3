"""What is promised of how fast notifications are shown."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from router.core.model.instant import HOUR, SECOND, Span


@dataclass(frozen=True, slots=True)
class Objective:
    """Which share of notifications takes at most so long, within any period.

    What counts is the time from when a notification is due until Slack has taken it, without that for which it waited
    for a budget.
    """

    within: Span
    share: Fraction
    period: Span

    def allows(self, notifications: int) -> Fraction:
        """How many of so many may be late."""
        return notifications * (1 - self.share)


DELIVERY: Final = Objective(Span(5 * SECOND), Fraction(995, 1000), Span(30 * 24 * HOUR))
"""The one that there is; `deploy/slo/alert-router.yml` has the same."""
