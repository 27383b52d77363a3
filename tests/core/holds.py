"""What holds alerts back while a life is played: silences, quiet hours, and sources in the group and beside it.

Whether an alert is held back is known from what people, the clock and the sender did; the core is not asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from router.control.simulated_sources import SimulatedSources
from router.core.engine import fold
from router.core.match.matcher import parse_matchers
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, MINUTE, NEVER, Instant
from router.core.model.rules.inhibit import NO_RULES, InhibitRules
from router.core.model.rules.interval import ALWAYS_ACTIVE, IntervalSpec, Minutes, RouteIntervals, TimeInterval
from router.core.model.rules.silence import Silence, Silences
from router.core.model.rules.tenant import Tenant
from router.core.mute.mute import NO_MUTES, Mutes
from tests.core.builders import SEVERITY, a_key, a_resolve, a_rule, a_tenant, an_alert, observed, seconds

BESIDE: Final = "X"
RULES: Final = InhibitRules((
    a_rule(f'alertname="{BESIDE}"', 'alertname="A"', name="what burns elsewhere"),
    a_rule('alertname="K"', 'alertname=~"B|C"', name="the critical one"),
))  # fmt: skip
"""One source is in a group of its own, the other in that of its targets."""

_BY: Final = {"A": (BESIDE,), "B": ("K",), "C": ("K",)}
_QUIET: Final = range(20, 40)
"""Minutes of each hour in which nobody is notified."""


def _of_each_hour(*parts: tuple[int, int]) -> TimeInterval:
    times = (Minutes(60 * hour + start, 60 * hour + end) for hour in range(24) for start, end in parts)
    return TimeInterval("hours", (IntervalSpec(times=tuple(times)),))


HOURS: Final = {
    "none": ALWAYS_ACTIVE,
    "muted": RouteIntervals(mute=(_of_each_hour((_QUIET.start, _QUIET.stop)),)),
    "active": RouteIntervals(active=(_of_each_hour((0, _QUIET.start), (_QUIET.stop, 60)),)),
}
"""The intervals of the route, as its configurations have them."""


@dataclass
class Holds:
    """All that may hold an alert back now; `rules` are the tenant's."""

    rules: InhibitRules = NO_RULES
    hours: str = "none"
    silenced: dict[str, Silence] = field(default_factory=dict)
    seen: dict[str, Instant] = field(default_factory=dict)
    """When each source that fires was last observed."""
    vanished: set[str] = field(default_factory=set)
    """Those of them that are not reported any more, and may not be known where a new configuration wants them."""
    beside: AlertGroup = field(default_factory=lambda: AlertGroup(a_key(group="beside")))
    sources: SimulatedSources = field(init=False)

    def __post_init__(self) -> None:
        self.sources = SimulatedSources(self.of(a_tenant()))

    def of(self, tenant: Tenant) -> Tenant:
        """The tenant with these rules."""
        return replace(tenant, inhibit_rules=self.rules)

    def mutes(self, group: AlertGroup) -> Mutes:
        """What the core is given of it for a group."""
        if not self.rules and not self.silenced and self.hours == "none":
            return NO_MUTES
        silences, sources = Silences(self.silenced.values()), self.sources.of(group)
        return Mutes(HOURS[self.hours], silences, self.rules, sources)

    def note(self, before: AlertGroup, after: AlertGroup) -> bool:
        """Store what a group states of sources; whether others may be free by that."""
        return self.sources.take(before, after)

    def silence(self, name: str, now: Instant, *, seconds_long: int) -> None:
        """Silence an alert for a while, or no longer."""
        if self.silenced.pop(name, None) is None:
            end = Instant(now + seconds(seconds_long))
            self.silenced[name] = Silence(f"s-{name}", (parse_matchers(f'alertname="{name}"'),), now, end, "ana")

    def burn_beside(self, now: Instant, *, fires: bool) -> bool:
        """The source in the other group fires, or has ended; whether others may be free by that."""
        alert = an_alert(BESIDE, starts=now) if fires else a_resolve(BESIDE, starts=now, ends=now)
        before, timing = self.beside, a_tenant().route.timing
        self.beside = fold(before, observed(alert, when=now), timing, SEVERITY, now).after
        self.see(BESIDE, now, fires=fires)
        return self.note(before, self.beside)

    def see(self, name: str, now: Instant, *, fires: bool) -> None:
        """An alert was observed."""
        self.seen[name] = now if fires else NEVER

    def holds(self, name: str, now: Instant, stale_after: int) -> bool:
        """Whether an alert is held back now, for sure."""
        known = [source for source in self._sources_of(name) if source not in self.vanished]
        return any(self._reasons(name, now)) or any(now < self.seen[one] + stale_after for one in known)

    def may_hold(self, name: str, now: Instant, stale_after: int) -> bool:
        """Whether it may be; what is not reported counts as a source until it is stale, and up to an hour more."""
        late = stale_after + HOUR
        return any(self._reasons(name, now)) or any(now <= self.seen[one] + late for one in self._sources_of(name))

    def silenced_until(self, name: str, now: Instant) -> Instant:
        """Until when an alert is silenced; NEVER where it is not."""
        silence = self.silenced.get(name)
        return silence.ends_at if silence is not None and silence.starts_at <= now <= silence.ends_at else NEVER

    def _reasons(self, name: str, now: Instant) -> Iterator[bool]:
        yield self.silenced_until(name, now) != NEVER
        yield self.hours != "none" and now // MINUTE % 60 in _QUIET

    def _sources_of(self, name: str) -> list[str]:
        """The sources that fire of an alert."""
        return [source for source in _BY.get(name, ()) if self.rules and self.seen.get(source, NEVER) != NEVER]
