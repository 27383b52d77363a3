"""The four maxima of an alert, from which its state follows (a max-register CRDT).

S is the latest start seen firing, E the latest end seen resolved, OF and OR the latest observation of each. An alert
fires iff S > E or OF > OR. Maxima commute and repeat without harm, so records may come twice and in any order.
"""

from typing import Final

from router.core.frozen import frozen
from router.core.model.alert import Alert, Status
from router.core.model.changed import replace
from router.core.model.instant import NEVER, Instant


@frozen
class Registers:
    """S, E, OF and OR of one alert."""

    start: Instant = NEVER
    end: Instant = NEVER
    seen_firing: Instant = NEVER
    seen_resolved: Instant = NEVER

    @property
    def firing(self) -> bool:
        """The rule: a start after every end, or a firing observation after every resolved one."""
        return self.start > self.end or self.seen_firing > self.seen_resolved

    @property
    def began(self) -> Instant:
        """Since when it fires, for people: where no start is known, since it was last observed."""
        return self.start or self.seen_firing

    @property
    def last_seen(self) -> Instant:
        """The newest observation, firing or resolved."""
        return max(self.seen_firing, self.seen_resolved)

    def observe(self, alert: Alert, observed: Instant) -> "Registers":
        """The maxima with one more observation.

        A resolve ends the start that it names itself, also where the clocks of rule and sender disagree.
        """
        if alert.status is Status.FIRING:
            start, seen = max(self.start, alert.starts_at), max(self.seen_firing, observed)
            return Registers(start, self.end, seen, self.seen_resolved)
        ended = max(self.end, alert.ends_at, alert.starts_at)
        return Registers(self.start, ended, self.seen_firing, max(self.seen_resolved, observed))

    def end_at(self, ended: Instant) -> "Registers":
        """The maxima with the observation, made at that time, that it has ended by then."""
        end = max(self.end, self.start, ended)
        return replace(self, end=end, seen_resolved=max(self.seen_resolved, ended))

    def fired_since(self, shown: "Registers") -> bool:
        """Whether a firing was seen that `shown` does not cover."""
        return self.start > shown.end or self.seen_firing > shown.seen_resolved

    def ended_since(self, shown: "Registers") -> bool:
        """Whether the firing that `shown` covers has ended, even if it fires again by now."""
        newer = self.end > shown.end or self.seen_resolved > shown.seen_resolved
        return newer and self.end >= shown.start


UNSEEN: Final = Registers()
