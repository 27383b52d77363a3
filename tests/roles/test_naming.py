"""Metrics name the busiest tenants, the same in every worker, and show how it stands with them."""

from typing import Final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from router.core.model.alert import TenantId
from router.core.model.instant import SECOND, Instant, Span
from router.errors import UnavailableError
from router.observe.page import Pages
from router.observe.table.tenants import OTHER
from router.ports.activity import Levels
from router.roles.levels import FRESH_S, TenantLevels
from router.roles.naming import Naming
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import a_record, an_alert
from tests.roles.worker import RATES, Site, Worker, a_site, a_worker

CORA: Final = TenantId("cora")


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME, BETA, CORA)


def naming(worker: Worker, most: int = 1) -> Naming:
    return Naming(worker.site.activity, worker.tenants, worker.site.clock, worker.metrics.tenants, most)


def value(worker: Worker, name: str, tenant: str, **labels: str) -> float | None:
    page = text_string_to_metric_families(Pages(worker.metrics).page("").content.decode())
    wanted = (f"alert_router_tenant_{name}", {"tenant": tenant, **labels})
    return next((one.value for each in page for one in each.samples if (one.name, one.labels) == wanted), None)


async def test_every_worker_names_whom_any_of_them_finds_busiest(site: Site) -> None:
    here, there = await a_worker(site), await a_worker(site)
    await here.take(a_record(an_alert(), tenant=ACME))
    await there.take(*(a_record(an_alert(), tenant=BETA, group=one) for one in "gh"))
    for worker in (here, there):
        await naming(worker).look()
    await naming(here).look()

    assert list(here.metrics.tenants.named) == list(there.metrics.tenants.named) == [BETA]
    await there.take(a_record(an_alert(), tenant=BETA, group="i"))
    assert value(there, "alerts_accepted_total", BETA) == 1
    assert value(there, "alerts_accepted_total", OTHER) == 2


async def test_as_long_as_there_is_room_all_are_named(site: Site) -> None:
    worker = await a_worker(site)
    await worker.take(a_record(an_alert(), tenant=CORA))
    await naming(worker, 2).look()
    assert list(worker.metrics.tenants.named) == [CORA, ACME]

    await naming(worker, 9).look()

    assert list(worker.metrics.tenants.named) == [CORA, ACME, BETA]


async def test_what_could_not_be_noted_is_noted_later(site: Site) -> None:
    worker = await a_worker(site)
    await worker.take(a_record(an_alert(), tenant=CORA))
    site.activity.faults.refuse("note")
    with pytest.raises(UnavailableError):
        await naming(worker).look()

    await naming(worker).look()

    assert list(worker.metrics.tenants.named) == [CORA]


async def test_a_known_body_and_a_notification_count_for_their_tenant(site: Site) -> None:
    worker = await a_worker(site)
    await naming(worker, 9).look()
    for _ in range(3):
        await worker.take(a_record(an_alert()))
    await worker.settle_down()

    assert value(worker, "alerts_accepted_total", ACME) == 3
    assert value(worker, "notifications_total", ACME) == 1


async def test_levels_are_read_when_metrics_are_and_not_again_for_a_while(site: Site) -> None:
    worker, steady = await a_worker(site), [100.0]
    measured, now = worker.metrics.tenants, site.clock.time
    levels = TenantLevels(site.activity, worker.tenants, RATES, site.clock, measured, lambda: steady[0])
    await worker.take(a_record(an_alert()))
    await worker.settle_down()
    await naming(worker, 9).look()
    rules = worker.tenants.get(ACME)
    assert rules is not None
    full = Instant(now + rules.inbound.alerts.period * rules.inbound.alerts.burst)
    site.activity.stands[ACME] = Levels(alerts=full, posts=Instant(now + 3 * RATES.posts.period))

    await levels.look()

    assert value(worker, "last_heard_timestamp_seconds", ACME) == now // SECOND
    assert value(worker, "last_heard_timestamp_seconds", BETA) is None
    assert value(worker, "quota_used_ratio", ACME) == 1
    assert value(worker, "budget_left", ACME, budget="posts") == RATES.posts.burst - 3
    assert value(worker, "budget_left", ACME, budget="edits") == RATES.edits.burst
    site.activity.stands[ACME] = Levels(alerts=Instant(now + Span(1)))
    await levels.look()
    assert value(worker, "quota_used_ratio", ACME) == 1
    steady[0] += FRESH_S
    await levels.look()
    assert (value(worker, "quota_used_ratio", ACME) or 1) < 1


async def test_what_redis_does_not_answer_is_not_there_rather_than_old(site: Site) -> None:
    worker, steady = await a_worker(site), [100.0]
    levels = TenantLevels(site.activity, worker.tenants, RATES, site.clock, worker.metrics.tenants, lambda: steady[0])
    await worker.take(a_record(an_alert()))
    await naming(worker, 9).look()
    await levels.look()
    assert value(worker, "quota_used_ratio", ACME) == 0

    steady[0] += FRESH_S
    site.activity.faults.refuse("levels")
    with pytest.raises(UnavailableError):
        await levels.look()

    assert value(worker, "quota_used_ratio", ACME) is None
