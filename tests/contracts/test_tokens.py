"""Whose a sender's token is, and what is new."""

from tests.adapters.builders import ACME, BETA
from tests.contracts.engines import Engine


async def test_a_token_is_its_tenants_and_nobody_elses(engine: Engine) -> None:
    await engine.give_token("mine", ACME)
    await engine.give_token("other", BETA)

    assert await engine.tokens.tenant_of("mine") == ACME
    assert await engine.tokens.tenant_of("guessed") is None
    assert await engine.tokens.all() == {"mine": ACME, "other": BETA}


async def test_who_remembers_a_number_learns_which_tokens_are_new(engine: Engine) -> None:
    await engine.give_token("a", ACME)
    first = await engine.tokens.changed_since(0)
    assert (first.changed, first.stored, first.complete) == ({"a": ACME}, 1, True)
    nothing = await engine.tokens.changed_since(first.newest)
    assert (nothing.changed, nothing.newest, nothing.stored) == ({}, first.newest, 1)

    await engine.give_token("b", BETA)

    second = await engine.tokens.changed_since(first.newest)
    assert (second.changed, second.stored) == ({"b": BETA}, 2)
    assert second.newest > first.newest
