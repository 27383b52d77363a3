"""Alert groups of a sealed tenant: nothing of them can be read in Redis, and they are what they were."""

from typing import Any

import pytest

from router.adapters.redis import keys
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.plan import share_place
from router.adapters.redis.resealing import RedisSealedValues
from router.adapters.redis.sealed import SealedTexts
from router.core.model.group import AlertGroup
from router.core.seal.envelope import KeyPurpose
from router.core.seal.epochs import current, next_keys
from router.ports.state import UnknownForm
from tests.adapters.builders import ACME, BETA, key_of, store, waiting, write
from tests.fakes.keys import FakeKeyService, FakeStoredKeys
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
    assert {name for name, text in stored.items() if not text.startswith("!")} == {"v", "rev", "n", "size"}
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
    assert ([one async for one in groups.everything(ACME)], await groups.unread(ACME)) == ([], 1)
    assert await values(redis, raw) == before


async def rotated(stored: FakeStoredKeys) -> None:
    """Give the tenant its next keys."""
    before = stored.rows[ACME]
    made = next_keys(before, KeyPurpose, stored.at)
    new = {key: await FakeKeyService().wrap(ACME, key, b"n" * 32) for key in made}
    assert await stored.replace(ACME, before, {**before, **new})


async def test_what_an_alert_that_goes_on_unchanged_has_stays_with_the_key_that_sealed_it(redis: Connection) -> None:
    stored = FakeStoredKeys()
    groups, group = await a_store(redis, stored, ACME), waiting()
    await store(groups, [write(AlertGroup(group.key), group)])
    await rotated(stored)
    [found] = await groups.load(ACME, [ID])
    assert isinstance(found, AlertGroup)
    await store(groups, [write(found, found)])

    counted = await RedisSealedValues(redis).counted(ACME)
    assert {key.epoch for key in counted} == {key.epoch for key in stored.rows[ACME]}


async def test_what_is_sealed_again_is_as_long_and_means_the_same(redis: Connection, raw: Any) -> None:
    stored = FakeStoredKeys()
    keyring = await a_keyring(stored)
    groups, group = GroupStore(redis, keyring), waiting()
    await store(groups, [write(AlertGroup(group.key), group)])
    before, first = await values(redis, raw), await groups.load(ACME, [ID])
    await rotated(stored)
    sealed, newest = RedisSealedValues(redis), current(stored.rows[ACME])[KeyPurpose.STATE]

    assert await sealed.reseal(ACME, newest, await keyring.keys(ACME)) == len(before) - 4
    assert set(await sealed.counted(ACME)) == {newest}
    after = await values(redis, raw)
    assert {name: len(text) for name, text in after.items()} == {name: len(text) for name, text in before.items()}
    assert await groups.load(ACME, [ID]) == first
    assert await sealed.reseal(ACME, newest, await keyring.keys(ACME)) == 0
    assert await values(redis, raw) == after


async def test_what_a_digest_counts_is_sealed_again_where_it_stands(redis: Connection, raw: Any) -> None:
    stored = FakeStoredKeys()
    keyring = await a_keyring(stored)
    texts = SealedTexts(await keyring.keys(ACME))
    key = keys.shares_key(ACME, ID, 7)
    await raw.hset(key, ID, texts.seal(share_place(ID), "a share"))
    await raw.hset(key, "clear", "in clear")
    await raw.expire(key, 60)
    await rotated(stored)
    newest = current(stored.rows[ACME])[KeyPurpose.STATE]

    assert await RedisSealedValues(redis).reseal(ACME, newest, await keyring.keys(ACME)) == 1
    found = await raw.hgetall(key)
    assert SealedTexts(await keyring.keys(ACME)).open(share_place(ID), found[ID]) == "a share"
    assert found["clear"] == "in clear"


async def test_nothing_of_another_tenant_is_touched(redis: Connection, raw: Any) -> None:
    stored = FakeStoredKeys()
    keyring = await a_keyring(stored, (ACME, BETA))
    groups, group = GroupStore(redis, keyring), waiting()
    await store(groups, [write(AlertGroup(group.key), group)])
    before = await values(redis, raw)
    newest = current(stored.rows[BETA])[KeyPurpose.STATE]

    assert await RedisSealedValues(redis).reseal(BETA, newest, await keyring.keys(BETA)) == 0
    assert await values(redis, raw) == before
