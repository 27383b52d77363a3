"""The index over all tenants: when it is lost, what a worker knows of it is stored again, and nobody is unknown."""

from itertools import count

import pytest
from structlog.testing import capture_logs

from router.core.model.instant import HOUR, NEVER
from router.errors import UnavailableError
from router.observe.problems import TenantProblem
from router.ports.generation import Generation
from router.ports.tenants import Absence
from router.roles.recovery.index import IndexWatch
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import a_document, a_record, an_alert
from tests.roles.recovery.past import FakePast
from tests.roles.worker import Site, Worker, a_site, a_worker


class Past(FakePast):
    """What went before, as a test has it."""

    def __init__(self, worker: Worker, *, exists: bool) -> None:
        super().__init__(worker)
        self._exists = exists

    async def exists(self) -> bool:
        return self._exists


def watch_of(worker: Worker, *, past: bool = True) -> IndexWatch:
    numbers = count()
    site = worker.site
    return IndexWatch(
        site.generations,
        worker.tenants,
        Past(worker, exists=past),
        site.clock,
        lambda: f"{id(worker)}-{next(numbers)}",
    )


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME, BETA)


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


async def test_the_first_index_of_all_is_sure_of_who_is_not_in_it(site: Site, worker: Worker) -> None:
    site.store.wipe()

    with capture_logs() as logs:
        await watch_of(worker, past=False).look()

    assert logs == []
    assert site.store.generation is not None
    assert site.store.generation.doubtful_until == NEVER


async def test_a_worker_without_memory_finds_by_the_events_that_there_was_an_index(
    site: Site, worker: Worker
) -> None:
    site.store.wipe()

    await watch_of(worker, past=True).look()

    assert site.store.generation is not None
    assert site.store.generation.doubtful_until == site.clock.time + 24 * HOUR


async def test_what_a_worker_knows_is_in_the_next_index(site: Site, worker: Worker) -> None:
    await site.tenants.suspend(BETA)
    await worker.tenants.load()
    watch = watch_of(worker, past=False)
    await watch.look()

    site.store.wipe()
    with capture_logs() as logs:
        await watch.look()
    await site.tenants.publish(BETA, a_document(BETA))

    assert [(one["event"], one["tenants"]) for one in logs] == [("index_lost", 2)]
    assert await site.tenants.absence(ACME) is Absence.LOST
    document = await site.tenants.active(BETA)
    assert document is not None
    assert document.suspended_since != NEVER, "a suspended tenant does not come back unsuspended"


async def test_who_finds_the_next_index_begun_stores_what_it_knows_as_well(site: Site, worker: Worker) -> None:
    watch = watch_of(worker)
    await watch.look()
    site.store.wipe()
    site.store.generation = Generation("begun by another worker", NEVER)

    await watch.look()

    assert await site.tenants.absence(ACME) is Absence.LOST


async def test_while_nothing_is_lost_nothing_is_stored(site: Site, worker: Worker) -> None:
    watch, before = watch_of(worker), dict(site.store.announced)

    for _ in range(3):
        await watch.look()

    assert site.store.announced == before
    assert site.store.generation == Generation("first", NEVER)


async def test_while_redis_is_away_nothing_counts_as_lost(site: Site, worker: Worker) -> None:
    watch = watch_of(worker)
    site.generations.faults.refuse("current")

    with pytest.raises(UnavailableError):
        await watch.look()
    await watch.look()

    assert site.store.generation == Generation("first", NEVER)


async def test_when_one_tenant_is_there_again_the_others_records_wait_for_them(site: Site, worker: Worker) -> None:
    watch = watch_of(worker)
    await watch.look()
    site.store.wipe()
    await site.tenants.publish(ACME, a_document(ACME))

    await worker.take(
        a_record(an_alert(), tenant=ACME), a_record(an_alert(), tenant=BETA), a_record(an_alert(), tenant="gamma")
    )

    assert site.dead == []
    assert [reason for reason, _ in site.held] == ["data_lost", "data_lost"]


async def test_a_worker_notices_without_traffic_that_data_is_gone_and_back(site: Site, worker: Worker) -> None:
    site.store.lose(BETA)

    with capture_logs() as logs:
        await worker.sweep._sweep()
        await worker.sweep._sweep()
    lost = worker.metrics.problems.lasting(TenantProblem.DATA_LOST)
    await site.tenants.publish(BETA, a_document(BETA))
    await worker.sweep._sweep()

    assert [(one["event"], one["tenant"]) for one in logs if "tenant" in one] == [("tenant_data_lost", BETA)]
    assert list(lost) == [BETA]
    assert worker.metrics.problems.lasting(TenantProblem.DATA_LOST) == {}


async def test_all_data_is_lost_when_no_tenant_has_any(site: Site, worker: Worker) -> None:
    site.store.lose(BETA)
    await worker.sweep._sweep()
    some = worker.lost.all_lost
    site.store.lose(ACME)
    await worker.sweep._sweep()

    assert (some, worker.lost.all_lost) == (False, True)


async def test_a_tenant_that_was_removed_has_lost_nothing(site: Site, worker: Worker) -> None:
    await site.tenants.remove(BETA)

    await worker.sweep._sweep()

    assert worker.metrics.problems.lasting(TenantProblem.DATA_LOST) == {}
    assert list(worker.tenants) == [ACME]
