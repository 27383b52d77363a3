"""Whose turn it is: in order of time, nobody twice, nobody's turn lost."""

import asyncio

import pytest

from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.pool import SHARED, Pool
from router.ports.pools import Pools
from router.ports.schedule import SharedTurns
from tests.adapters.builders import ACME, BETA, NOON, after
from tests.contracts.engines import Engine


@pytest.fixture
def turns(engine: Engine) -> SharedTurns:
    return engine.turns


async def test_without_work_it_is_nobodys_turn_at_any_time(turns: SharedTurns) -> None:
    assert await turns.take(NOON) == (None, NEVER)


async def test_the_tenant_that_has_waited_longest_is_first_and_is_taken_once(turns: SharedTurns) -> None:
    await turns.offer({ACME: after(2), BETA: after(1)})

    taken = [await turns.take(after(5)) for _ in range(3)]

    assert [tenant for tenant, _ in taken] == [BETA, ACME, None]


async def test_who_took_a_turn_lately_is_known_to_all_workers(turns: SharedTurns) -> None:
    await turns.offer({ACME: after(1), BETA: after(2)})
    assert await turns.served_since(after(0)) == []
    await turns.take(after(1))
    await turns.take(after(3))

    assert await turns.served_since(after(1)) == [ACME, BETA]
    assert await turns.served_since(after(2)) == [BETA]
    assert await turns.served_since(after(1)) == [BETA], "what is older was forgotten"
    await turns.note_served([ACME, BETA], after(9))
    assert await turns.served_since(after(9)) == [ACME, BETA]


async def test_before_its_time_it_is_nobodys_turn_and_the_next_time_is_given(turns: SharedTurns) -> None:
    await turns.offer({ACME: after(2), BETA: after(9)})

    assert await turns.take(after(1)) == (None, after(2))
    assert await turns.take(Instant(after(2) - 1)) == (None, after(2))
    assert (await turns.take(after(2)))[0] == ACME


async def test_a_turn_is_never_too_early(turns: SharedTurns) -> None:
    await turns.offer({ACME: Instant(NOON + 1)})

    assert (await turns.take(Instant(NOON + 1)))[0] is None
    assert (await turns.take(Instant(NOON + 1000)))[0] == ACME


async def test_an_offer_keeps_an_earlier_turn_and_brings_a_later_one_forward(turns: SharedTurns) -> None:
    await turns.offer({ACME: after(5), BETA: after(5)})
    await turns.offer({ACME: after(1), BETA: after(9)})

    assert (await turns.take(after(1)))[0] == ACME
    assert await turns.take(after(1)) == (None, after(5))


async def test_who_has_no_work_is_not_offered_a_turn(turns: SharedTurns) -> None:
    await turns.offer({ACME: NEVER})
    await turns.offer({})

    assert await turns.take(after(99)) == (None, NEVER)


async def test_a_turn_offered_while_the_tenant_is_served_comes_again(turns: SharedTurns) -> None:
    await turns.offer({ACME: NOON})
    assert (await turns.take(NOON))[0] == ACME
    await turns.offer({ACME: after(1)})

    assert (await turns.take(after(1)))[0] == ACME


async def test_of_many_who_take_at_once_everyone_gets_another_tenant(turns: SharedTurns) -> None:
    everybody = {TenantId(f"t{number}"): NOON for number in range(50)}
    await turns.offer(everybody)

    taken = await asyncio.gather(*(turns.take(NOON) for _ in range(60)))

    assert sorted(tenant for tenant, _ in taken if tenant) == sorted(everybody)


async def test_a_turn_is_offered_in_the_pool_of_its_tenant_and_taken_there_alone(engine: Engine) -> None:
    in_gold = {ACME: Pool("gold")}
    shared, gold = (
        engine.in_pool(Pools(here, lambda tenant: in_gold.get(tenant, SHARED))) for here in (SHARED, Pool("gold"))
    )
    await shared.offer({ACME: after(1), BETA: after(2)})

    assert await shared.take(after(5)) == (BETA, NEVER)
    assert (await shared.take(after(5)))[0] is None
    assert await gold.take(after(0)) == (None, after(1))
    assert await gold.take(after(5)) == (ACME, NEVER)
    await gold.offer({BETA: after(3)})
    assert await shared.take(after(5)) == (BETA, NEVER)


async def test_a_turn_of_before_a_move_is_found_where_it_was(engine: Engine) -> None:
    """Whoever takes it there hands it on."""
    moved: dict[TenantId, Pool] = {}
    shared = engine.in_pool(Pools(SHARED, lambda tenant: moved.get(tenant, SHARED)))
    await shared.offer({ACME: after(1)})
    moved[ACME] = Pool("gold")

    assert await shared.take(after(1)) == (ACME, NEVER)
