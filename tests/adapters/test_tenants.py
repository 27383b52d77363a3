"""Tenants' configurations, tokens and workspaces: versions, what is new, and that no secret is stored."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from alert_router_local.process import Engine
from redis.asyncio import Redis

from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.generation import RedisGenerations
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.core.model.token import token_digest
from router.errors import ChangedMeanwhileError, OperationError, UnavailableError
from router.ports.generation import Generation
from router.ports.tenants import ActiveDocument
from tests.adapters.builders import ACME, BETA, new_token
from tests.adapters.proxy import connected, proxied
from tests.conftest import url_of


@pytest.fixture
async def tenants(redis: Connection) -> TenantRepository:
    await RedisGenerations(redis).begin(Generation("first", NEVER))
    return TenantRepository(redis)


@pytest.fixture
def tokens(redis: Connection) -> TokenRepository:
    return TokenRepository(redis)


async def test_the_last_twenty_versions_are_kept(tenants: TenantRepository, raw: Any) -> None:
    for number in range(1, 26):
        await tenants.publish(ACME, f"document {number}")

    kept = [int(key.rsplit(":", 1)[1]) async for key in raw.scan_iter(match="*:config:*", count=1000)]
    assert sorted(kept) == list(range(6, 26))


async def test_the_epoch_is_set_once(tenants: TenantRepository, raw: Any) -> None:
    await tenants.publish(ACME, "a")
    first = await raw.get("alert-router:{acme}:epoch")
    await tenants.publish(ACME, "b")

    assert first is not None
    assert await raw.get("alert-router:{acme}:epoch") == first


async def test_a_lost_epoch_is_set_again_by_applying_the_same_document(tenants: TenantRepository, raw: Any) -> None:
    await tenants.publish(ACME, "a")
    await raw.delete("alert-router:{acme}:epoch")

    await tenants.publish(ACME, "a")

    assert await raw.exists("alert-router:{acme}:epoch")


async def test_of_concurrent_changes_all_are_kept_and_the_last_is_active(tenants: TenantRepository) -> None:
    versions = await asyncio.gather(*(tenants.publish(ACME, f"document {number}") for number in range(8)))

    assert sorted(versions) == list(range(1, 9))
    active = await tenants.active(ACME)
    assert active is not None
    assert active == ActiveDocument(ACME, 8, f"document {versions.index(8)}")


class _Overtaken(TenantRepository):
    """Somebody publishes once it was seen which version is active."""

    async def _active_number(self, tenant: TenantId) -> int:
        seen = await super()._active_number(tenant)
        await self.publish(tenant, f"after {seen}")
        return seen


async def test_a_version_that_comes_in_between_is_not_removed_and_does_not_count_as_that(
    tenants: TenantRepository, redis: Connection
) -> None:
    await tenants.publish(ACME, "a")
    with pytest.raises(ChangedMeanwhileError, match="version 2 is active"):
        await _Overtaken(redis).remove(ACME, 1)
    assert await tenants.active(ACME) == ActiveDocument(ACME, 2, "after 1")
    assert await tenants.listed() == [ACME]


async def test_who_is_overtaken_too_often_is_shown_so_in_our_own_words(tenants: TenantRepository) -> None:
    results = await asyncio.gather(
        *(tenants.publish(ACME, f"document {number}") for number in range(30)), return_exceptions=True
    )

    published = [version for version in results if isinstance(version, int)]
    assert sorted(published) == list(range(1, len(published) + 1))
    assert {type(error) for error in results if not isinstance(error, int)} <= {UnavailableError}


async def test_a_reader_learns_of_every_change_however_many_happen_at_once(tenants: TenantRepository) -> None:
    """Numbers must appear in order: one that comes late would never be seen."""
    names = [TenantId(f"t{number}") for number in range(60)]
    seen: set[TenantId] = set()
    number = 0
    publishing = asyncio.gather(*(tenants.publish(name, "a") for name in names))
    done = False
    while not done:
        done = publishing.done()
        changed, number = await tenants.changed_since(number)
        seen.update(changed)
    await publishing

    assert sorted(seen) == sorted(names)


@pytest.mark.parametrize("lost", [b"EXEC", b"EVALSHA"])
async def test_a_change_whose_confirmation_was_lost_is_announced_when_it_is_applied_again(
    valkey: Engine, lost: bytes
) -> None:
    async with connected(url_of(valkey)) as direct:
        await direct.ask(COMMANDS.flushall())
        await RedisGenerations(direct).begin(Generation("first", NEVER))
        tenants = TenantRepository(direct)
        await tenants.publish(ACME, "a")
        _, number = await tenants.changed_since(0)
        async with proxied(valkey.port, drop_after=lost) as proxy, connected(proxy.url) as shaky:
            with suppress(UnavailableError):
                await TenantRepository(shaky).publish(ACME, "b")
            assert proxy.seen(lost)

        version = await tenants.publish(ACME, "b")

        assert await tenants.active(ACME) == ActiveDocument(ACME, version, "b")
        assert (await tenants.changed_since(number))[0] == [ACME]


async def test_only_digests_of_tokens_are_stored(tokens: TokenRepository, redis_url: str) -> None:
    token = await new_token(tokens, ACME)

    client: Any
    async with Redis.from_url(redis_url) as client:
        pieces: list[bytes] = []
        async for key in client.scan_iter():
            pieces += [key, *await _parts(client, key)]
    everything = b"\n".join(pieces)
    assert token_digest(token).encode() in everything
    assert token.encode() not in everything
    assert token.removeprefix("ar_").encode() not in everything


async def _parts(client: Any, key: bytes) -> list[bytes]:
    """All that is in a key, whatever it is."""
    match await client.type(key):
        case b"hash":
            return [part for pair in (await client.hgetall(key)).items() for part in pair]
        case b"zset":
            members: list[bytes] = await client.zrange(key, 0, -1)
            return members
        case _:
            return [await client.get(key)]


async def test_versions_are_kept_with_their_times_the_active_one_first(
    tenants: TenantRepository, redis: Connection
) -> None:
    before = await redis.now()
    for text in ("a", "b", "b", "c"):
        await tenants.publish(ACME, text)
    then = await redis.now()

    kept = await tenants.versions(ACME)

    assert [(one.version, one.text, one.active) for one in kept] == [
        (3, "c", True), (2, "b", False), (1, "a", False)
    ]  # fmt: skip
    assert before <= kept[2].applied_at <= kept[1].applied_at <= kept[0].applied_at <= then
    assert await tenants.versions(BETA) == []


@pytest.mark.parametrize("beside", ["applied", "provenance"])
async def test_of_versions_that_are_gone_nothing_is_left(tenants: TenantRepository, raw: Any, beside: str) -> None:
    for number in range(1, 26):
        await tenants.publish(ACME, f"document {number}")

    assert [one.version for one in await tenants.versions(ACME)] == list(range(25, 5, -1))
    assert sorted(map(int, await raw.hkeys(f"alert-router:{{acme}}:{beside}"))) == list(range(6, 26))


async def test_a_version_from_before_times_and_authors_were_kept_has_none(
    tenants: TenantRepository, raw: Any
) -> None:
    await tenants.publish(ACME, "a")
    await raw.delete("alert-router:{acme}:applied", "alert-router:{acme}:provenance")

    [kept] = await tenants.versions(ACME)

    assert (kept.text, kept.applied_at, kept.recorded, kept.altered) == ("a", NEVER, None, False)


@pytest.mark.parametrize("row", ["", "{", "[]", "null", '{"v":2}', '{"v":1,"part":"all"}', "[" * 100_000])
async def test_where_a_version_comes_from_is_unknown_where_it_cannot_be_read(
    tenants: TenantRepository, raw: Any, row: str
) -> None:
    await tenants.publish(ACME, "a")
    await raw.hset("alert-router:{acme}:provenance", "1", row)

    [kept] = await tenants.versions(ACME)

    assert (kept.text, kept.recorded) == ("a", None)


async def test_a_document_that_somebody_changes_in_redis_shows_as_altered(
    tenants: TenantRepository, raw: Any
) -> None:
    await tenants.publish(ACME, "a")
    await raw.set("alert-router:{acme}:config:1", "b")

    [kept] = await tenants.versions(ACME)

    assert kept.altered


async def test_a_change_to_a_version_that_nobody_looked_at_is_refused(tenants: TenantRepository) -> None:
    assert await tenants.publish(ACME, "a", onto=0) == 1
    assert await tenants.publish(ACME, "b", onto=1) == 2

    with pytest.raises(OperationError, match="version 2 is active; try again"):
        await tenants.publish(ACME, "c", onto=1)

    assert await tenants.publish(ACME, "b", onto=1) == 2
    assert len(await tenants.versions(ACME)) == 2
