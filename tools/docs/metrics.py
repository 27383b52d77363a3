"""`docs/metrics.md`, written from the table of metrics."""

from collections.abc import Mapping, Sequence
from typing import Final

from router.observe.metric import Metric
from router.observe.table import control, gateway, ingest, notify, pools, process, projector, sender, tenants
from tools.docs.markdown import cell, code, table

_HEAD: Final = """\
# Metrics

Every process answers `GET /metrics` on its operations port ([settings](settings.md)), in Prometheus' text format. It
has all of these metrics: what its role has nothing to do with stays at zero, so that `up` and `demo`, which are all
roles in one process, look the same. Every series whose labels are known beforehand is there from the start, at zero,
so that the first increase is seen; there are no series `_created`.

Of many workers each measures what waits for all tenants: where that is so, take the maximum of a gauge. Counters, and
all others, add up.

Of tenants the busiest have series of their own, by the alerts that came in this hour and the one before, the same
ones at each worker; `ALERT_ROUTER_METRICS__TENANTS` is how many. All others are one series, `tenant="_other"`, which
cannot be an id. A tenant that is not named any more keeps what was counted under its name, and goes on from there
when it is named again: no counter goes backwards.

A tenant's Prometheus does not scrape this page, which names all tenants. What a tenant counts of its own alerts, by
the [`metrics`](tenant-file.md#metrics) of its file, stands on [a page of its
own](http-api.md#get-metricstenantstenant) at every gateway: counters of alerts that begin to fire, and histograms of
a number in a label or an annotation. They are summed in Redis, not in a process, so any gateway has the same, and a
restart sets none of them back. One that nothing was added to for 30 days begins again at zero, as does one whose
matchers, labels, value or buckets change; one that the file has no more is gone from the page at once, and from Redis
after those 30 days.

A page with 10,000 tenants, 100 of them named, takes 10 ms of CPU and has 104 KB; with 1,000 named 25 ms and 779 KB.
More names cost Prometheus more than us: eleven series a tenant and worker.

The names are promised: one changes, or goes, only with a line in the [changelog](../CHANGELOG.md).
[deploy/prometheus/alert-router.yml](../deploy/prometheus/alert-router.yml) has alerting rules;
[operations](operations.md#what-to-watch) has what to watch, and [logs](logs.md) the meaning of each event.

This page is generated from the program: `make docs`.
"""
_PARTS: Final[Mapping[str, Sequence[Metric]]] = {
    "Every process": process.ROWS,
    "Gateways": gateway.ROWS,
    "Ingest": ingest.ROWS,
    "Notifications": notify.ROWS,
    "Pools": pools.ROWS,
    "Projectors": projector.ROWS,
    "Control API": control.ROWS,
    "Beside senders": sender.ROWS,
    "Tenants": tenants.ROWS,
}


def page() -> str:
    """The page."""
    return "\n".join([_HEAD, *(_part(title, rows) for title, rows in _PARTS.items())])


def _part(title: str, rows: Sequence[Metric]) -> str:
    head = ["metric", "type", "of", "labels", "meaning"]
    lines = [[code(row.full_name), row.kind, row.role, _labels(row), cell(row.text)] for row in rows]
    return f"## {title}\n\n{table(head, lines)}\n"


def _labels(row: Metric) -> str:
    found = [f"{code(name)}: {', '.join(map(code, values)) or 'any'}" for name, values in row.labels.items()]
    if row.buckets:
        found.append(f"buckets: {', '.join(f'{one:g}' for one in row.buckets)}")
    return "; ".join(found) or "none"
