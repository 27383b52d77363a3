"""Of the same thing a tenant is notified once in a while, whichever worker finds out about it."""

from router.core.model.instant import MILLISECOND, SECOND, Span
from tests.adapters.builders import ACME, BETA
from tests.contracts.engines import Engine

LONG = Span(90 * SECOND)


async def test_only_the_first_one_notifies(engine: Engine) -> None:
    assert await engine.notices.first(ACME, "#alerts", LONG)

    assert not await engine.notices.first(ACME, "#alerts", LONG)
    assert await engine.notices.first(ACME, "#storage", LONG)
    assert await engine.notices.first(BETA, "#alerts", LONG)


async def test_after_a_while_it_is_worth_another_notice(engine: Engine) -> None:
    assert await engine.notices.first(ACME, "#alerts", Span(20 * MILLISECOND))

    await engine.eventually(lambda: engine.notices.first(ACME, "#alerts", LONG))


async def test_where_nobody_was_notified_after_all_the_next_one_is_the_first(engine: Engine) -> None:
    await engine.notices.first(ACME, "#alerts", LONG)
    await engine.notices.forget(ACME, "#alerts")

    assert await engine.notices.first(ACME, "#alerts", LONG)


async def test_whoever_notified_keeps_the_others_from_it_for_longer(engine: Engine) -> None:
    await engine.notices.first(ACME, "#alerts", Span(20 * MILLISECOND))
    await engine.notices.first(ACME, "#storage", Span(20 * MILLISECOND))
    await engine.notices.note(ACME, "#alerts", LONG)
    await engine.eventually(lambda: engine.notices.first(ACME, "#storage", LONG))

    assert not await engine.notices.first(ACME, "#alerts", LONG)
