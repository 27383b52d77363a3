"""Metrics that a tenant makes of its alerts, as the core has them."""

from collections.abc import Sequence

from router.config.compile.matchers import matchers_of, printed
from router.config.document.metrics import MetricEntry, NumberRule
from router.core.model.rules.metric import CustomMetric, CustomMetrics, NumberIn, Part


def metrics_of(entries: Sequence[MetricEntry]) -> CustomMetrics:
    """The metrics, in their order."""
    return CustomMetrics(tuple(map(_metric, entries)))


def _metric(entry: MetricEntry) -> CustomMetric:
    matchers, number = matchers_of(entry.matchers), _number(entry.value)
    return CustomMetric(
        name=entry.name,
        help=entry.help or _help(printed(matchers), number),
        matchers=matchers,
        labels=entry.labels,
        number=number,
        buckets=entry.buckets or (),
    )


def _number(rule: NumberRule | None) -> NumberIn | None:
    if rule is None:
        return None
    return NumberIn(Part.LABEL, rule.label) if rule.label else NumberIn(Part.ANNOTATION, rule.annotation or "")


def _help(matching: str, number: NumberIn | None) -> str:
    """What an unnamed metric says."""
    alerts = f"alerts that match {matching}" if matching != "{}" else "all alerts"
    if number is None:
        return f"How often {alerts} began to fire."
    return f"The {number.part} {number.name} of {alerts} when they began to fire."
