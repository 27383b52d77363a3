"""How much waits in lanes is measured where a worker has looked at them lately."""

import asyncio

from router.core.model.operation import Lane, Method
from router.roles.notify.depths import _MOST, RECENT_S, LaneDepths
from tests.adapters.builders import ACME, BETA, key_of
from tests.fakes.schedule import FakeSchedule
from tests.fakes.store import FakeStore
from tests.roles.worker import Worker

POSTS, EDITS = Lane("C1", Method.POST), Lane("C1", Method.UPDATE)


def now_s() -> float:
    return asyncio.get_running_loop().time()


async def test_the_longest_lane_and_those_in_which_anything_waits_are_measured(worker: Worker) -> None:
    store, lanes = FakeStore(), [(ACME, POSTS), (BETA, POSTS), (BETA, EDITS)]
    depths = LaneDepths(FakeSchedule(store))
    for number in range(3):
        store.tenants[BETA].lanes[POSTS][key_of(str(number)).group_id] = (0, number)
    store.tenants[ACME].lanes[POSTS][key_of().group_id] = (0, 0)
    for tenant, lane in lanes:
        depths.looked_at(tenant, lane, now_s())

    await depths.measure(worker.metrics.lanes)

    assert measured(worker) == {"post": (2, 3), "update": (0, 0), "digest": (0, 0)}


async def test_a_lane_that_was_looked_at_long_ago_is_not_asked_about(worker: Worker) -> None:
    store = FakeStore()
    depths = LaneDepths(FakeSchedule(store))
    store.tenants[ACME].lanes[POSTS][key_of().group_id] = (0, 0)
    depths.looked_at(ACME, POSTS, now_s() - RECENT_S - 1)
    store.faults.refuse("depths")

    await depths.measure(worker.metrics.lanes)

    assert measured(worker)["post"] == (0, 0)


async def test_no_more_lanes_are_kept_than_are_asked_about() -> None:
    depths = LaneDepths(FakeSchedule(FakeStore()))
    for number in range(_MOST + 5):
        depths.looked_at(ACME, Lane(f"C{number}", Method.POST), now_s())

    assert len(depths._looked_at) == _MOST


def measured(worker: Worker) -> dict[str, tuple[float | None, float | None]]:
    value = worker.metrics.registry.get_sample_value
    names = ("alert_router_waiting_lanes", "alert_router_longest_lane_groups")
    found = {
        method: tuple(value(name, {"method": method}) for name in names) for method in ("post", "update", "digest")
    }
    return {method: (waiting, longest) for method, (waiting, longest) in found.items()}
