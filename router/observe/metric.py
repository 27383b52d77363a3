"""A metric as a row of the table: its name, what it is and what to do about it, its labels with all their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

PREFIX: Final = "alert_router_"
OPEN: Final = ()
"""The values of a label that are not known beforehand, such as tenants."""


class Kind(StrEnum):
    """Prometheus' word for what a metric does."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Role(StrEnum):
    """Where a metric moves; every process has all of them, and what it has nothing to do with stays at zero."""

    EVERY = "every process"
    GATEWAY = "gateway"
    WORKER = "worker"
    PROJECTOR = "projector"
    CONTROL = "control API"
    SENDER = "seal"


@dataclass(frozen=True, slots=True)
class Metric:
    """One row; `text` is its help: what it is, then what to do. `buckets` are a histogram's."""

    name: str
    kind: Kind
    role: Role
    text: str
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    buckets: Sequence[float] = ()

    @property
    def family(self) -> str:
        """As Prometheus' client names it, which adds `_total` to counters by itself."""
        return f"{PREFIX}{self.name}"

    @property
    def full_name(self) -> str:
        """As queries name it."""
        return f"{self.family}_total" if self.kind is Kind.COUNTER else self.family

    def series(self) -> list[tuple[str, ...]]:
        """The values of the labels of each series that is there from the beginning: none where a label is open."""
        return list(product(*self.labels.values())) if self.labels else []


def counter(row: Metric, registry: CollectorRegistry) -> Counter:
    """The counter of a row, all its series at zero."""
    made = Counter(row.family, row.text, tuple(row.labels), registry=registry)
    for values in row.series():
        made.labels(*values)
    return made


def gauge(row: Metric, registry: CollectorRegistry) -> Gauge:
    """The gauge of a row, all its series at zero."""
    made = Gauge(row.family, row.text, tuple(row.labels), registry=registry)
    for values in row.series():
        made.labels(*values)
    return made


def histogram(row: Metric, registry: CollectorRegistry) -> Histogram:
    """The histogram of a row."""
    return Histogram(row.family, row.text, tuple(row.labels), registry=registry, buckets=row.buckets)
