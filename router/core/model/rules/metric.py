"""Metrics that a tenant makes of its alerts: how often what matches began to fire, or where a number of it lay."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import Final, NewType

from router.core.match.matcher import Matcher, all_match
from router.core.match.patterns import Pattern
from router.core.match.reading import Reading

MetricId = NewType("MetricId", str)
"""A digest of what a metric counts: the same in every version that has it."""

SeriesLabels = tuple[str, ...]
"""The values of a metric's labels, in its order; that of a label which an alert lacks is empty."""

Sums = tuple[float, ...]
"""Of a series the count; of a histogram also the sum, and how many lay in each bucket alone."""

OTHER: Final = "_other"
"""The value of every label of the series that takes what has none of its own."""

_DIGEST_BYTES: Final = 8


class Part(StrEnum):
    """Where in an alert a number stands."""

    LABEL = "label"
    ANNOTATION = "annotation"


@dataclass(frozen=True, slots=True)
class NumberIn:
    """A number in the text of a label or an annotation."""

    part: Part
    name: str


@dataclass(frozen=True, slots=True)
class CustomMetric:
    """A counter of alerts that begin to fire, or with a `number` a histogram of it.

    `buckets` are the upper bounds of a histogram, each higher than the one before; that of all numbers is not listed.
    """

    name: str
    help: str
    matchers: tuple[Matcher, ...]
    labels: tuple[str, ...] = ()
    number: NumberIn | None = None
    buckets: tuple[float, ...] = ()
    metric_id: MetricId = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        number = [self.number.part.value, self.number.name] if self.number else []
        parts = [self.name, *map(str, self.matchers), "", *self.labels, "", *number, "", *map(repr, self.buckets)]
        text = "".join(f"{len(part)}:{part}" for part in parts)
        digest = blake2b(text.encode(errors="surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()
        object.__setattr__(self, "metric_id", MetricId(digest))

    @property
    def overflow(self) -> SeriesLabels:
        """The series that takes what has none of its own."""
        return (OTHER,) * len(self.labels)

    @property
    def zero(self) -> Sums:
        """A series of which nothing was counted."""
        return (0.0,) * (1 if self.number is None else 2 + len(self.buckets))


@dataclass(frozen=True, slots=True)
class CustomMetrics:
    """The metrics of a tenant, in order."""

    metrics: tuple[CustomMetric, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.metrics)

    def of(self, labels: Reading) -> Iterator[CustomMetric]:
        """Those that count an alert."""
        return (one for one in self.metrics if all_match(one.matchers, labels))

    def patterns(self) -> frozenset[tuple[str, Pattern]]:
        """The patterns of all metrics, each with the label that it looks at."""
        matchers = (one for metric in self.metrics for one in metric.matchers)
        return frozenset((one.name, one.pattern) for one in matchers if one.pattern is not None)


NO_METRICS: Final = CustomMetrics()

Counts = Mapping[MetricId, Mapping[SeriesLabels, Sums]]
"""What is added to each series."""
