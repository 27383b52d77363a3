"""What a dashboard shows, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a panel shows its series."""

    LINES = "lines"
    NUMBER = "number"


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


def rate(metric: str, by: str = "", where: str = "") -> str:
    """How many a second of a counter, of all processes."""
    label = f"{{{where}}}" if where else ""
    total = f"sum by ({by}) " if by else "sum"
    return f"{total}(rate({metric}{label}[$__rate_interval]))"


def quantile(share: float, metric: str) -> str:
    """The time within which this share of a histogram's observations lie."""
    return f"histogram_quantile({share}, sum by (le) (rate({metric}_bucket[$__rate_interval])))"
