"""The metrics that a tenant makes of its alerts, as its Prometheus reads them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from router.core.model.rules.metric import CustomMetric, SeriesLabels, Sums

_OPENMETRICS: Final = "application/openmetrics-text"

Series = Mapping[SeriesLabels, Sums]


@dataclass(frozen=True, slots=True)
class Exposition:
    """A page of metrics."""

    content_type: str
    body: bytes


def exposition(metrics: Sequence[CustomMetric], found: Sequence[Series], accept: str) -> Exposition:
    """The page: each metric with its series, in OpenMetrics' form where the header Accept names that.

    A metric without labels is there from the start, at zero.
    """
    page = _Page(metrics, found)
    if _OPENMETRICS in accept:
        return Exposition(openmetrics.CONTENT_TYPE_LATEST, openmetrics.generate_latest(page))  # type: ignore[no-untyped-call]
    return Exposition(CONTENT_TYPE_PLAIN_0_0_4, generate_latest(page))


class _Page(Collector):
    def __init__(self, metrics: Sequence[CustomMetric], found: Sequence[Series]) -> None:
        self._metrics = metrics
        self._found = found

    def collect(self) -> Iterable[Family]:
        """Each metric."""
        return (_family(metric, series) for metric, series in zip(self._metrics, self._found, strict=True))


def _family(metric: CustomMetric, series: Series) -> Family:
    rows = sorted(_rows(metric, series))
    if metric.number is None:
        counter = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
        for labels, (count,) in rows:
            counter.add_metric(labels, count)
        return counter
    histogram = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels, (count, total, *alone) in rows:
        bounds = zip(map(floatToGoString, metric.buckets), accumulate(alone), strict=True)
        histogram.add_metric(labels, [*bounds, ("+Inf", count)], total)
    return histogram


def _rows(metric: CustomMetric, series: Series) -> Iterator[tuple[SeriesLabels, Sums]]:
    """What is stored, but what is damaged."""
    known = series or ({} if metric.labels else {(): metric.zero})
    for labels, sums in known.items():
        if len(labels) == len(metric.labels) and len(sums) == len(metric.zero):
            yield labels, sums
