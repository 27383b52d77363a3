"""Who uses 80 % of a limit is logged once, by one worker of all, and measured while it lasts."""

from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from router.core.budget.uses import Quota
from router.core.model.instant import Instant
from router.core.model.rules.limits import Caps
from router.errors import UnavailableError
from router.ports.activity import Levels
from router.roles.near_limits import NearLimits
from tests.adapters.builders import ACME, BETA
from tests.fakes.books import FakeNotices
from tests.fakes.memory import FakeMemory
from tests.roles.test_naming import naming, value
from tests.roles.worker import Site, Worker, a_site, a_worker

LIMIT: Final = Caps().alerts


class Watching:
    """One worker's look at the limits of a site."""

    def __init__(self, worker: Worker, memory: FakeMemory, notices: FakeNotices) -> None:
        site = worker.site
        self.limits = NearLimits(worker.tenants, memory, site.activity, notices, site.clock, worker.metrics.tenants)

    async def logged(self) -> list[Any]:
        with capture_logs() as lines:
            await self.limits.look()
        return [(one["tenant"], one["quota"], one["used"]) for one in lines if one["event"] == "limit_near"]


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME, BETA)


@pytest.fixture
async def worker(site: Site) -> Worker:
    one = await a_worker(site)
    for tenant in (ACME, BETA):
        await one.tenants.find(tenant)
    return one


@pytest.fixture
def memory(site: Site) -> FakeMemory:
    return FakeMemory(site.store)


@pytest.fixture
def notices(site: Site) -> FakeNotices:
    return FakeNotices(site.store)


async def test_a_crossing_is_logged_once_and_again_after_it_was_well(
    worker: Worker, memory: FakeMemory, notices: FakeNotices
) -> None:
    watching = Watching(worker, memory, notices)
    found = []
    for part in (79, 80, 95, 75, 85, 69, 81):
        memory.stored[ACME] = Caps(alerts=LIMIT * part // 100, groups=0, stored_bytes=0)
        found.append([used * 100 // LIMIT for _, _, used in await watching.logged()])

    assert found == [[], [80], [], [], [], [], [81]]


async def test_what_one_worker_has_logged_no_other_does_however_long_it_lasts(
    site: Site, worker: Worker, memory: FakeMemory, notices: FakeNotices
) -> None:
    here, there = Watching(worker, memory, notices), Watching(worker, memory, notices)
    memory.stored[ACME] = Caps(alerts=LIMIT, groups=0, stored_bytes=0)

    assert await here.logged() == [(ACME, Quota.ALERTS, LIMIT)]
    for _ in range(5):
        site.pass_time(30 * 60)
        assert await there.logged() == await here.logged() == []
    assert await Watching(worker, memory, notices).logged() == []


async def test_the_metric_has_each_limit_of_who_is_named(
    site: Site, worker: Worker, memory: FakeMemory, notices: FakeNotices
) -> None:
    memory.stored[ACME] = Caps(alerts=LIMIT // 2, groups=0, stored_bytes=0)
    rules = worker.tenants.get(ACME)
    assert rules is not None
    rate = rules.inbound.requests
    site.activity.stands[ACME] = Levels(requests=Instant(site.clock.time + rate.period * rate.burst))
    await naming(worker, 1).look()

    assert await Watching(worker, memory, notices).logged() == [(ACME, Quota.REQUESTS, rate.burst)]
    assert value(worker, "limit_used_ratio", ACME, quota="active_alerts") == 0.5
    assert value(worker, "limit_used_ratio", ACME, quota="inbound_requests") == 1
    assert value(worker, "limit_used_ratio", BETA, quota="active_alerts") is None


async def test_a_crossing_that_could_not_be_noted_is_logged_with_the_next_look(
    site: Site, worker: Worker, memory: FakeMemory, notices: FakeNotices
) -> None:
    watching = Watching(worker, memory, notices)
    memory.stored[ACME] = Caps(alerts=LIMIT, groups=0, stored_bytes=0)
    notices.faults.refuse("first")
    with pytest.raises(UnavailableError):
        await watching.logged()

    assert await watching.logged() == [(ACME, Quota.ALERTS, LIMIT)]


async def test_a_tenant_for_whom_redis_does_not_answer_holds_up_no_other(
    site: Site, worker: Worker, memory: FakeMemory, notices: FakeNotices
) -> None:
    site.store.unanswered.add(ACME)
    memory.stored[BETA] = Caps(alerts=LIMIT, groups=0, stored_bytes=0)

    assert await Watching(worker, memory, notices).logged() == [(BETA, Quota.ALERTS, LIMIT)]
