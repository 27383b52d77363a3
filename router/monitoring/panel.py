"""What a dashboard shows, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """How a panel shows its series."""

    LINES = "lines"
    NUMBER = "number"
    WORDS = "words"
    """No series: the panel's text, as Markdown."""


class Source(StrEnum):
    """Which Prometheus is asked: the name of the variable that chooses it."""

    SERVICE = "datasource"
    """The one that scrapes the service."""
    TENANT = "own"
    """The one that scrapes a tenant's page."""


class Unit(StrEnum):
    """Grafana's names of units."""

    COUNT = "short"
    PER_SECOND = "cps"
    SECONDS = "s"
    SHARE = "percentunit"


@dataclass(frozen=True, slots=True)
class Query:
    """An expression of Prometheus and what its series are called, by labels in double braces."""

    expression: str
    legend: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: a title, what to make of it, and its queries."""

    title: str
    text: str
    queries: Sequence[Query]
    unit: Unit = Unit.COUNT
    kind: Kind = Kind.LINES
    warn_at: float | None = None
    """From this value on a number is red."""
    source: Source = Source.SERVICE
    colours: Mapping[str, str] = field(default_factory=dict)
    """Grafana's names of colours, by the names of series."""


@dataclass(frozen=True, slots=True)
class Section:
    """Panels under a heading."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard; its file has the name of `uid`."""

    uid: str
    title: str
    text: str
    sections: Sequence[Section]
    by_tenant: bool = False
    """Whether one tenant is chosen, as `$tenant`."""
    time_zone: str = "browser"

    @property
    def sources(self) -> Sequence[Source]:
        """Those that its panels ask, each once."""
        asked = {panel.source for section in self.sections for panel in section.panels if panel.queries}
        return [one for one in Source if one in asked]


def rate(metric: str, by: str = "", where: str = "") -> str:
    """How many a second of a counter, of all processes."""
    label = f"{{{where}}}" if where else ""
    total = f"sum by ({by}) " if by else "sum"
    return f"{total}(rate({metric}{label}[$__rate_interval]))"


def quantile(share: float, metric: str) -> str:
    """The time within which this share of a histogram's observations lie."""
    return f"histogram_quantile({share}, sum by (le) (rate({metric}_bucket[$__rate_interval])))"
