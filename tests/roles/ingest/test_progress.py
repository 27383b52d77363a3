"""How far this worker has read is measured from what its consumer knows, and noted where heartbeats are expected."""

from collections.abc import Collection, Sequence

from prometheus_client import CollectorRegistry

from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Span
from router.observe.metrics import Metrics
from router.ports.kafka import Progress
from router.roles.ingest.hold import Sick
from router.roles.ingest.progress import MARGIN, ProgressWatch
from tests.adapters.builders import ACME
from tests.contracts.engines import InMemory


class Partitions:
    """What a consumer knows."""

    def __init__(self, watched: Collection[TenantId] = ()) -> None:
        self.engine = InMemory()
        self.metrics = Metrics(CollectorRegistry())
        self.found: Sequence[Progress] = ()
        self.sick, engine = Sick(), self.engine
        self.watch = ProgressWatch(
            self._progress, watched, self.sick.held, engine.observing, engine.clock, self.metrics
        )

    async def _progress(self) -> Sequence[Progress]:
        return self.found


async def test_the_lag_is_that_of_all_partitions_of_which_it_is_known() -> None:
    site = Partitions()
    for now, lag in (((Progress("in/0", 3), Progress("in/1", 4), Progress("in/2")), 7), ((), 0)):
        site.found = now
        await site.watch.look()
        assert site.metrics.registry.get_sample_value("alert_router_ingest_lag_records") == lag


async def test_until_when_all_is_read_is_noted_where_somebody_expects_heartbeats() -> None:
    site, idle = Partitions({ACME}), Partitions()
    for one in (site, idle):
        one.found = (Progress("in/0", 0, Span(2 * SECOND)), Progress("in/1", 9), Progress("in/2"))
        await one.watch.look()

    then = site.engine.clock.time - 2 * SECOND - MARGIN
    assert await site.engine.observing.read_until() == {"in/0": then}
    assert site.watch.partitions() == ["in/0", "in/1", "in/2"]
    assert await idle.engine.observing.read_until() == {}


async def test_kafka_hands_over_what_there_is_while_a_partition_was_fetched_lately() -> None:
    site = Partitions()
    for age, fetching in ((None, False), (Span(SECOND), True), (Span(60 * SECOND), False)):
        site.found = (Progress("in/0", 0, age),)
        await site.watch.look()
        assert await site.watch.fetching() is fetching
