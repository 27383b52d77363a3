"""An old secret that somebody puts back into Redis does not open: neither alone, nor as it was with all around it."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from router.adapters.crypto.sealing import Sealer
from router.adapters.redis.connection import Connection
from router.adapters.redis.secrets import SecretRepository
from router.control.secrets import SecretStore
from router.core.model.alert import TenantId
from router.core.model.rules.names import SecretName
from router.errors import SecretNotFoundError
from tests.adapters.builders import ACME, BETA
from tests.adapters.test_sealing import NEW, OLD

SLACK, OTHER = SecretName("slack"), SecretName("other")
KEY, MANIFEST = "alert-router:{acme}:secrets", ":manifest"
PUT_BACK = "not the one that was set last"


@pytest.fixture
async def texts(redis: Connection, raw: Any) -> AsyncIterator[SecretRepository]:
    """The repository; what it has stored is removed, since secrets have no TTL."""
    repository = SecretRepository(redis)
    yield repository
    for tenant in await repository.tenants():
        await raw.delete(f"alert-router:{{{tenant}}}:secrets")


def store_of(texts: SecretRepository, *keys: bytes) -> SecretStore:
    """As a process that was just started has it."""
    return SecretStore(texts, Sealer(keys or [NEW]))


def sealed_by_an_earlier_release(value: str, tenant: TenantId = ACME, name: SecretName = SLACK) -> str:
    nonce = b"n" * 12
    body = nonce + AESGCM(NEW).encrypt(nonce, value.encode(), f"{tenant}|{name}|v1".encode())
    return f"v1:{Sealer([NEW]).newest}:{base64.b64encode(body).decode()}"


async def test_an_old_secret_that_is_put_back_does_not_open_and_a_victim_beside_it_is_served(
    texts: SecretRepository, raw: Any
) -> None:
    store = store_of(texts)
    for tenant in (ACME, BETA):
        await store.put(tenant, SLACK, "first")
    old = await raw.hget(KEY, "slack")
    await store.put(ACME, SLACK, "second")
    await raw.hset(KEY, "slack", old)

    for one in (store, store_of(texts)):
        with pytest.raises(SecretNotFoundError, match=PUT_BACK) as caught:
            await one.find(ACME, SLACK)
        assert "first" not in str(caught.value)
        assert await one.find(BETA, SLACK) == "first"

    await store.put(ACME, SLACK, "third")
    assert await store_of(texts).find(ACME, SLACK) == "third"


async def test_all_of_an_older_moment_put_back_does_not_open_where_a_newer_one_was_seen(
    texts: SecretRepository, raw: Any
) -> None:
    store = store_of(texts)
    await store.put(ACME, OTHER, "same")
    await store.put(ACME, SLACK, "first")
    before = await raw.hgetall(KEY)
    await store.put(ACME, SLACK, "second")
    assert await store.find(ACME, SLACK) == "second"

    await raw.hset(KEY, mapping=before)

    with pytest.raises(SecretNotFoundError, match=PUT_BACK):
        await store.find(ACME, SLACK)
    assert await store.find(ACME, OTHER) == "same", "it was not changed since"
    assert await store_of(texts).find(ACME, SLACK) == "first", "a new process cannot know"


async def test_a_secret_that_was_removed_does_not_come_back(texts: SecretRepository, raw: Any) -> None:
    store = store_of(texts)
    await store.put(ACME, SLACK, "removed")
    old = await raw.hget(KEY, "slack")
    assert await store.remove(ACME, SLACK)
    assert not await store.remove(ACME, SLACK)
    await raw.hset(KEY, "slack", old)

    with pytest.raises(SecretNotFoundError, match=PUT_BACK):
        await store_of(texts).find(ACME, SLACK)


async def test_what_an_earlier_release_has_sealed_opens_until_it_is_set_again(
    texts: SecretRepository, raw: Any
) -> None:
    old = sealed_by_an_earlier_release("old")
    await raw.hset(KEY, "slack", old)
    store = store_of(texts)
    await store.put(ACME, OTHER, "beside")
    assert await store.find(ACME, SLACK) == "old"

    await store.put(ACME, SLACK, "new")
    await raw.hset(KEY, "slack", old)

    with pytest.raises(SecretNotFoundError, match=PUT_BACK):
        await store_of(texts).find(ACME, SLACK)


async def test_rotation_brings_what_an_earlier_release_has_sealed_under_a_version(
    texts: SecretRepository, raw: Any
) -> None:
    old = sealed_by_an_earlier_release("same")
    await raw.hset(KEY, "slack", old)

    rotation = await store_of(texts).rotate()

    assert (rotation.rotated, rotation.unchanged, rotation.failed) == (1, 0, ())
    assert await store_of(texts).find(ACME, SLACK) == "same"
    await raw.hset(KEY, "slack", old)
    with pytest.raises(SecretNotFoundError, match=PUT_BACK):
        await store_of(texts).find(ACME, SLACK)


async def test_rotation_makes_nothing_good_that_was_put_back(texts: SecretRepository, raw: Any) -> None:
    store = store_of(texts, OLD)
    await store.put(ACME, SLACK, "first")
    old = await raw.hget(KEY, "slack")
    await store.put(ACME, SLACK, "second")
    await raw.hset(KEY, "slack", old)

    rotation = await store_of(texts, NEW, OLD).rotate()

    assert rotation.rotated == 0
    assert PUT_BACK in rotation.failed[0]
    with pytest.raises(SecretNotFoundError, match=PUT_BACK):
        await store_of(texts, NEW, OLD).find(ACME, SLACK)


@pytest.mark.parametrize("spoilt", ["", "m1:nothing", "of beta"])
async def test_without_its_manifest_a_secret_does_not_open_but_where_it_was_seen(
    texts: SecretRepository, raw: Any, spoilt: str
) -> None:
    seen = store_of(texts)
    for tenant in (ACME, BETA):
        await seen.put(tenant, SLACK, "value")
        await seen.find(tenant, SLACK)
    theirs = await raw.hget("alert-router:{beta}:secrets", MANIFEST)
    if spoilt:
        await raw.hset(KEY, MANIFEST, theirs if spoilt == "of beta" else spoilt)
    else:
        await raw.hdel(KEY, MANIFEST)

    with pytest.raises(SecretNotFoundError):
        await store_of(texts).find(ACME, SLACK)
    assert await seen.find(ACME, SLACK) == "value"


async def test_where_the_manifest_does_not_open_nothing_is_listed_in_its_place_while_there_are_others(
    texts: SecretRepository, raw: Any
) -> None:
    lost = store_of(texts, OLD)
    for name in (SLACK, OTHER):
        await lost.put(ACME, name, "lost")

    store = store_of(texts, NEW)
    with pytest.raises(SecretNotFoundError, match="add that key or set it again"):
        await store.put(ACME, SLACK, "new")

    assert await store.remove(ACME, OTHER)
    await store.put(ACME, SLACK, "new")
    assert await store_of(texts, NEW).find(ACME, SLACK) == "new"


async def test_without_a_key_a_secret_can_be_removed_and_the_others_open_on(texts: SecretRepository) -> None:
    store = store_of(texts)
    for name in (SLACK, OTHER):
        await store.put(ACME, name, name)

    assert await SecretStore(texts, None).remove(ACME, OTHER)

    assert await store_of(texts).names(ACME) == [SLACK]
    assert await store_of(texts).find(ACME, SLACK) == "slack"


async def test_two_who_set_secrets_at_once_both_have_done_so(texts: SecretRepository) -> None:
    await asyncio.gather(*(store_of(texts).put(ACME, name, name) for name in (SLACK, OTHER)))

    assert [await store_of(texts).find(ACME, name) for name in (SLACK, OTHER)] == ["slack", "other"]
