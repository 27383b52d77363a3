"""What tenants do, in memory."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, MILLISECOND, NEVER, Instant
from router.ports.activity import Levels, Place
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore


class FakeActivity(Faulty):
    """Hours of counts; `stands` are the buckets by tenant."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._hours: defaultdict[int, Counter[TenantId]] = defaultdict(Counter)
        self._heard: dict[TenantId, Instant] = {}
        self.stands: dict[TenantId, Levels] = {}

    @asked
    async def note(self, accepted: Mapping[TenantId, int], now: Instant) -> None:
        self._hours[now // HOUR].update(accepted)
        for tenant in accepted:
            self._heard[tenant] = max(self._heard.get(tenant, NEVER), Instant(now // MILLISECOND * MILLISECOND))

    @asked
    async def busiest(self, now: Instant, count: int) -> Sequence[TenantId]:
        total = self._hours[now // HOUR] + self._hours[now // HOUR - 1]
        return sorted(total, key=lambda one: (-total[one], one))[:count]

    @asked
    async def levels(self, places: Sequence[Place]) -> Sequence[Levels]:
        found = [(one, self.stands.get(one.tenant, Levels())) for one in places]
        return [
            Levels(
                self._heard.get(place.tenant, NEVER),
                level.requests,
                level.kibibytes,
                level.alerts,
                *((level.notifications, level.posts, level.edits) if place.workspace else ()),
            )
            for place, level in found
        ]
