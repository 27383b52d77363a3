"""Removed is an entry, never an absence: what the index proves of a tenant or a token that is not there."""

import pytest

from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, NEVER, Instant
from router.ports.generation import Generation
from router.ports.tenants import Absence
from tests.adapters.builders import ACME, BETA
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


async def test_keeping_nobody_is_nothing(engine: Engine) -> None:
    await engine.generations.keep([], [])

    assert await engine.tenants.changed_since(0) == ([], 0)
    assert await engine.tenants.absence(TenantId("anybody")) is Absence.LOST
