"""This process' own work has its turn without a round trip, and starves nobody of the round of all."""

import pytest

from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, NEVER, Instant
from router.core.model.key import GroupId
from router.roles.notify.own_turns import IN_A_ROW, LOOK, MOST, REMEMBERED, OwnTurns
from router.roles.notify.unreadable import STAND_BACK, Unreadable
from tests.adapters.builders import ACME, BETA, NOON, after
from tests.roles.worker import Site, Worker


@pytest.fixture
def turns(worker: Worker) -> OwnTurns:
    return worker.turns


async def test_what_is_due_now_costs_no_round_trip(site: Site, turns: OwnTurns) -> None:
    site.turns.faults.asked.clear()

    await turns.offer({ACME: NOON})

    assert await turns.take(NOON) == (ACME, NEVER)
    assert site.turns.faults.asked == {}


async def test_what_is_due_later_is_in_the_round_of_all(site: Site, turns: OwnTurns) -> None:
    await turns.offer({ACME: Instant(NOON + 1_000), BETA: NEVER})

    assert await site.turns.take(Instant(NOON + 1_000)) == (ACME, NEVER)
    assert await turns.take(Instant(NOON + 1_000)) == (None, NEVER)


async def test_what_comes_after_a_turn_that_is_offered_costs_no_round_trip(site: Site, turns: OwnTurns) -> None:
    await turns.offer({ACME: after(5)})
    site.turns.faults.asked.clear()

    await turns.offer({ACME: after(5)})
    await turns.offer({ACME: after(60)})
    assert site.turns.faults.asked == {}

    await turns.offer({ACME: after(4), BETA: after(60)})
    assert await site.turns.take(after(4)) == (ACME, NEVER)


@pytest.mark.parametrize("taken_at", [5, 6])
async def test_a_turn_that_was_taken_is_offered_again(site: Site, turns: OwnTurns, taken_at: int) -> None:
    await turns.offer({ACME: after(5)})
    site.clock.time = after(taken_at)
    assert await turns.take(site.clock.time) == (ACME, NEVER)

    await turns.offer({ACME: after(60)})

    assert site.store.turns.keys() == {ACME}


@pytest.mark.parametrize("beyond", [-1, 0, 1])
async def test_offers_of_so_many_tenants_are_remembered(site: Site, turns: OwnTurns, beyond: int) -> None:
    offers = {TenantId(f"t{number}"): after(60) for number in range(REMEMBERED + beyond)}
    await turns.offer(offers)
    site.turns.faults.asked.clear()

    await turns.offer({TenantId("t0"): after(60)})

    assert site.turns.faults.asked["offer"] == max(0, beyond)


async def test_after_some_turns_of_its_own_the_round_of_all_is_looked_at(site: Site, turns: OwnTurns) -> None:
    own = [TenantId(f"own{number}") for number in range(IN_A_ROW + 1)]
    await turns.offer(dict.fromkeys(own, NOON))
    await site.turns.offer({BETA: NOON})

    taken = [(await turns.take(NOON))[0] for _ in range(IN_A_ROW + 2)]

    assert taken == [*own[:IN_A_ROW], BETA, own[IN_A_ROW]]


@pytest.mark.parametrize("beyond", [-1, 0, 1])
async def test_more_than_one_process_can_do_is_left_to_all(site: Site, turns: OwnTurns, beyond: int) -> None:
    await turns.offer({TenantId(f"t{number}"): NOON for number in range(MOST + beyond)})

    assert len(site.store.turns) == max(0, beyond)


async def test_who_stops_leaves_what_waits_to_others(site: Site, turns: OwnTurns) -> None:
    await turns.offer({ACME: NOON, BETA: NOON})

    await turns.leave()

    assert await turns.take(NOON) == (ACME, NEVER)
    assert set(site.store.turns) == {BETA}


@pytest.mark.parametrize("later_ms", [-1, 0])
async def test_a_round_of_all_that_was_empty_is_looked_at_again_after_a_while(site: Site, later_ms: int) -> None:
    turns = OwnTurns(site.turns, site.clock, Unreadable())
    assert await turns.take(NOON) == (None, NEVER)
    assert await turns.take(NOON) == (None, Instant(NOON + LOOK))
    await site.turns.offer({BETA: NOON})

    tenant, _ = await turns.take(Instant(NOON + LOOK + later_ms * MILLISECOND))

    assert (tenant == BETA) is (later_ms >= 0)


async def test_an_empty_round_of_all_keeps_nothing_back_that_comes_earlier(site: Site) -> None:
    turns = OwnTurns(site.turns, site.clock, Unreadable())
    await site.turns.offer({BETA: Instant(NOON + 5 * MILLISECOND)})
    assert await turns.take(NOON) == (None, Instant(NOON + 5 * MILLISECOND))
    await turns.offer({ACME: Instant(NOON + 2 * MILLISECOND)})

    assert await turns.take(Instant(NOON + 2 * MILLISECOND)) == (ACME, NEVER)
    await turns.offer({ACME: NOON})
    assert await turns.take(Instant(NOON + 3 * MILLISECOND)) == (ACME, NEVER)
    assert await turns.take(Instant(NOON + 5 * MILLISECOND)) == (BETA, NEVER)


async def test_who_has_met_a_group_of_a_newer_release_takes_turns_a_little_later_than_others(site: Site) -> None:
    unreadable, at = Unreadable(), Instant(NOON + 5 * MILLISECOND)
    turns = OwnTurns(site.turns, site.clock, unreadable)
    unreadable.next_look((ACME, GroupId("0" * 32)), "7", NOON)
    await turns.offer({ACME: at})

    assert await turns.take(NOON) == (None, at)
    assert await turns.take(at) == (None, Instant(at + STAND_BACK))
    assert await turns.take(Instant(at + STAND_BACK)) == (ACME, NEVER)
