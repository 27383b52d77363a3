"""How the fakes fail: as an engine does, before or after the work is done, and only when they were told to."""

import pytest

from router.core.model.group import AlertGroup
from router.errors import UnavailableError
from tests.adapters.builders import ACME, NOON, key_of, store, waiting, write
from tests.contracts.engines import InMemory
from tests.fakes.faults import Fault

FIRST = [write(AlertGroup(key_of()), waiting())]


@pytest.fixture
async def memory() -> InMemory:
    engine = InMemory()
    await engine.activate(ACME)
    return engine


async def test_what_is_refused_is_not_done_and_the_next_time_it_is(memory: InMemory) -> None:
    memory.groups.faults.refuse("apply", times=2)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await store(memory.groups, FIRST)
    assert not memory.store.tenants[ACME].groups

    assert await store(memory.groups, FIRST) == ["ok"]


async def test_what_lost_its_reply_is_done(memory: InMemory) -> None:
    memory.groups.faults.lose_reply("apply")

    with pytest.raises(UnavailableError):
        await store(memory.groups, FIRST)

    assert memory.store.group(ACME, key_of().group_id).rev == 1


async def test_a_competitor_may_be_faster(memory: InMemory) -> None:
    memory.groups.faults.just_before("apply", lambda: store(memory.groups, FIRST))

    assert await store(memory.groups, FIRST) == ["conflict"]
    assert memory.groups.faults.asked["apply"] == 2


async def test_an_engine_that_is_away_refuses_on_every_port_until_it_is_back(memory: InMemory) -> None:
    memory.store.faults.away = True
    for ask in (memory.groups.load(ACME, []), memory.turns.take(NOON), memory.clock.now()):
        with pytest.raises(UnavailableError):
            await ask

    memory.store.faults.away = False
    assert await memory.clock.now() == NOON


async def test_an_engine_may_fail_by_chance(memory: InMemory) -> None:
    memory.store.faults.strike = {"due": Fault.REFUSED}.get

    assert await memory.clock.now() == NOON
    with pytest.raises(UnavailableError):
        await memory.schedule.due(ACME, NOON, 1)
