"""A tenant's rules, compiled from its configuration and ready for use; immutable, one object a version."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto
from typing import Final, NewType

from router.core.match.index import MatcherIndex
from router.core.match.labels import Labels
from router.core.match.matcher import Matcher
from router.core.match.patterns import Pattern, compiled_pattern
from router.core.match.reading import PatternSizes
from router.core.model.alert import TenantId
from router.core.model.instant import Span

ReceiverName = NewType("ReceiverName", str)
SecretName = NewType("SecretName", str)
LANGUAGES: Final = ("en", "fr", "de", "es", "it")
"""The languages that messages are written in; each has a catalogue in `locales/`."""

RoutePath = tuple[str, ...]
"""The matchers of every route from the root down, printed; the part of a route that outlives reordering."""


_NOTHING: Final = MatcherIndex(())


class OnChange(StrEnum):
    """How a receiver shows changes of an alert group."""

    EDIT = "edit"
    THREAD = "thread"
    POST = "post"


class Style(StrEnum):
    """The messages that are built in; each lies in a folder of this name in `templates/`."""

    DEFAULT = "default"
    COMPACT = "compact"
    DETAILED = "detailed"


class LinkForm(StrEnum):
    """How a receiver's messages show the links that all alerts have."""

    BUTTONS = "buttons"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Layout:
    """How messages look: a built-in style, and the sources of the parts that the tenant writes itself."""

    style: Style = Style.DEFAULT
    parts: tuple[tuple[str, str], ...] = ()


class GroupBy(Enum):
    """The two groupings that are no list of labels."""

    AS_SENT = auto()
    ALL_LABELS = auto()


@dataclass(frozen=True, slots=True)
class Timing:
    """The intervals of a route; Alertmanager's words, with defaults for a sender that has waited already."""

    group_wait: Span
    group_interval: Span
    repeat_interval: Span
    stale_after: Span
    reopen_within: Span


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the routing tree, everything inherited filled in."""

    matchers: tuple[Matcher, ...]
    path: RoutePath
    receiver: ReceiverName
    group_by: tuple[str, ...] | GroupBy
    timing: Timing
    continue_: bool
    """`continue` in the configuration: later siblings are tried even if this route matched."""
    routes: tuple["Route", ...]
    index: MatcherIndex = field(init=False, repr=False, compare=False)
    """Which of the routes below fulfil their own matchers."""

    def __post_init__(self) -> None:
        below = tuple(route.matchers for route in self.routes)
        object.__setattr__(self, "index", MatcherIndex(below) if below else _NOTHING)

    def patterns(self) -> frozenset[tuple[str, Pattern]]:
        """The patterns of this route and all below, each with the label that it looks at."""
        return frozenset(
            (one.name, one.pattern) for route in self.walk() for one in route.matchers if one.pattern is not None
        )

    def walk(self) -> Iterator["Route"]:
        """This node and every one below it, depth first, left to right."""
        yield self
        for child in self.routes:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Receiver:
    """A named destination: a channel and how to speak there."""

    name: ReceiverName
    channel: str
    """A channel ID, or `#name`."""
    mention: tuple[str, ...]
    locale: str
    send_resolved: bool
    on_change: OnChange
    layout: Layout = Layout()
    links: LinkForm | None = None
    """None: as its style has them."""
    digest_above: int = 10
    """A digest begins when more alert groups than this wait for a message of their own; 0: never."""

    @property
    def link_form(self) -> LinkForm:
        """How its messages show links: as buttons, in the compact style in the line."""
        return self.links or (LinkForm.TEXT if self.layout.style is Style.COMPACT else LinkForm.BUTTONS)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """An alert that must keep arriving; `name` are its matchers, printed."""

    name: str
    matchers: tuple[Matcher, ...]
    every: Span
    receiver: ReceiverName


@dataclass(frozen=True, slots=True)
class Severity:
    """Which label tells the severity, and its values from worst to mildest; case and blanks around do not matter.

    `aliases` are pairs of another word for a severity, and its name in `order`.
    """

    label: str
    order: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    _ranks: Mapping[str, int] = field(init=False, repr=False, compare=False)
    """By the folded word."""

    def __post_init__(self) -> None:
        ranks = {_folded(name): rank for rank, name in enumerate(self.order)}
        known = {_folded(alias): ranks[_folded(name)] for alias, name in self.aliases}
        object.__setattr__(self, "_ranks", {**known, **ranks})

    def rank(self, labels: Labels) -> int:
        """0 for the worst; what has no known severity ranks behind all."""
        return self._ranks.get(_folded(labels.get(self.label, "")), self.mildest)

    def name(self, word: str) -> str:
        """The name of the severity that a label's value means; an unknown value is its own name."""
        rank = self._ranks.get(_folded(word))
        return word if rank is None else self.order[rank]

    @property
    def mildest(self) -> int:
        """The rank of what has no known severity."""
        return len(self.order)


