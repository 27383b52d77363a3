"""What waits is measured by what sweeps find, and a tenant that nobody gives a turn is named."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from router.core.model.instant import NEVER, SECOND, Instant
from router.observe.problems import TenantProblem
from router.ports.schedule import Leftover
from router.roles.notify.backlog import STARVED_AFTER
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import a_record, an_alert
from tests.roles.storms import go_on, storm
from tests.roles.worker import Site, Worker, a_site, a_worker


@pytest.fixture
async def two() -> Worker:
    return await a_worker(await a_site(ACME, BETA))


def value(worker: Worker, name: str) -> float | None:
    return worker.metrics.registry.get_sample_value(f"alert_router_{name}")


def late(worker: Worker, seconds: float) -> Leftover:
    return Leftover(
        Instant(worker.site.clock.time - round(seconds * SECOND)), has_events=False, routed=1, is_lost=False
    )


async def test_pending_parked_and_due_work_of_all_tenants_is_measured_by_the_sweep(
    site: Site, worker: Worker
) -> None:
    site.secrets.values.clear()
    await worker.take(a_record(an_alert()), a_record(an_alert(), group="h"))
    await worker.settle_down()

    await worker.sweep._sweep()

    assert value(worker, "pending_changes") == 2
    assert value(worker, "parked_groups") == 1, "the other one waits behind it"
    assert value(worker, "oldest_due_seconds") == 0
    site.pass_time(3600)
    await worker.sweep._sweep()
    assert (value(worker, "oldest_due_seconds") or 0) > 3000


async def test_digests_that_absorb_are_measured_by_the_sweep_whichever_worker_looks_at_them(
    site: Site, worker: Worker
) -> None:
    other = await a_worker(site)
    await storm(worker)
    await worker.serve()
    for one in (worker, other):
        await one.sweep._sweep()
        assert value(one, "digests_absorbing") == 1

    await go_on(other, 25)
    await worker.sweep._sweep()
    assert value(worker, "digests_absorbing") == 0


async def test_what_is_done_is_measured_no_longer(two: Worker) -> None:
    two.backlog.take_note({ACME: late(two, 10), BETA: late(two, 20)}, two.site.clock.time)
    assert value(two, "oldest_due_seconds") == 20

    two.backlog.take_note({BETA: Leftover(NEVER, has_events=False, routed=0, is_lost=False)}, two.site.clock.time)

    assert value(two, "oldest_due_seconds") == 10


async def test_a_tenant_that_gets_no_turns_is_named_once_until_it_is_served(two: Worker) -> None:
    starved, now = late(two, STARVED_AFTER / SECOND), two.site.clock.time
    with capture_logs() as logs:
        two.backlog.take_note({ACME: starved, BETA: late(two, 1)}, now)
        two.backlog.take_note({ACME: starved}, now)
        assert list(two.metrics.problems.lasting(TenantProblem.STARVED)) == [ACME]
        assert not two.backlog.all_starve, "beta is served"
        two.backlog.take_note({ACME: late(two, 0)}, now)

    assert [(one["event"], one["tenant"], one["log_level"]) for one in logs] == [
        ("tenant_starved", ACME, "warning"),
        ("tenant_served_again", ACME, "info"),
    ]
    assert not two.metrics.problems.lasting(TenantProblem.STARVED)


async def test_where_everybody_with_work_starves_work_stands_still(two: Worker) -> None:
    starved, now = late(two, STARVED_AFTER / SECOND), two.site.clock.time
    two.backlog.take_note({ACME: starved, BETA: starved}, now)

    assert two.backlog.all_starve


@pytest.mark.parametrize("stopped", ["suspended", "on hold"])
async def test_who_is_not_to_be_sent_anything_does_not_starve(two: Worker, stopped: str) -> None:
    starved, now = late(two, STARVED_AFTER / SECOND), two.site.clock.time
    two.backlog.take_note({ACME: starved}, now)
    await (two.site.tenants.suspend(ACME) if stopped == "suspended" else two.site.holds.hold())
    await two.tenants.load()

    two.backlog.take_note({ACME: starved}, now)

    assert not two.metrics.problems.lasting(TenantProblem.STARVED)
    assert not two.backlog.all_starve


@pytest.mark.parametrize("stopped", ["suspended", "on hold"])
async def test_what_waits_until_sending_goes_on_is_measured_and_is_not_due(two: Worker, stopped: str) -> None:
    await (two.site.tenants.suspend(ACME) if stopped == "suspended" else two.site.holds.hold())
    await two.tenants.load()

    two.backlog.take_note({ACME: replace(late(two, 100), pending=7, parked=2)}, two.site.clock.time)

    assert (value(two, "pending_changes"), value(two, "parked_groups"), value(two, "oldest_due_seconds")) == (7, 2, 0)


async def test_a_tenant_that_waits_on_hold_does_not_hide_that_all_others_starve(two: Worker) -> None:
    await two.site.tenants.suspend(ACME)
    await two.tenants.load()

    two.backlog.take_note({one: late(two, STARVED_AFTER / SECOND) for one in (ACME, BETA)}, two.site.clock.time)

    assert two.backlog.all_starve
