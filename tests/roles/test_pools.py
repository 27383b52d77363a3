"""Workers of a pool serve its tenants and nobody else's, and what a move leaves behind is handed on."""

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from router.core.model.instant import NEVER, Instant
from router.core.pool import SHARED, Pool
from router.observe.metrics import PoolMetrics
from router.ports.kafka import Record
from router.ports.pools import Pools
from router.roles.notify.own_turns import HANDED_ON
from router.roles.pools import NamedPools, OwnTenants, PoolSizes
from router.roles.watchdog.shown import Shown
from router.roles.watchdog.watchdog import Inbound, Observed, Watchdog
from tests.adapters.builders import ACME, BETA, NOON, after
from tests.roles.builders import INBOUND, a_document, a_record, an_alert
from tests.roles.watchdog.test_watchdog import words
from tests.roles.worker import Site, Worker

GOLD = Pool("gold")


@pytest.fixture
async def site() -> Site:
    site = Site()
    await site.open(ACME, a_document(pool="gold"))
    await site.open(BETA)
    return site


async def of_pool(site: Site, pool: Pool) -> Worker:
    worker = Worker(site, pool=pool)
    await worker.tenants.load()
    return worker


def of_acme(name: str = "A") -> Record:
    return a_record(an_alert(name), received=NOON)


async def test_what_a_worker_of_another_pool_folds_is_due_in_the_tenants_own(site: Site) -> None:
    """As with the rest of an old topic, or a bound one."""
    shared, gold = await of_pool(site, SHARED), await of_pool(site, GOLD)
    await shared.take(of_acme())

    assert (await shared.turns.take(after(600)))[0] is None
    assert await gold.turns.take(after(600)) == (ACME, NEVER)


async def test_a_turn_of_another_pools_tenant_is_handed_on_and_not_dropped(site: Site) -> None:
    await site.turns.offer({ACME: NOON, BETA: after(1)})
    shared, gold = await of_pool(site, SHARED), await of_pool(site, GOLD)

    assert await shared.turns.take(after(5)) == (BETA, NEVER)
    assert await gold.turns.take(after(5)) == (None, Instant(after(5) + HANDED_ON))
    assert await gold.turns.take(after(6)) == (ACME, NEVER)


async def test_a_turn_of_this_process_is_handed_on_once_its_tenant_has_moved(site: Site) -> None:
    shared, gold = await of_pool(site, SHARED), await of_pool(site, GOLD)
    await gold.turns.offer({ACME: NOON})
    await site.tenants.publish(ACME, a_document())
    await gold.tenants.load()

    assert (await gold.turns.take(NOON))[0] is None
    await shared.tenants.load()
    assert await shared.turns.take(after(1)) == (ACME, NEVER)


async def test_a_sweep_finds_what_is_left_of_its_own_pools_tenants_alone(site: Site) -> None:
    shared, gold = await of_pool(site, SHARED), await of_pool(site, GOLD)
    await shared.take(of_acme())
    site.store.turns_of_pools.clear()

    await shared.sweep._sweep()
    assert site.store.turns_of_pools == {}
    await gold.sweep._sweep()
    assert site.store.turns_of_pools[GOLD].keys() == {ACME}


async def test_who_names_a_pool_that_is_not_there_is_served_by_the_shared_one(site: Site) -> None:
    await site.tenants.publish(ACME, a_document(pool="bronze"))
    shared = await of_pool(site, SHARED)
    with capture_logs() as logs:
        await shared.turns.offer({ACME: NOON})
        assert await shared.turns.take(NOON) == (ACME, NEVER)

    assert [(one["event"], one["tenant"], one["pool"]) for one in logs] == [("pool_unknown", ACME, "bronze")]


def test_the_shared_pool_is_always_there() -> None:
    assert NamedPools(lambda _: SHARED, frozenset()).of(ACME) == SHARED


async def test_who_leaves_a_pool_is_in_the_shared_one(site: Site) -> None:
    worker = await of_pool(site, SHARED)
    assert worker.pools.of(ACME) == GOLD

    await site.tenants.publish(ACME, a_document())
    await worker.tenants.load()
    assert worker.pools.of(ACME) == SHARED


async def test_heartbeats_are_looked_at_by_the_pool_that_reads_them(site: Site) -> None:
    """Others do not know how far its topic was read."""
    expects = """\
  - {name: oncall, slack: {channel: C0765432}}
heartbeats:
  - {matchers: ['alertname="Watchdog"'], every: 5m, receiver: oncall}
"""
    await site.tenants.publish(ACME, a_document(pool="gold", receivers=expects))

    def watchdog(worker: Worker) -> Watchdog:
        observed = Observed(site.heartbeats, Shown(site.groups), site.watching(worker.pools.here), lambda: ["in/0"])
        inbound = Inbound(site.records, lambda _: INBOUND, words)
        return Watchdog(worker.tenants, observed, inbound, site.clock, worker.metrics.problems, worker.pools)

    await watchdog(await of_pool(site, SHARED)).look()
    assert await site.heartbeats.of(ACME) == {}
    await watchdog(await of_pool(site, GOLD)).look()
    assert len(await site.heartbeats.of(ACME)) == 1


async def test_of_all_that_a_worker_knows_its_own_are_those_of_its_pool(site: Site) -> None:
    gold = await of_pool(site, GOLD)
    own = OwnTenants(gold.tenants, Pools(GOLD, lambda tenant: GOLD if tenant == ACME else SHARED))
    await gold.take(of_acme())

    assert list(own) == [ACME]
    assert (ACME in own, BETA in own) == (True, False)
    assert own.get(ACME) is not None
    assert own.get(BETA) is None


def sizes_by_pool(registry: CollectorRegistry) -> dict[str, float]:
    [family] = registry.collect()
    return {one.labels["pool"]: one.value for one in family.samples}


async def test_tenants_are_counted_by_pool_and_move_with_their_file(site: Site) -> None:
    registry, worker = CollectorRegistry(), await of_pool(site, SHARED)
    sizes = PoolSizes(worker.tenants, frozenset([GOLD, Pool("silver")]), PoolMetrics(registry))
    registry.unregister(sizes.measured.worker)

    await sizes.look()
    assert sizes_by_pool(registry) == {"shared": 1, "gold": 1, "silver": 0}

    await site.open(BETA, a_document(pool="gold"))
    await worker.tenants.load()
    await sizes.look()
    assert sizes_by_pool(registry) == {"shared": 0, "gold": 2, "silver": 0}


async def test_who_names_a_pool_that_is_not_there_counts_as_of_the_shared_one(site: Site) -> None:
    registry, worker = CollectorRegistry(), await of_pool(site, SHARED)
    sizes = PoolSizes(worker.tenants, frozenset(), PoolMetrics(registry))
    registry.unregister(sizes.measured.worker)

    await sizes.look()

    assert sizes_by_pool(registry) == {"shared": 2}
