"""People whose data was erased travel with the active document, until their time has passed."""

from dataclasses import replace

import pytest

from router.core.match.subject import subject_digest
from router.core.model.group import MessageRef
from router.core.model.instant import HOUR, NEVER, SECOND, Instant
from router.ports.generation import Generation
from router.ports.subjects import ErasedSubject, SubjectList
from tests.adapters.builders import ACME, BETA
from tests.contracts.engines import Engine

KEY = b"k" * 32


@pytest.fixture
async def two(engine: Engine) -> Engine:
    await engine.generations.begin(Generation("first", NEVER))
    for tenant in (ACME, BETA):
        await engine.tenants.publish(tenant, "a")
    return engine


async def a_person(engine: Engine, name: str, left_h: float = 1) -> ErasedSubject:
    now = await engine.clock.now()
    until = Instant(now + round(left_h * HOUR))
    return ErasedSubject(name, subject_digest(KEY, name), until, Instant(now - SECOND), hidden=3)


async def test_what_is_stored_is_read_back(two: Engine) -> None:
    people = [await a_person(two, "b"), await a_person(two, "a")]
    await two.subjects.begin(ACME, KEY)

    for one in people:
        await two.subjects.keep(ACME, one)
    gone = (MessageRef("C1", "1.000001"), MessageRef("C1", "2.000001"))
    ended = replace(people[0], ended_at=people[0].begun_at, hidden=4, deleted=gone)
    await two.subjects.keep(ACME, ended)

    assert await two.subjects.of(ACME) == SubjectList(KEY, (people[1], ended))
    assert await two.subjects.of(BETA) == SubjectList()


async def test_digests_of_a_tenant_have_one_key(two: Engine) -> None:
    assert await two.subjects.begin(ACME, KEY) == KEY
    assert await two.subjects.begin(ACME, b"o" * 32) == KEY


async def test_those_whose_time_has_not_passed_travel_with_the_document(two: Engine) -> None:
    await two.subjects.begin(ACME, KEY)
    await two.subjects.keep(ACME, await a_person(two, "eve"))
    await two.subjects.keep(ACME, await a_person(two, "bob", left_h=-1))

    alone = await two.tenants.active(ACME)
    many = {tenant: one async for some in two.tenants.active_of([ACME, BETA]) for tenant, one in some.items()}

    assert alone is not None
    assert list(alone.subjects.named_in("of Eve, or Bob")) == [("Eve", "erased-eve")]
    assert many[ACME] == alone
    beta = many[BETA]
    assert beta is not None
    assert not beta.subjects


async def test_every_change_is_announced(two: Engine) -> None:
    await two.subjects.begin(ACME, KEY)
    _, number = await two.tenants.changed_since(0)

    await two.subjects.keep(ACME, await a_person(two, "eve"))

    changed, _ = await two.tenants.changed_since(number)
    assert changed == [ACME]
