"""What a tenant has stored is counted with each transition, and a transition that exceeds its caps stores nothing."""

import asyncio
from dataclasses import replace
from random import Random

import pytest

from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from router.core.model.instant import MILLISECOND, Span
from router.core.model.rules.limits import Caps
from router.ports.state import ApplyResult
from tests.adapters.builders import ACME, BETA, a_content, an_alert_state, idle, key_of, store, waiting, write
from tests.bounds import tries
from tests.contracts.engines import Engine, OnRedis
from tests.contracts.shelf import Shelf
from tests.waiting import eventually

MANY = Caps()


async def size(engine: Engine) -> Caps:
    [found] = await engine.memory.sizes([ACME])
    assert found is not None
    return found


def closed(group: AlertGroup) -> AlertGroup:
    return idle(group, firing=0)


async def test_alerts_groups_and_bytes_are_counted(shelf: Shelf) -> None:
    assert await size(shelf.engine) == Caps(0, 0, 0)

    await shelf.put(waiting("A", alerts=3))
    one = await size(shelf.engine)
    await shelf.put(waiting("B", alerts=2))
    two = await size(shelf.engine)

    assert (one.alerts, one.groups) == (3, 1)
    assert (two.alerts, two.groups) == (5, 2)
    assert 0 < one.stored_bytes < two.stored_bytes
    assert await shelf.engine.memory.sizes([BETA]) == [Caps(0, 0, 0)]


async def test_a_closed_group_counts_for_its_bytes_alone_and_opens_again(shelf: Shelf) -> None:
    stored = await shelf.put(waiting("A", alerts=3))
    before = await size(shelf.engine)

    stored = await shelf.put(closed(stored))
    after = await size(shelf.engine)
    assert (after.alerts, after.groups) == (0, 0)
    assert after.stored_bytes > before.stored_bytes // 2

    stored = await shelf.put(closed(stored))
    assert (await size(shelf.engine)).groups == 0
    await shelf.put(waiting("A", alerts=3))
    assert await size(shelf.engine) == replace(before, stored_bytes=(await size(shelf.engine)).stored_bytes)


async def test_bytes_follow_what_is_written_over_and_what_is_taken_out(shelf: Shelf) -> None:
    stored = await shelf.put(waiting("A", alerts=2))
    before = await size(shelf.engine)
    name = AlertId("A0")
    long = an_alert_state(content=a_content(text=Random(7).randbytes(1_000).hex()))  # a thousand bytes that are news

    grown = await shelf.put(replace(stored, alerts={**stored.alerts, name: long}))
    assert 1_000 < (await size(shelf.engine)).stored_bytes - before.stored_bytes < 2_100

    await shelf.put(replace(grown, alerts={one: alert for one, alert in grown.alerts.items() if one != name}))
    assert (await size(shelf.engine)).stored_bytes < before.stored_bytes


@pytest.mark.parametrize("kind", ["alerts", "groups", "stored_bytes"])
@tries("alerts of a tenant that fire", "alert groups of a tenant", "what a tenant keeps in Redis")
async def test_what_would_exceed_the_caps_is_not_stored(shelf: Shelf, kind: str, beyond: int) -> None:
    one, fits = write(AlertGroup(key_of()), waiting(alerts=3)), beyond <= 0
    await shelf.engine.activate(BETA)
    await store(shelf.groups, [replace(one, tenant=BETA)])
    [needed] = await shelf.engine.memory.sizes([BETA])
    caps: dict[str, int] = {kind: getattr(needed, kind) - beyond}

    answer = await store(shelf.groups, [replace(one, caps=replace(MANY, **caps))])

    assert answer == [ApplyResult.OK if fits else ApplyResult.FULL]
    assert (await size(shelf.engine)).alerts == (3 if fits else 0)
    assert (await shelf.groups.load(ACME, [key_of().group_id])) != [None] or not fits


async def test_what_grows_nothing_is_stored_beyond_the_caps(shelf: Shelf) -> None:
    stored = await shelf.put(waiting(alerts=3))
    fewer = replace(stored, firing=1, alerts={})

    none = Caps(0, 0, 0)
    assert await store(shelf.groups, [replace(write(stored, fewer), caps=none)]) == [ApplyResult.OK]
    assert (await size(shelf.engine)).alerts == 1


async def test_of_two_that_race_for_the_last_place_one_gets_it(shelf: Shelf) -> None:
    caps = replace(MANY, groups=1)
    both = [replace(write(AlertGroup(key_of(name)), waiting(name)), caps=caps) for name in "AB"]

    answers = await asyncio.gather(*(store(shelf.groups, [one]) for one in both))

    assert sorted(answer for [answer] in answers) == [ApplyResult.FULL, ApplyResult.OK]
    assert (await size(shelf.engine)).groups == 1


async def test_a_transition_that_lost_its_race_is_not_counted(shelf: Shelf) -> None:
    await shelf.put(waiting(alerts=3))
    before = await size(shelf.engine)

    again = write(AlertGroup(key_of()), waiting(alerts=5))
    assert await store(shelf.groups, [again]) == [ApplyResult.CONFLICT]

    assert await size(shelf.engine) == before


async def test_what_has_expired_is_counted_no_longer(shelf: Shelf) -> None:
    if not isinstance(shelf.engine, OnRedis):
        pytest.skip("expires by the engine's own clock")
    await shelf.put(waiting("B"))
    alone = await size(shelf.engine)
    first = waiting("A", alerts=3)
    assert await store(shelf.groups, [write(AlertGroup(key_of("A")), first)]) == [ApplyResult.OK]
    stored = await shelf.stored(key_of("A").group_id)
    gone = write(stored, replace(closed(stored), alerts={}), keep=Span(20 * MILLISECOND))
    assert await store(shelf.groups, [gone]) == [ApplyResult.OK]

    async def expired() -> bool:
        return await shelf.groups.load(ACME, [key_of("A").group_id]) == [None]

    async def counted_alone() -> bool:
        stored = await shelf.stored(key_of("B").group_id)
        await store(shelf.groups, [write(stored, stored)])
        now = await size(shelf.engine)
        return (now.groups, now.alerts) == (1, 1) and abs(now.stored_bytes - alone.stored_bytes) < 10

    await eventually(expired)
    await eventually(counted_alone)


async def test_a_group_of_an_earlier_program_is_counted_with_its_next_transition(shelf: Shelf) -> None:
    if not isinstance(shelf.engine, OnRedis):
        pytest.skip("there is no earlier program in memory")
    stored = await shelf.put(waiting(alerts=3))
    counted = await size(shelf.engine)
    await shelf.engine._raw.delete("alert-router:{acme}:size")
    await shelf.engine._raw.hdel(f"alert-router:{{acme}}:g:{key_of().group_id}", "size")

    await shelf.put(stored)

    assert await size(shelf.engine) == counted
