"""Alert groups of a sealed tenant: nothing of them can be read in Redis, and they are what they were."""

from typing import Any

import pytest

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.core.model.group import AlertGroup
from router.ports.state import UnknownForm
from tests.adapters.builders import ACME, BETA, key_of, store, waiting, write
from tests.fakes.keys import FakeStoredKeys
from tests.roles.sealing import a_keyring

ID = key_of().group_id


@pytest.fixture(autouse=True)
async def _active(raw: Any) -> None:
    """Both tenants are there."""
    for tenant in (ACME, BETA):
        await raw.set(keys.tenant_key(tenant, "epoch"), "1")
        await raw.set(keys.tenant_key(tenant, "active"), "3")


async def values(redis: Connection, raw: Any) -> dict[str, str]:
    return dict(await raw.hgetall(keys.group_key(ACME, ID)))


async def a_store(redis: Connection, stored: FakeStoredKeys, *sealed: Any) -> GroupStore:
    return GroupStore(redis, await a_keyring(stored, sealed))


async def test_all_but_form_and_revision_is_sealed_and_comes_back(redis: Connection, raw: Any) -> None:
    groups, group = await a_store(redis, FakeStoredKeys(), ACME), waiting()
    assert await store(groups, [write(AlertGroup(group.key), group)]) == ["ok"]

    stored = await values(redis, raw)
    assert {name for name, text in stored.items() if not text.startswith("!")} == {"v", "rev", "size"}
    [found] = await groups.load(ACME, [ID])
    assert isinstance(found, AlertGroup)
    assert (found.key, found.alerts) == (group.key, group.alerts)


async def test_of_others_the_same_bytes_are_stored_as_without_keys(redis: Connection, raw: Any) -> None:
    group = waiting()
    await store(await a_store(redis, FakeStoredKeys(), BETA), [write(AlertGroup(group.key), group)])
    with_keys = await values(redis, raw)
    await raw.delete(keys.group_key(ACME, ID))
    await store(GroupStore(redis), [write(AlertGroup(group.key), group)])

    assert await values(redis, raw) == with_keys


async def test_a_group_that_was_stored_in_clear_is_read_on_and_sealed_as_it_changes(
    redis: Connection, raw: Any
) -> None:
    group = waiting()
    await store(GroupStore(redis), [write(AlertGroup(group.key), group)])
    groups = await a_store(redis, FakeStoredKeys(), ACME)
    [found] = await groups.load(ACME, [ID])
    assert isinstance(found, AlertGroup)
    await store(groups, [write(found, found)])

    assert (await values(redis, raw))["head"].startswith("!")
    [again] = await groups.load(ACME, [ID])
    assert isinstance(again, AlertGroup)
    assert again.alerts == group.alerts


async def test_fields_that_are_moved_to_another_place_are_not_read(redis: Connection, raw: Any) -> None:
    groups, group = await a_store(redis, FakeStoredKeys(), ACME, BETA), waiting()
    await store(groups, [write(AlertGroup(group.key), group)])
    stored = await values(redis, raw)
    await raw.hset(keys.group_key(BETA, ID), mapping=stored)
    first, *_ = [name for name in stored if name.startswith("a:")]
    await raw.hset(keys.group_key(ACME, ID), "head", stored[first])

    assert await groups.load(BETA, [ID]) == [UnknownForm(ID, "3, undecipherable")]
    assert await groups.load(ACME, [ID]) == [UnknownForm(ID, "3, undecipherable")]


async def test_without_keys_or_with_destroyed_ones_a_group_is_left_as_it_is(redis: Connection, raw: Any) -> None:
    stored = FakeStoredKeys()
    groups, group = await a_store(redis, stored, ACME), waiting()
    await store(groups, [write(AlertGroup(group.key), group)])
    before = await values(redis, raw)
    stored.rows[ACME] = dict.fromkeys(stored.rows[ACME], "")

    assert await GroupStore(redis).load(ACME, [ID]) == [UnknownForm(ID, "3, sealed")]
    assert await groups.load(ACME, [ID]) == [UnknownForm(ID, "3, destroyed")]
    assert await values(redis, raw) == before
