"""What a hold promises from the moment on in which it is stored: no call is claimed, and all else goes on."""

import json

import pytest

from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER
from router.ports.control import Everybody
from router.ports.generation import Generation
from router.ports.state import ApplyResult
from tests.adapters.builders import (
    ACME,
    BETA,
    EDITS,
    NOON,
    after,
    idle,
    key_of,
    queued,
    sending,
    store,
    waiting,
    write,
)
from tests.contracts.engines import Engine, OnRedis
from tests.schemas import assert_valid

LATER = TenantId("later")


@pytest.fixture
async def two(engine: Engine) -> Engine:
    await engine.generations.begin(Generation("first", NEVER))
    for tenant in (ACME, BETA):
        await engine.tenants.publish(tenant, "a")
    return engine


async def a_head(engine: Engine, tenant: TenantId = ACME, name: str = "A") -> AlertGroup:
    """A stored group in a lane."""
    new = queued(waiting(name))
    assert await store(engine.groups, [write(AlertGroup(key_of(name)), new, tenant=tenant)]) == [ApplyResult.OK]
    [stored] = await engine.groups.load(tenant, [new.key.group_id])
    assert isinstance(stored, AlertGroup)
    return stored


async def claim(engine: Engine, head: AlertGroup, tenant: TenantId = ACME) -> ApplyResult:
    [answer] = await store(engine.groups, [write(head, sending(head, after(30)), tenant=tenant)])
    return answer


async def test_of_a_suspended_tenant_no_call_is_claimed_and_nothing_is_stored(two: Engine) -> None:
    head, other = await a_head(two), await a_head(two, BETA)

    await two.tenants.suspend(ACME)

    assert await claim(two, head) is ApplyResult.HELD
    assert await two.groups.load(ACME, [head.key.group_id]) == [head]
    assert await claim(two, other, BETA) is ApplyResult.OK

    await two.tenants.resume(ACME)
    assert await claim(two, head) is ApplyResult.OK


async def test_on_hold_alerts_are_folded_and_calls_in_flight_are_settled(two: Engine) -> None:
    head = await a_head(two)
    assert await claim(two, head) is ApplyResult.OK
    [called] = await two.groups.load(ACME, [head.key.group_id])
    assert isinstance(called, AlertGroup)

    await two.holds.hold()

    assert await store(two.groups, [write(AlertGroup(key_of("B")), waiting("B"))]) == [ApplyResult.OK]
    later = sending(called, after(30))
    assert await store(two.groups, [write(called, later)]) == [ApplyResult.OK], "more of it was folded meanwhile"
    [called] = await two.groups.load(ACME, [head.key.group_id])
    assert isinstance(called, AlertGroup)
    assert await store(two.groups, [write(called, idle(called))]) == [ApplyResult.OK]


async def test_everybody_is_on_hold_and_released_together(two: Engine) -> None:
    assert await two.tenants.held_since() == NEVER

    assert await two.holds.hold() == Everybody(changed=True, tenants=2)

    since = await two.tenants.held_since()
    assert since >= NOON or since > 0
    assert await two.holds.hold() == Everybody(changed=False, tenants=2)
    assert await two.tenants.held_since() == since
    for tenant in (ACME, BETA):
        assert await claim(two, await a_head(two, tenant), tenant) is ApplyResult.HELD

    assert await two.holds.release() == Everybody(changed=True, tenants=2)
    assert await two.tenants.held_since() == NEVER
    for tenant in (ACME, BETA):
        assert await claim(two, await a_head(two, tenant, "B"), tenant) is ApplyResult.OK
    assert await two.holds.release() == Everybody(changed=False, tenants=2)


async def test_who_comes_while_everybody_is_on_hold_is_on_hold_until_then(two: Engine) -> None:
    await two.holds.hold()
    await two.tenants.publish(LATER, "a")

    assert await claim(two, await a_head(two, LATER), LATER) is ApplyResult.HELD

    await two.holds.release()
    assert await claim(two, await a_head(two, LATER, "B"), LATER) is ApplyResult.OK


async def test_who_is_suspended_stays_so_when_everybody_is_released(two: Engine) -> None:
    await two.tenants.suspend(ACME)
    await two.holds.hold()
    await two.holds.release()

    assert await claim(two, await a_head(two)) is ApplyResult.HELD

    await two.holds.hold()
    await two.tenants.resume(ACME)
    assert await claim(two, await a_head(two, ACME, "B")) is ApplyResult.HELD


async def test_an_edit_is_no_less_a_call(two: Engine) -> None:
    new = queued(waiting(), EDITS)
    assert await store(two.groups, [write(AlertGroup(key_of()), new)]) == [ApplyResult.OK]
    [head] = await two.groups.load(ACME, [new.key.group_id])
    assert isinstance(head, AlertGroup)
    await two.holds.hold()

    assert await claim(two, head) is ApplyResult.HELD


async def test_each_hold_and_release_that_is_news_is_an_event(two: Engine) -> None:
    if not isinstance(two, OnRedis):
        pytest.skip("the fake writes no such events")
    await two.tenants.suspend(ACME)
    await two.tenants.suspend(ACME)
    await two.holds.hold()
    await two.tenants.resume(ACME)
    await two.holds.release()
    await two.holds.release()

    entries = await two.outbox.read(ACME)

    events = [json.loads(one.event) for one in entries]
    for one in events:
        assert_valid("event", one)
    assert [(one["event"], one["reason"]) for one in events] == [
        ("sending_held", "tenant"),
        ("sending_held", "everybody"),
        ("sending_released", "tenant"),
        ("sending_released", "everybody"),
    ]
    assert {one.key for one in entries} == {"acme/"}
    assert len({one["id"] for one in events}) == 4
