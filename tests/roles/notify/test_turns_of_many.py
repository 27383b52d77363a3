"""Turns in many orders, on a clock of the test's own: who is due waits for one turn of each other tenant at most."""

import random
from collections import Counter

import pytest

from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, Instant
from router.roles.notify.own_turns import IN_A_ROW, OwnTurns
from router.roles.notify.unreadable import Unreadable
from tests.adapters.builders import NOON
from tests.roles.worker import Site

TENANTS = [TenantId(f"tenant-{number}") for number in range(6)]


@pytest.mark.parametrize("seed", range(25))
async def test_in_the_round_of_all_nobody_has_two_turns_before_one_who_is_due(site: Site, seed: int) -> None:
    dice, now = random.Random(seed), NOON
    waits: dict[TenantId, Counter[TenantId]] = {tenant: Counter() for tenant in TENANTS}
    await site.turns.offer(dict.fromkeys(TENANTS, NOON))

    for _ in range(200):
        now = Instant(now + dice.randrange(1, 5) * MILLISECOND)
        tenant, _ = await site.turns.take(now)
        if tenant is None:
            continue
        for waiting in waits.values():
            waiting[tenant] += 1
        assert max(waits[tenant].values()) <= 1, f"{tenant} waited for {waits[tenant]}"
        waits[tenant] = Counter()
        await site.turns.offer({tenant: now})


@pytest.mark.parametrize("seed", range(25))
async def test_own_turns_keep_the_round_of_all_waiting_for_so_many_at_most(site: Site, seed: int) -> None:
    dice, turns = random.Random(seed), OwnTurns(site.turns, site.clock, Unreadable())
    other = TenantId("other")
    await site.turns.offer({other: NOON})
    in_a_row = 0

    for _ in range(200):
        await turns.offer({dice.choice(TENANTS): NOON})
        tenant, _ = await turns.take(site.clock.time)
        assert tenant is not None
        in_a_row = 0 if tenant == other else in_a_row + 1
        assert in_a_row <= IN_A_ROW
        if tenant == other:
            await site.turns.offer({other: NOON})


@pytest.mark.parametrize("seed", range(25))
async def test_between_due_and_taken_a_tenant_has_one_turn_however_often_it_is_offered(site: Site, seed: int) -> None:
    dice, turns = random.Random(seed), OwnTurns(site.turns, site.clock, Unreadable())
    offered: set[TenantId | None] = set()
    for _ in range(200):
        for tenant in dice.sample(TENANTS, dice.randrange(3)):
            await turns.offer({tenant: NOON})
            offered.add(tenant)
        taken, _ = await turns.take(site.clock.time)
        assert (taken in offered) if offered else (taken is None)
        offered -= {taken}
