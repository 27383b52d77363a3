"""Comparisons in memory."""

from collections.abc import Mapping, Sequence

from router.core.model.alert import AlertId, TenantId
from router.core.model.instant import Instant, Span
from router.core.model.key import GroupId
from router.core.model.rules.names import ReceiverName
from router.ports.comparison import Occasion
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore


class FakeComparisons(Faulty):
    """Who compares, and what fires by the index of the store."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store
        self._led_until: dict[tuple[TenantId, Occasion], Instant] = {}

    @asked
    async def lead(self, tenant: TenantId, occasion: Occasion, span: Span) -> bool:
        now = self._store.clock.time
        if now < self._led_until.get((tenant, occasion), 0):
            return False
        self._led_until[tenant, occasion] = Instant(now + span)
        return True

    @asked
    async def firing(
        self, tenant: TenantId, receivers: Sequence[ReceiverName]
    ) -> Mapping[GroupId, Sequence[AlertId]]:
        found: dict[GroupId, list[AlertId]] = {}
        for receiver in receivers:
            for alert, groups in sorted(self._store.tenants[tenant].where[receiver].items()):
                for group in groups:
                    found.setdefault(group, []).append(alert)
        return found
