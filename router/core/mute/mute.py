"""What holds the alerts of one group back now, asked in Alertmanager's order (notify/notify.go, New)."""

from dataclasses import dataclass, field
from typing import Final

from router.core.match.labels import Labels
from router.core.match.reading import PatternSizes, Reading
from router.core.model.instant import Instant
from router.core.model.muted import Muted
from router.core.model.rules.inhibit import NO_RULES, InhibitRules
from router.core.model.rules.interval import ALWAYS_ACTIVE, RouteIntervals
from router.core.model.rules.silence import NO_SILENCES, Silences
from router.core.mute.inhibition import Sources, inhibited_by, inhibits_all
from router.core.mute.intervals import muted_by_time
from router.core.mute.silences import silenced_by, silences_all


@dataclass(frozen=True, slots=True)
class Mutes:
    """All that may hold alerts of one group back; false where there is nothing.

    `sources` are the alerts that inhibit others now, as far as they were asked for; `sizes` and `silence_sizes` bound
    what the patterns of the rules and of the silences may cost.
    """

    intervals: RouteIntervals = ALWAYS_ACTIVE
    silences: Silences = NO_SILENCES
    rules: InhibitRules = NO_RULES
    sources: Sources = field(default_factory=dict)
    sizes: PatternSizes = field(default_factory=dict)
    silence_sizes: PatternSizes = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.silences or self.sources or self.intervals.mute or self.intervals.active)

    def of_all(self, shared: Labels, now: Instant) -> Muted | None:
        """What holds back every alert of the group with these labels, whatever others it has."""
        return (
            inhibits_all(self.rules, Reading(shared, self.sizes), self.sources, now)
            or muted_by_time(self.intervals, now)
            or silences_all(self.silences, Reading(shared, self.silence_sizes), now)
        )

    def of(self, labels: Labels, now: Instant) -> Muted | None:
        """What holds an alert back; of several the first in Alertmanager's order."""
        return (
            inhibited_by(self.rules, Reading(labels, self.sizes), self.sources, now)
            or muted_by_time(self.intervals, now)
            or silenced_by(self.silences, Reading(labels, self.silence_sizes), now)
        )


NO_MUTES: Final = Mutes()
