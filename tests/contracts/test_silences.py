"""Silences travel with the active document, and every change of them is announced as one of the configuration is."""

import pytest

from router.core.match.matcher import parse_matchers
from router.core.model.instant import HOUR, NEVER, SECOND, Instant
from router.core.model.rules.silence import Silence
from router.ports.generation import Generation
from tests.adapters.builders import ACME, BETA
from tests.contracts.engines import Engine


@pytest.fixture
async def two(engine: Engine) -> Engine:
    await engine.generations.begin(Generation("first", NEVER))
    for tenant in (ACME, BETA):
        await engine.tenants.publish(tenant, "a")
    return engine


async def a_silence(engine: Engine, name: str, start_h: float = 0, end_h: float = 1) -> Silence:
    now = await engine.clock.now()
    sets = (parse_matchers('alertname="é 🔥",instance=~"db-.*"'), parse_matchers("severity!=critical,team!~a|b"))
    start, end = (Instant(now - SECOND + round(hours * HOUR)) for hours in (start_h, end_h))
    return Silence(name, sets, start, end, "ana", "new disks\nin db-2")


async def test_what_is_stored_is_read_back_with_its_matchers(two: Engine) -> None:
    silences = [await a_silence(two, "b"), await a_silence(two, "a", 2, 3)]

    await two.silences.store(ACME, silences, [])

    assert await two.silences.all_of(ACME) == silences[::-1]
    assert await two.silences.all_of(BETA) == []


async def test_those_that_are_active_or_to_come_travel_with_the_document(two: Engine) -> None:
    active, pending, over = [
        await a_silence(two, name, *times) for name, times in [("a", (0, 1)), ("b", (2, 3)), ("c", (-2, -1))]
    ]
    await two.silences.store(ACME, [active, pending, over], [])

    alone = await two.tenants.active(ACME)
    many = {tenant: one async for some in two.tenants.active_of([ACME, BETA]) for tenant, one in some.items()}

    assert alone is not None
    assert alone.silences == (active, pending)
    assert many[ACME] == alone
    beta = many[BETA]
    assert beta is not None
    assert beta.silences == ()


async def test_every_change_is_announced_and_is_no_new_version(two: Engine) -> None:
    _, number = await two.tenants.changed_since(0)

    await two.silences.store(ACME, [await a_silence(two, "a")], [])
    changed, newer = await two.tenants.changed_since(number)
    await two.silences.store(ACME, [], [])

    assert changed == [ACME]
    assert (await two.tenants.changed_since(newer))[0] == [ACME]
    document = await two.tenants.active(ACME)
    assert document is not None
    assert document.version == 1


async def test_a_silence_is_replaced_by_its_id_and_forgotten_when_it_is_named(two: Engine) -> None:
    first, second = await a_silence(two, "a"), await a_silence(two, "b")
    await two.silences.store(ACME, [first, second], [])

    longer = await a_silence(two, "a", 0, 5)
    await two.silences.store(ACME, [longer], ["b", "never there"])

    assert await two.silences.all_of(ACME) == [longer]


async def test_silences_go_with_their_tenant(two: Engine) -> None:
    await two.silences.store(ACME, [await a_silence(two, "a")], [])

    await two.tenants.remove(ACME)
    await two.tenants.publish(ACME, "a")

    document = await two.tenants.active(ACME)
    assert document is not None
    assert document.silences == ()


async def test_what_is_forgotten_is_counted_once_and_nobody_hears_of_it(two: Engine) -> None:
    over, other = [await a_silence(two, name, -3, -2) for name in ("a", "b")]
    await two.silences.store(ACME, [over, other], [])
    _, number = await two.tenants.changed_since(0)

    counts = [await two.silences.forget(ACME, ids) for ids in (["a", "never"], ["a"], [])]

    assert (counts, await two.silences.all_of(ACME)) == ([1, 0, 0], [other])
    assert (await two.tenants.changed_since(number))[0] == []
