"""The contexts of what a group waits with are kept in order, and few of them."""

from router.ports.tracing import MAX_CONTEXTS
from tests.adapters.builders import ACME, BETA
from tests.bounds import tries
from tests.contracts.engines import Engine
from tests.roles.builders import key_of

GROUP, OTHER = key_of("g").group_id, key_of("h").group_id


def contexts(count: int, start: int = 1) -> list[str]:
    return [f"00-{'1' * 32}-{number:016x}-01" for number in range(start, start + count)]


async def test_what_was_noted_is_found_in_its_order(engine: Engine) -> None:
    first, second, third = contexts(3)
    await engine.traces.note(ACME, {GROUP: [first], OTHER: [second]})
    await engine.traces.note(ACME, {GROUP: [third]})

    assert await engine.traces.find(ACME, [GROUP, OTHER]) == [[first, third], [second]]
    assert await engine.traces.find(BETA, [GROUP]) == [[]]


async def test_what_is_shown_is_forgotten_and_what_came_meanwhile_is_kept(engine: Engine) -> None:
    first, second, third = contexts(3)
    await engine.traces.note(ACME, {GROUP: [first, second]})
    await engine.traces.note(ACME, {GROUP: [third]})

    await engine.traces.forget(ACME, {GROUP: 2, OTHER: 1})

    assert await engine.traces.find(ACME, [GROUP, OTHER]) == [[third], []]


@tries("contexts of traces that a group waits with")
async def test_of_more_the_first_are_kept(engine: Engine, beyond: int) -> None:
    noted = contexts(MAX_CONTEXTS + beyond)
    for one in noted:
        await engine.traces.note(ACME, {GROUP: [one]})

    assert await engine.traces.find(ACME, [GROUP]) == [noted[:MAX_CONTEXTS]]
