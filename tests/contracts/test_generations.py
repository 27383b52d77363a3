"""Removed is an entry, never an absence: what the index proves of a tenant or a token that is not there."""

import pytest

from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, NEVER, Instant
from router.ports.generation import Generation
from router.ports.state import ApplyResult
from router.ports.tenants import Absence
from tests.adapters.builders import ACME, BETA, after, queued, sending, store, waiting, write
from tests.contracts.engines import Engine

FIRST = Generation("first", NEVER)


async def test_one_generation_lives_at_a_time(engine: Engine) -> None:
    assert await engine.generations.current() is None

    assert await engine.generations.begin(FIRST) == FIRST
    assert await engine.generations.begin(Generation("second", Instant(1))) == FIRST
    assert await engine.generations.current() == FIRST


async def test_who_was_never_there_is_unknown_to_an_index_that_has_lost_nothing(engine: Engine) -> None:
    await engine.generations.begin(FIRST)
    await engine.tenants.publish(BETA, "b")

    assert await engine.tenants.absence(ACME) is Absence.UNKNOWN


@pytest.mark.parametrize("has_begun", [False, True])
async def test_while_the_index_may_have_lost_it_nobody_is_unknown(engine: Engine, *, has_begun: bool) -> None:
    if has_begun:
        await engine.generations.begin(Generation("second", Instant(await engine.clock.now() + HOUR)))
    await engine.tenants.publish(BETA, "b")

    assert await engine.tenants.absence(ACME) is Absence.LOST


async def test_once_all_that_was_accepted_before_is_too_old_who_is_not_there_is_unknown(engine: Engine) -> None:
    await engine.generations.begin(Generation("second", Instant(await engine.clock.now() - 1)))

    assert await engine.tenants.absence(ACME) is Absence.UNKNOWN


async def test_a_tenant_that_was_removed_is_removed_until_it_has_a_configuration_again(engine: Engine) -> None:
    await engine.generations.begin(FIRST)
    await engine.tenants.publish(ACME, "a")
    await engine.tenants.remove(ACME)
    assert await engine.tenants.absence(ACME) is Absence.REMOVED

    await engine.tenants.publish(ACME, "a")
    await engine.lose(ACME)

    assert await engine.tenants.absence(ACME) is Absence.LOST


async def test_a_tenant_that_somebody_remembers_is_lost_and_not_news(engine: Engine) -> None:
    await engine.generations.begin(FIRST)
    await engine.tenants.publish(BETA, "b")
    _, newest = await engine.tenants.changed_since(0)

    await engine.generations.keep([ACME, BETA], [])

    assert await engine.tenants.absence(ACME) is Absence.LOST
    assert await engine.tenants.changed_since(0) == ([BETA], newest)


async def test_who_was_suspended_before_the_loss_comes_back_suspended(engine: Engine) -> None:
    await engine.generations.keep([ACME], [ACME])
    await engine.tenants.publish(ACME, "a")
    await engine.tenants.publish(BETA, "b")

    found = [await engine.tenants.active(one) for one in (ACME, BETA)]

    assert [one is not None and one.suspended_since != NEVER for one in found] == [True, False]


async def test_tokens_come_back_and_others_stay_as_they_are(engine: Engine) -> None:
    await engine.give_token("mine", ACME)

    await engine.tokens.bring_back({"mine": BETA, "lost": BETA})
    await engine.tokens.bring_back({})

    assert await engine.tokens.all() == {"mine": ACME, "lost": BETA}


async def test_whether_a_token_may_have_been_lost_is_known_with_what_is_new(engine: Engine) -> None:
    before = await engine.tokens.changed_since(0)
    await engine.generations.begin(FIRST)
    sure = await engine.tokens.changed_since(0)

    assert (before.generation, before.doubtful) == ("", True)
    assert (sure.generation, sure.doubtful) == ("first", False)


async def test_who_is_applied_after_a_loss_is_unproven_until_somebody_proves_it(engine: Engine) -> None:
    await engine.generations.begin(FIRST)
    await engine.tenants.publish(ACME, "a")
    fresh = await engine.tenants.active(ACME)
    await engine.lose(ACME)
    await engine.tenants.publish(ACME, "a")
    lost = await engine.tenants.active(ACME)
    [many] = [found async for found in engine.tenants.active_of([ACME]) if found]
    _, newest = await engine.tenants.changed_since(0)

    await engine.proofs.prove([ACME])

    proven = await engine.tenants.active(ACME)
    assert [one is not None and one.unproven for one in (fresh, lost, many[ACME], proven)] == [
        False,
        True,
        True,
        False,
    ]
    assert (await engine.tenants.changed_since(newest))[0] == [ACME], "workers hear of it"


async def test_for_an_unproven_tenant_alerts_are_stored_and_no_call_is_begun(engine: Engine) -> None:
    await engine.tenants.publish(ACME, "a")
    new = queued(waiting("A"))
    assert await store(engine.groups, [write(AlertGroup(new.key), new)]) == [ApplyResult.OK]
    [head] = await engine.groups.load(ACME, [new.key.group_id])
    assert isinstance(head, AlertGroup)
    begin = [write(head, sending(head, after(30)))]

    before = await store(engine.groups, begin)
    await engine.proofs.prove([ACME])

    assert (before, await store(engine.groups, begin)) == ([ApplyResult.HELD], [ApplyResult.OK])


async def test_one_process_at_a_time_puts_data_together(engine: Engine) -> None:
    assert await engine.proofs.lease("one")
    assert await engine.proofs.lease("one")
    assert not await engine.proofs.lease("another")

    await engine.proofs.release("another")
    assert not await engine.proofs.lease("another")
    await engine.proofs.release("one")

    assert await engine.proofs.lease("another")


async def test_keeping_nobody_is_nothing(engine: Engine) -> None:
    await engine.generations.keep([], [])

    assert await engine.tenants.changed_since(0) == ([], 0)
    assert await engine.tenants.absence(TenantId("anybody")) is Absence.LOST
