"""What tenants count of their alerts, in memory."""

from collections.abc import Mapping, Sequence

from router.core.fold.count import MAX_SERIES, plus
from router.core.model.alert import TenantId
from router.core.model.rules.metric import OTHER, MetricId, SeriesLabels, Sums
from router.ports.state import StoreTransition
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore, TenantData


class FakeTenantCounts(Faulty):
    """The sums of all tenants."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def read(self, tenant: TenantId, metrics: Sequence[MetricId]) -> list[Mapping[SeriesLabels, Sums]]:
        return [dict(self._store.tenants[tenant].counts.get(one, {})) for one in metrics]


def note_counts(data: TenantData, one: StoreTransition) -> None:
    """What a transition adds."""
    for metric, series in one.counts.items():
        known = data.counts.setdefault(metric, {})
        for labels, more in series.items():
            has_room = labels in known or len(known) < MAX_SERIES
            place = labels if has_room else (OTHER,) * len(labels)
            known[place] = plus(known[place], more) if place in known else more
