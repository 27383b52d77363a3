"""Tenants' wrapped keys are replaced whole, and only by who has seen what is there."""

from router.core.seal.envelope import KeyId, KeyPurpose
from tests.adapters.builders import ACME, BETA
from tests.contracts.engines import Engine

OLD, NEW = KeyId(KeyPurpose.PAYLOAD, 1), KeyId(KeyPurpose.STATE, 2)


async def test_what_was_stored_is_there_for_its_tenant_alone(engine: Engine) -> None:
    assert await engine.keys.replace(ACME, {}, {OLD: "a", NEW: "b"})

    assert await engine.keys.of(ACME) == {OLD: "a", NEW: "b"}
    assert await engine.keys.of(BETA) == {}
    assert await engine.keys.tenants() == [ACME]


async def test_a_destroyed_key_is_an_entry_and_one_that_is_left_out_goes(engine: Engine) -> None:
    await engine.keys.replace(ACME, {}, {OLD: "a", NEW: "b"})

    assert await engine.keys.replace(ACME, {OLD: "a", NEW: "b"}, {OLD: ""})
    assert await engine.keys.of(ACME) == {OLD: ""}


async def test_who_has_not_seen_what_is_there_changes_nothing(engine: Engine) -> None:
    await engine.keys.replace(ACME, {}, {OLD: "a"})

    assert not await engine.keys.replace(ACME, {}, {NEW: "b"})
    assert await engine.keys.of(ACME) == {OLD: "a"}


async def test_what_is_put_stands_beside_the_rest_or_in_its_place(engine: Engine) -> None:
    before, more = {OLD: "a"}, {OLD: "", NEW: "b"}
    await engine.keys.replace(ACME, {}, before)
    await engine.keys.put(ACME, more)

    assert await engine.keys.of(ACME) == more
    assert await engine.keys.of(BETA) == {}
