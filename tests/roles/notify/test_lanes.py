"""Lanes that wait: for a place, for Slack's word; looked at when it is there, by turns, and never for nothing."""

import asyncio
from dataclasses import replace
from typing import Final

import pytest

from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, Instant
from router.core.model.operation import Lane, Method
from router.errors import UnavailableError
from router.roles.notify import lanes
from router.roles.notify.lanes import ELSEWHERE, ELSEWHERE_SLOW
from tests.adapters.builders import ACME
from tests.roles.worker import LIMITS, Site, Worker
from tests.waiting import eventually

LANES: Final = tuple(Lane(f"C{number}", Method.POST) for number in range(4))
TENANTS: Final = tuple(TenantId(f"t{number}") for number in range(4))


@pytest.fixture
async def full(site: Site) -> Worker:
    """A worker with two places, both taken by a workspace that others do not share."""
    worker = Worker(site, replace(LIMITS, total=2))
    for _ in range(2):
        worker.places.take(ACME, "T9")
    return worker


async def wait(worker: Worker, tenant: TenantId, *waiting: Lane, workspace: str = "") -> None:
    """Lanes of a tenant wait for a place."""
    for lane in waiting or LANES[:1]:
        worker.site.store.tenants[tenant].due[lane] = worker.site.clock.time // MILLISECOND
        await worker.lanes.wait_for_place(tenant, lane, workspace or f"W-{tenant}")


def looked_at(worker: Worker, tenant: TenantId, lane: Lane = LANES[0]) -> Instant:
    return Instant(worker.site.store.tenants[tenant].due[lane] * MILLISECOND)


async def brought_back(worker: Worker) -> set[TenantId]:
    """Whose lanes are due after the next round."""
    await worker.lanes.bring_back()
    now = worker.site.clock.time
    return {
        one for one in TENANTS if any(due * MILLISECOND <= now for due in worker.site.store.tenants[one].due.values())
    }


async def test_who_waits_is_due_elsewhere_after_a_while(full: Worker) -> None:
    await wait(full, TENANTS[0])
    full.places.slow(f"W-{TENANTS[1]}", 0)
    await wait(full, TENANTS[1])

    assert await brought_back(full) == set()
    assert looked_at(full, TENANTS[0]) == full.site.clock.time + ELSEWHERE
    assert looked_at(full, TENANTS[1]) == full.site.clock.time + ELSEWHERE_SLOW


async def test_a_place_goes_to_who_has_waited_longest_and_to_nobody_else(full: Worker) -> None:
    for tenant in TENANTS:
        await wait(full, tenant)

    full.places.give_back(ACME, "T9")
    assert await brought_back(full) == {TENANTS[0]}
    assert await full.turns.take(full.site.clock.time) == (TENANTS[0], 0)
    assert await brought_back(full) == {TENANTS[0]}, "the place is promised"

    full.lanes.looked_at(TENANTS[0], LANES[0])
    assert await brought_back(full) == {TENANTS[0], TENANTS[1]}, "nothing was sent, so the place is still there"


async def test_a_promise_that_nobody_redeems_is_not_kept_for_ever(
    full: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tenant in TENANTS[:2]:
        await wait(full, tenant)
    monkeypatch.setattr(lanes, "PROMISE_S", 0)

    full.places.give_back(ACME, "T9")
    assert await brought_back(full) == {TENANTS[0]}
    assert await brought_back(full) == set(TENANTS[:2])


async def test_a_workspace_that_was_served_goes_to_the_back(full: Worker) -> None:
    await wait(full, TENANTS[0], *LANES)
    await wait(full, TENANTS[1])
    full.places.give_back(ACME, "T9")
    await full.lanes.bring_back()
    full.places.take(TENANTS[0], f"W-{TENANTS[0]}")
    full.lanes.looked_at(TENANTS[0], LANES[0])
    full.places.give_back(TENANTS[0], f"W-{TENANTS[0]}")

    await full.lanes.bring_back()

    assert looked_at(full, TENANTS[1]) == full.site.clock.time
    assert looked_at(full, TENANTS[0], LANES[1]) > full.site.clock.time


async def test_lanes_of_a_workspace_that_does_not_answer_keep_nobody_from_a_place(full: Worker) -> None:
    full.places.slow(f"W-{TENANTS[0]}", 0)
    full.places.take(TENANTS[0], f"W-{TENANTS[0]}")
    await wait(full, TENANTS[0], *LANES)
    await wait(full, TENANTS[1])
    for _ in range(2):
        full.places.give_back(ACME, "T9")

    assert await brought_back(full) == {TENANTS[1]}


async def test_what_cannot_be_brought_back_is_brought_back_later(full: Worker) -> None:
    await wait(full, TENANTS[0])
    full.places.give_back(ACME, "T9")
    full.site.schedule.faults.refuse("try_lane_at")
    with pytest.raises(UnavailableError):
        await full.lanes.bring_back()

    await full.lanes.bring_back()

    assert await full.turns.take(full.site.clock.time) == (TENANTS[0], 0)


async def test_lanes_of_a_tenant_whose_part_of_redis_is_away_keep_nobody_elses_back(full: Worker) -> None:
    await wait(full, TENANTS[0])
    await wait(full, TENANTS[1])
    for _ in range(2):
        full.places.give_back(ACME, "T9")
    full.site.schedule.faults.refuse("try_lane_at")

    assert await brought_back(full) == {TENANTS[1]}
    assert await full.turns.take(full.site.clock.time) == (TENANTS[1], 0)
    assert await brought_back(full) == {TENANTS[0], TENANTS[1]}


async def test_with_nobody_waiting_redis_is_not_asked(full: Worker) -> None:
    full.places.give_back(ACME, "T9")
    await full.lanes.bring_back()

    assert full.site.turns.faults.asked["offer"] == 0


async def test_a_worker_that_is_woken_serves_who_waited(site: Site, worker: Worker) -> None:
    """The whole of it: no place, then one, without anybody looking at the clock."""
    await worker.queue()
    for _ in range(LIMITS.per_tenant):
        worker.places.take(ACME, "T1-B1")
    await worker.turn.serve(worker.rules())
    assert site.slack.calls == []
    running = asyncio.create_task(worker.notifier.run())
    try:
        worker.places.give_back(ACME, "T1-B1")
        worker.news.set()
        await eventually(lambda: site.slack.calls, within_s=5)
    finally:
        worker.notifier.stop()
        await running
        await worker.in_flight.drain()

    assert [made.text for made in site.slack.calls] == ["A firing"]
