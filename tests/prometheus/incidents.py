"""Six incidents of the last hour, as series and as the rules that see them."""

from collections.abc import Callable, Iterator
from typing import Final

from router.core.model.instant import HOUR, MINUTE, SECOND, Instant

STEP: Final = 15 * SECOND
"""How far apart the samples are."""

RULES: Final = """
groups:
  - name: incidents
    rules:
      - alert: DiskFilling
        expr: 1 - node_filesystem_avail_bytes{fstype!="tmpfs"} / node_filesystem_size_bytes > 0.9
        labels: {severity: critical}
      - alert: ErrorRatio
        expr: |
          sum by (service) (rate(http_requests_total{code=~"5.."}[5m]))
            / sum by (service) (rate(http_requests_total[5m])) > 0.05
        labels: {severity: critical}
      - alert: LatencyHigh
        expr: histogram_quantile(0.99, sum by (le, service) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
        labels: {severity: warning}
      - alert: ExporterAbsent
        expr: absent(up{job="exporter"})
        labels: {severity: warning}
      - alert: ReplicasMissing
        expr: kube_deployment_spec_replicas > kube_deployment_status_replicas_available
        labels: {severity: warning}
      - alert: QueueGrowing
        expr: queue_depth > 100 and on (queue) queue_consumers > 0
        labels: {severity: warning}
"""
"""Each of them fires at the end of the hour."""

NAMES: Final = ("DiskFilling", "ErrorRatio", "LatencyHigh", "ExporterAbsent", "ReplicasMissing", "QueueGrowing")

_DISK: Final = 1e11
_REQUESTS: Final = 1500.0
Course = Callable[[float], float]
"""A value by the part of the hour that has passed, from 0 to 1."""


def _burst(ok: float, bad: float) -> Course:
    """A counter that grows by the first rate until half of the hour has passed, then by the second."""
    return lambda part: _REQUESTS * (ok * min(part, 0.5) + bad * max(0.0, part - 0.5)) * 2


_GAUGES: Final[dict[str, dict[str, Course]]] = {
    "node_filesystem_size_bytes": {
        'instance="db-1",mountpoint="/data",fstype="ext4"': lambda _: _DISK,
        'instance="db-2",mountpoint="/data",fstype="ext4"': lambda _: _DISK,
        'instance="db-1",mountpoint="/run",fstype="tmpfs"': lambda _: _DISK,
    },
    "node_filesystem_avail_bytes": {
        'instance="db-1",mountpoint="/data",fstype="ext4"': lambda part: _DISK * (0.29 - 0.25 * part),
        'instance="db-2",mountpoint="/data",fstype="ext4"': lambda _: _DISK * 0.5,
        'instance="db-1",mountpoint="/run",fstype="tmpfs"': lambda _: _DISK * 0.01,
    },
    "kube_deployment_spec_replicas": {'deployment="api"': lambda _: 5.0, 'deployment="web"': lambda _: 3.0},
    "kube_deployment_status_replicas_available": {
        'deployment="api"': lambda part: 5.0 if part < 0.75 else 2.0,
        'deployment="web"': lambda _: 3.0,
    },
    "queue_depth": {
        'queue="orders",broker="a"': lambda part: 10 + 400 * part,
        'queue="idle",broker="a"': lambda _: 500.0,
    },
    "queue_consumers": {'queue="orders"': lambda _: 3.0, 'queue="idle"': lambda _: 0.0},
}
_COUNTERS: Final[dict[str, dict[str, Course]]] = {
    "http_requests": {
        'service="checkout",code="200"': _burst(100, 80),
        'service="checkout",code="500"': _burst(1, 20),
        'service="search",code="200"': _burst(100, 100),
        'service="search",code="500"': _burst(1, 1),
    },
}
_BUCKETS: Final[dict[str, Course]] = {
    "0.1": _burst(95, 40),
    "0.5": _burst(100, 60),
    "1": _burst(100, 95),
    "+Inf": _burst(100, 100),
}


def history(until: Instant) -> str:
    """The hour up to a time, and a minute before it, as OpenMetrics text: a sample each `STEP`, one at that time."""
    return "\n".join([*_lines(until), "# EOF", ""])


def _lines(until: Instant) -> Iterator[str]:
    for name, series in _GAUGES.items():
        yield f"# TYPE {name} gauge"
        for labels, course in series.items():
            yield from _samples(f"{name}{{{labels}}}", course, until)
    for name, series in _COUNTERS.items():
        yield f"# TYPE {name} counter"
        for labels, course in series.items():
            yield from _samples(f"{name}_total{{{labels}}}", course, until)
    yield "# TYPE http_request_duration_seconds_bucket gauge"
    for bound, course in _BUCKETS.items():
        labels = f'service="checkout",le="{bound}"'
        yield from _samples(f"http_request_duration_seconds_bucket{{{labels}}}", course, until)


def _samples(series: str, course: Course, until: Instant) -> Iterator[str]:
    for before in range(HOUR + MINUTE, -1, -STEP):
        moment = until - before
        yield f"{series} {course(max(0.0, 1 - before / HOUR))!r} {moment / SECOND:.3f}"
