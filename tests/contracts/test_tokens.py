"""Whose a sender's token is, and whether nothing at all is known."""

from tests.adapters.builders import ACME, BETA
from tests.contracts.engines import Engine


async def test_a_token_is_its_tenants_and_nobody_elses(engine: Engine) -> None:
    await engine.give_token("mine", ACME)
    await engine.give_token("other", BETA)

    assert await engine.tokens.tenant_of("mine") == ACME
    assert await engine.tokens.tenant_of("guessed") is None
    assert await engine.tokens.all() == {"mine": ACME, "other": BETA}


async def test_where_nothing_was_ever_stored_nothing_is_known(engine: Engine) -> None:
    assert await engine.tokens.nothing_is_known()
    assert await engine.tokens.all() == {}


async def test_a_token_alone_is_something(engine: Engine) -> None:
    await engine.give_token("mine", ACME)

    assert not await engine.tokens.nothing_is_known()


async def test_a_tenant_alone_is_something(engine: Engine) -> None:
    await engine.tenants.publish(ACME, "a")

    assert not await engine.tokens.nothing_is_known()
