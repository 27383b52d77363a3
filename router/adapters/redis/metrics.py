"""What tenants count of their alerts: a hash a metric, of each series the sums.

A field is the values of the metric's labels as JSON, its value numbers with blanks between: the count; of a histogram
also the sum, and how many lay in each bucket alone. The name of the key is a digest of what the metric counts, so
that one which counts otherwise by now begins again, and nothing is ever added to what it is not.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from router.adapters.redis import keys
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.core.fold.count import KEPT, MAX_SERIES
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND
from router.core.model.rules.metric import OTHER, MetricId, SeriesLabels, Sums
from router.ports.state import StoreTransition

_NAME: Final = "metrics"


def keys_of(one: StoreTransition) -> list[str]:
    """The keys of a transition that counts anything; none of any other."""
    return [_key(one.tenant, metric) for metric in one.counts]


def plan_of(one: StoreTransition) -> dict[str, Any]:
    """What the script adds there."""
    if not one.counts:
        return {}
    added = [
        {
            "other": _field((OTHER,) * len(next(iter(series)))),
            "series": [_field(labels) for labels in series],
            "more": [list(sums) for sums in series.values()],
        }
        for series in one.counts.values()
    ]
    return {"counts": added, "most_series": MAX_SERIES, "counts_life": KEPT // MILLISECOND}


class RedisTenantCounts:
    """The sums of all tenants."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection

    async def read(self, tenant: TenantId, metrics: Sequence[MetricId]) -> list[Mapping[SeriesLabels, Sums]]:
        """The series of each metric, in one round trip; what was not written so is left out."""
        found = await self._redis.ask_all([COMMANDS.hgetall(_key(tenant, one)) for one in metrics])
        return [dict(_series(fields)) for fields in found]


def _key(tenant: TenantId, metric: MetricId) -> str:
    return keys.tenant_key(tenant, _NAME, metric)


def _field(labels: SeriesLabels) -> str:
    return json.dumps(labels, ensure_ascii=False, separators=(",", ":"))


def _series(fields: Mapping[str, str]) -> Iterator[tuple[SeriesLabels, Sums]]:
    for field, text in fields.items():
        try:
            yield tuple(map(str, json.loads(field))), tuple(map(float, text.split()))
        except (ValueError, TypeError):
            continue