def _folded(word: str) -> str:
    return word.strip().casefold()


@dataclass(frozen=True, slots=True)
class Redaction:
    """What of its alerts a tenant lets nobody read: labels and annotations by name, and patterns (RE2) anywhere."""

    labels: frozenset[str] = frozenset()
    annotations: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    compiled: tuple[Pattern, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", tuple(map(compiled_pattern, self.patterns)))


@dataclass(frozen=True, slots=True)
class ShownLabels:
    """Which labels messages leave out: those in `hidden` but not in `shown`."""

    hidden: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Emoji:
    """What stands in front of a title: pairs of a severity, or a `ShownState`, and an emoji."""

    by_severity: tuple[tuple[str, str], ...] = ()
    by_state: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one every `period`."""

    period: Span
    burst: int


@dataclass(frozen=True, slots=True)
class InboundRates:
    """How fast a tenant's senders may post, over all gateways: bodies, KiB of bodies, and alerts."""

    requests: Rate
    kibibytes: Rate
    alerts: Rate


@dataclass(frozen=True, slots=True)
class Caps:
    """What a tenant may have stored: alerts that fire, groups that are not closed, and bytes of all groups."""

    alerts: int = 100_000
    groups: int = 100_000
    stored_bytes: int = 512 << 20


@dataclass(frozen=True, slots=True)
class SenderLimits:
    """What a gateway needs of one version of a tenant's configuration."""

    version: int
    inbound: InboundRates

    def under(self, version: int) -> "SenderLimits":
        """The same limits in force as another version."""
        return replace(self, version=version)


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
    redaction: Redaction = Redaction()
    shown_labels: ShownLabels = ShownLabels()
    emoji: Emoji = Emoji()
    caps: Caps = Caps()
    ignored_labels: frozenset[str] = frozenset()
    """Those that tell no alerts apart; they count as never sent."""
    heartbeats: tuple[Heartbeat, ...] = ()
    held_over_from: int | None = None
    """The version that these rules are of, where they hold on because that of `version` is not compiled."""
    timings: Mapping[tuple[ReceiverName, RoutePath], Timing] = field(init=False, repr=False, compare=False)
    """The intervals of every route by its receiver and path; of equal ones the first."""
    digest_looks: tuple[int, int] = field(init=False, repr=False, compare=False)
    """The lowest and the highest threshold of a receiver's digest; 0 and 0 where no receiver has one."""
    pattern_sizes: PatternSizes = field(init=False, repr=False, compare=False)
    """What the patterns of all routes cost, by the label that they look at."""

    def __post_init__(self) -> None:
        sizes: Counter[str] = Counter()
        for name, pattern in self.route.patterns():
            sizes[name] += pattern.size
        object.__setattr__(self, "pattern_sizes", sizes)
        above = [one.digest_above for one in self.receivers.values() if one.digest_above] or [0]
        object.__setattr__(self, "digest_looks", (min(above), max(above)))
        routes = reversed(list(self.route.walk()))
        object.__setattr__(self, "timings", {(route.receiver, route.path): route.timing for route in routes})

    def under(self, version: int) -> "Tenant":
        """The same rules in force as another version."""
        return replace(self, version=version, held_over_from=self.rules_version)

    @property
    def rules_version(self) -> int:
        """By which version groups are routed; they are routed again by a later one."""
        return self.version if self.held_over_from is None else self.held_over_from

    def timing(self, receiver: ReceiverName, path: RoutePath) -> Timing:
        """The intervals of the route that made a group; the root's where that route is gone."""
        return self.timings.get((receiver, path), self.route.timing)
