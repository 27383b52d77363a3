"""What a large tenant may have stored while Redis is filling up: in steps, and from a part of it on nothing more."""

from prometheus_client import CollectorRegistry

from router.core.budget.memory import FOLD_AT, SPENT_AT, WATCH_AT, Memory
from router.core.fold.admit import Refusal, Room, size_of
from router.core.model.rules.limits import Caps
from router.observe.metrics import Metrics
from router.roles.memory import STEP, MemoryWatch
from tests.adapters.builders import ACME, BETA
from tests.bounds import tries
from tests.core.builders import an_alert
from tests.fakes.memory import FakeMemory
from tests.fakes.store import FakeStore

LIMIT = 100 << 20
HELD = 1_000


async def watching(used: int, metrics: Metrics | None = None) -> MemoryWatch:
    """A tenant holds most of so many bytes."""
    stored = FakeMemory(FakeStore())
    stored.used = Memory(used, LIMIT)
    stored.stored = {ACME: Caps(stored_bytes=HELD), BETA: Caps(stored_bytes=1)}
    watch = MemoryWatch(stored, [ACME, BETA], metrics or Metrics(CollectorRegistry()))
    await watch.look()
    return watch


@tries("part of Redis' memory from which the largest tenants grow in steps")
async def test_the_largest_are_known_from_a_part_of_the_memory_on(beyond: int) -> None:
    watch = await watching(int(WATCH_AT * LIMIT) + beyond)

    assert (watch.bytes_for(ACME) < LIMIT) is (beyond > 0)
    assert watch.bytes_for(BETA) > LIMIT


@tries("part of Redis' memory from which workers take no new alerts of the largest tenants")
async def test_from_a_part_of_the_memory_on_the_largest_get_nothing_more(beyond: int) -> None:
    watch = await watching(int(FOLD_AT * LIMIT) + STEP * beyond)

    assert watch.bytes_for(ACME) - HELD == max(0, -beyond)
    assert watch.bytes_for(BETA) > LIMIT


@tries("part of the memory left up to there that one of them may take between two looks: one of")
async def test_a_step_is_a_part_of_what_is_left_to_all(beyond: int) -> None:
    alert = an_alert("A")
    watch = await watching(int(FOLD_AT * LIMIT) - STEP * (size_of(alert) - beyond))

    room = Room.left(Caps(stored_bytes=watch.bytes_for(ACME)), Caps(0, 0, HELD))

    assert room.refusal(alert, opens=False) is (Refusal.OVER_BYTES if beyond > 0 else None)


@tries("part of Redis' memory from which nobody's new alerts are stored")
async def test_so_far_beyond_the_limit_small_writes_go_on(beyond: int) -> None:
    watch = await watching(int(SPENT_AT * LIMIT) + beyond)

    assert watch.is_spent(ACME) is (beyond > 0)


async def test_what_redis_may_forget_is_measured_and_of_a_cluster_the_fullest_node() -> None:
    metrics, stored = Metrics(CollectorRegistry()), FakeMemory(FakeStore())
    stored.used = Memory(80, 100)
    stored.parts = {BETA: Memory(20, 100, "allkeys-lru", appends=False)}

    await MemoryWatch(stored, [], metrics).look()

    measured = metrics.registry.get_sample_value
    assert measured("alert_router_redis_memory_used_ratio") == 0.8
    assert measured("alert_router_redis_evicting_servers") == 1
    assert measured("alert_router_redis_unsaved_servers") == 1
