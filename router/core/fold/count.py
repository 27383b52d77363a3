"""What folding adds to a tenant's own metrics.

An alert counts where the books count that it turned firing: once each time it begins to fire, however often it is
sent. One that several routes take counts in the group of the first. What comes again changes no state, so it adds
nothing; the sums are stored with the group, whole or not at all.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from router.core.match.reading import Reading
from router.core.model.alert import Alert, AlertId, Status
from router.core.model.alert_state import AlertState
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, Span
from router.core.model.observation import Observations
from router.core.model.rules.metric import Counts, CustomMetric, MetricId, NumberIn, Part, SeriesLabels, Sums
from router.core.model.rules.tenant import Tenant
from router.core.route.tree import matched

MAX_SERIES: Final = 100
"""Series of one metric; what has none of its own has one together."""
MAX_SERIES_LABEL: Final = 200
"""Characters of a label's value that has a series of its own."""

KEPT: Final = Span(30 * 24 * HOUR)
"""For how long sums are kept after the last alert that counted; then they begin again."""

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,50}(?:\.[0-9]{0,50})?|\.[0-9]{1,50})(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_LARGEST: Final = 1e100
"""What is beyond is left out, so that no sum ever is."""
_NOTHING: Final = AlertState()


def counted(tenant: Tenant, before: AlertGroup, seen: Observations, after: AlertGroup) -> Counts:
    """What one body adds by being folded into a group, of which its alerts must be loaded."""
    if not tenant.metrics:
        return {}
    began = {one.alert_id: one for one in seen.alerts if one.status is Status.FIRING}
    return added(_of_alert(tenant, before, one) for one in began.values() if _begins(one.alert_id, before, after))


def added(several: Iterable[Counts]) -> Counts:
    """All of it together; a metric to which nothing is added is not in it."""
    total: dict[MetricId, dict[SeriesLabels, Sums]] = {}
    for counts in several:
        for metric, series in counts.items():
            for labels, more in series.items():
                sums = total.setdefault(metric, {})
                sums[labels] = plus(sums[labels], more) if labels in sums else more
    return total


def plus(sums: Sums, more: Sums) -> Sums:
    """A series with more of it."""
    return tuple(one + other for one, other in zip(sums, more, strict=True))


def number_in(text: str) -> float | None:
    """The number that a text is, as Prometheus prints it; None for any other text, and for one without end."""
    if not _NUMBER.fullmatch(text.strip()):
        return None
    number = float(text)
    return number if abs(number) <= _LARGEST else None


def _begins(alert: AlertId, before: AlertGroup, after: AlertGroup) -> bool:
    old, new = before.alerts.get(alert, _NOTHING), after.alerts.get(alert, _NOTHING)
    return new.shown_firing and not old.shown_firing and not new.reported_again


def _of_alert(tenant: Tenant, group: AlertGroup, alert: Alert) -> Counts:
    reading = Reading(alert.labels, tenant.pattern_sizes)
    metrics = list(tenant.metrics.of(reading))
    if not metrics or not _is_first(tenant, group, reading):
        return {}
    return {one.metric_id: dict(_of_metric(one, alert)) for one in metrics}


def _is_first(tenant: Tenant, group: AlertGroup, labels: Reading) -> bool:
    """Whether the group is of the first route that takes an alert; of a missing heartbeat none is."""
    first = next(iter(matched(tenant.route, labels)), None)
    return first is not None and (first.receiver, first.path) == (group.key.receiver, group.key.path)


def _of_metric(metric: CustomMetric, alert: Alert) -> Iterator[tuple[SeriesLabels, Sums]]:
    values = tuple(alert.labels.get(name, "") for name in metric.labels)
    series = values if all(len(one) <= MAX_SERIES_LABEL for one in values) else metric.overflow
    if metric.number is None:
        yield series, (1.0,)
    elif (number := _number(metric.number, alert)) is not None:
        place = bisect_left(metric.buckets, number)
        yield series, (1.0, number, *(float(place == index) for index in range(len(metric.buckets))))


def _number(where: NumberIn, alert: Alert) -> float | None:
    texts: Mapping[str, str] = alert.labels if where.part is Part.LABEL else alert.annotations
    return number_in(texts.get(where.name, ""))
