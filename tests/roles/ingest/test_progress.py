"""How far this worker has read is measured from what its consumer knows."""

from prometheus_client import CollectorRegistry

from router.core.model.instant import SECOND, Span
from router.observe.metrics import Metrics
from router.ports.kafka import Progress
from router.roles.ingest.progress import ProgressWatch


async def test_the_lag_is_that_of_all_partitions_of_which_it_is_known() -> None:
    metrics, found = Metrics(CollectorRegistry()), list[Progress]()

    async def progress() -> list[Progress]:
        return found

    watch = ProgressWatch(progress, metrics)
    for now, lag in (
        ([Progress("in/0", 3, Span(SECOND)), Progress("in/1", 4, Span(SECOND)), Progress("in/2")], 7),
        ([], 0),
    ):
        found[:] = now
        await watch.look()
        assert metrics.registry.get_sample_value("alert_router_ingest_lag_records") == lag
