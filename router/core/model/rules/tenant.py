"""A tenant's rules; immutable, one object a version."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from router.core.match.patterns import Pattern
from router.core.match.reading import PatternSizes
from router.core.match.subject import Subjects
from router.core.model.alert import TenantId
from router.core.model.rules.appearance import (
    ALL_LABELS_SHOWN,
    NO_EMOJI,
    NO_REDACTION,
    NOTHING_PERSONAL,
    Emoji,
    Erased,
    PersonalFields,
    Redaction,
    ShownLabels,
)
from router.core.model.rules.context import DEFAULT_CONTEXT, AlertmanagerAccess, ContextRules, PrometheusAccess
from router.core.model.rules.flapping import DEFAULT_FLAPPING, Flapping
from router.core.model.rules.heartbeat import Heartbeat
from router.core.model.rules.inhibit import NO_RULES, InhibitRules
from router.core.model.rules.interval import ALWAYS_ACTIVE, RouteIntervals
from router.core.model.rules.limits import DEFAULT_CAPS, Caps, InboundRates, Keys, Rate
from router.core.model.rules.metric import NO_METRICS, CustomMetrics
from router.core.model.rules.names import ReceiverName, SecretName
from router.core.model.rules.receiver import Receiver
from router.core.model.rules.route import Route, RoutePath, Timing
from router.core.model.rules.severity import Severity
from router.core.model.rules.silence import NO_SILENCES, Silences


@dataclass(frozen=True, slots=True)
class Tenant:
    """One version of one tenant's configuration."""

    tenant_id: TenantId
    version: int
    token: SecretName
    notifications: Rate
    inbound: InboundRates
    locale: str
    time_zone: str
    severity: Severity
    route: Route
    receivers: Mapping[ReceiverName, Receiver]
    fallback: ReceiverName | None = None
    """Who is notified when nothing can be posted in the channel of another receiver."""
    redaction: Redaction = NO_REDACTION
    personal: PersonalFields = NOTHING_PERSONAL
    shown_labels: ShownLabels = ALL_LABELS_SHOWN
    emoji: Emoji = NO_EMOJI
    caps: Caps = DEFAULT_CAPS
    certificates: frozenset[str] = frozenset()
    """DNS names and URIs of the client certificates that stand for a sender's token."""
    keys: Keys = Keys.SHARED
    """Whose keys seal what is stored of its alerts."""
    ignored_labels: frozenset[str] = frozenset()
    """Those that tell no alerts apart; they count as never sent."""
    heartbeats: tuple[Heartbeat, ...] = ()
    flapping: Flapping = DEFAULT_FLAPPING
    inhibit_rules: InhibitRules = NO_RULES
    alertmanager: AlertmanagerAccess | None = None
    """How its Alertmanager is asked about alerts that it leaves out; None: it is not."""
    prometheus: PrometheusAccess | None = None
    """How its Prometheus is asked for charts; None: it is not."""
    context: ContextRules = DEFAULT_CONTEXT
    metrics: CustomMetrics = NO_METRICS
    silences: Silences = NO_SILENCES
    """Those that are active or to come; they change without a new version."""
    held_over_from: int | None = None
    """The version that these rules are of, where they hold on because that of `version` is not compiled."""
    unwritten: Redaction = field(init=False, repr=False, compare=False)
    """What stands in no log and in no event: what is redacted, and what names a person."""
    timings: Mapping[tuple[ReceiverName, RoutePath], Timing] = field(init=False, repr=False, compare=False)
    """The intervals of every route by its receiver and path; of equal ones the first."""
    time_intervals: Mapping[tuple[ReceiverName, RoutePath], RouteIntervals] = field(
        init=False, repr=False, compare=False
    )
    """When routes are muted and active, by receiver and path; of equal ones the first."""
    digest_looks: tuple[int, int] = field(init=False, repr=False, compare=False)
    """The lowest and the highest threshold of a receiver's digest; 0 and 0 where no receiver has one."""
    pattern_sizes: PatternSizes = field(init=False, repr=False, compare=False)
    """What the patterns of all routes, inhibition rules and metrics cost, by the label that they look at."""

    silence_sizes: PatternSizes = field(init=False, repr=False, compare=False)
    """What the patterns of all silences cost."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "unwritten", self.redaction.besides(self.personal.labels, self.personal.annotations))
        patterns = self.route.patterns() | self.inhibit_rules.patterns() | self.metrics.patterns()
        object.__setattr__(self, "pattern_sizes", _sizes(patterns))
        object.__setattr__(self, "silence_sizes", _sizes(self.silences.patterns()))
        above = [one.digest_above for one in self.receivers.values() if one.digest_above] or [0]
        object.__setattr__(self, "digest_looks", (min(above), max(above)))
        routes = {(route.receiver, route.path): route for route in reversed(list(self.route.walk()))}
        object.__setattr__(self, "timings", {key: route.timing for key, route in routes.items()})
        muted = {key: route.intervals for key, route in routes.items() if route.intervals != ALWAYS_ACTIVE}
        object.__setattr__(self, "time_intervals", muted)

    def under(self, version: int) -> "Tenant":
        """The same rules in force as another version."""
        return replace(self, version=version, held_over_from=self.rules_version)

    @property
    def erased(self) -> Erased:
        """People whose data was erased."""
        return self.redaction.erased

    def without(self, subjects: Subjects) -> "Tenant":
        """The same rules, by which these people are erased, and nobody else."""
        return replace(self, redaction=replace(self.redaction, erased=Erased(self.personal, subjects)))

    def in_logs(self, alert_name: str) -> str:
        """The name of an alert as logs have it: none where what is stored is sealed."""
        return alert_name if self.keys is Keys.SHARED else ""

    @property
    def rules_version(self) -> int:
        """By which version groups are routed; they are routed again by a later one."""
        return self.version if self.held_over_from is None else self.held_over_from

    def timing(self, receiver: ReceiverName, path: RoutePath) -> Timing:
        """The intervals of the route that made a group; the root's where that route is gone."""
        return self.timings.get((receiver, path), self.route.timing)

    def intervals(self, receiver: ReceiverName, path: RoutePath) -> RouteIntervals:
        """When the route that made a group is muted and active; always active where that route is gone."""
        return self.time_intervals.get((receiver, path), ALWAYS_ACTIVE)


def _sizes(patterns: Iterable[tuple[str, Pattern]]) -> PatternSizes:
    """What patterns cost together, by the label that they look at."""
    sizes: Counter[str] = Counter()
    for name, pattern in patterns:
        sizes[name] += pattern.size
    return sizes
