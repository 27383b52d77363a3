"""Tokens of senders: two live ones a tenant whatever happens at once, and a gateway that forgets a revoked one."""

import asyncio
import json
from itertools import count
from typing import Any

import pytest

from router.adapters.redis import tokens as stored_tokens
from router.adapters.redis.connection import Connection
from router.adapters.redis.generation import RedisGenerations
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, SECOND
from router.core.model.token import token_digest, token_id
from router.ports.generation import Generation
from router.roles.gateway.authenticate import SenderTokens
from tests.adapters.builders import ACME, BETA, new_token
from tests.waiting import eventually

TOKENS = "alert-router:{:index}:tokens"


@pytest.fixture
async def tokens(redis: Connection) -> TokenRepository:
    await RedisGenerations(redis).begin(Generation("first", NEVER))
    return TokenRepository(redis)


async def test_of_many_added_at_once_a_tenant_gets_as_many_as_it_may_have(tokens: TokenRepository) -> None:
    digests = [str(number) for number in range(6)]

    added = await asyncio.gather(*(tokens.add(ACME, digest, at_most=2) for digest in digests))

    assert sorted(added) == [False] * 4 + [True] * 2
    assert await tokens.all() == {digest: ACME for digest, done in zip(digests, added, strict=True) if done}


async def test_tenants_do_not_take_each_others_tokens_away(tokens: TokenRepository) -> None:
    names = [TenantId(f"t{number}") for number in range(4)]

    await asyncio.gather(*(new_token(tokens, name) for name in names for _ in range(2)))

    assert sorted((await tokens.all()).values()) == sorted(names * 2)


async def test_a_token_is_kept_with_its_tenant_its_time_and_a_version(
    tokens: TokenRepository, redis: Connection, raw: Any
) -> None:
    before = await redis.now()
    token = await new_token(tokens, ACME)

    stored = json.loads(await raw.hget(TOKENS, token_digest(token)))
    [live] = await tokens.live(ACME)
    assert stored.keys() == {"v", "tenant", "created_at"}
    assert (stored["v"], stored["tenant"]) == (1, "acme")
    assert live.id == token_id(token) == token_digest(token)[:8]
    assert before <= live.created_at <= before + 60 * SECOND


async def test_tokens_are_listed_oldest_first_and_each_tenants_apart(tokens: TokenRepository) -> None:
    first, _, last = await new_token(tokens, ACME), await new_token(tokens, BETA), await new_token(tokens, ACME)

    assert [live.id for live in await tokens.live(ACME)] == [token_id(first), token_id(last)]
    assert await tokens.live(TenantId("nobody")) == []


async def test_a_value_of_the_first_version_is_still_a_token_and_counts(tokens: TokenRepository, raw: Any) -> None:
    await raw.hset(TOKENS, mapping={token_digest("old"): "acme", token_digest("older"): "acme"})

    assert await tokens.tenant_of(token_digest("old")) == ACME
    assert await tokens.all() == {token_digest("old"): ACME, token_digest("older"): ACME}
    assert {live.created_at for live in await tokens.live(ACME)} == {NEVER}
    assert not await tokens.add(ACME, token_digest("new"), at_most=2)


async def test_a_value_of_a_later_version_is_a_token_of_the_tenant_it_names(
    tokens: TokenRepository, raw: Any
) -> None:
    await raw.hset(TOKENS, token_digest("new"), json.dumps({"v": 2, "tenant": "acme", "scopes": ["post"]}))

    assert await tokens.tenant_of(token_digest("new")) == ACME
    assert [live.created_at for live in await tokens.live(ACME)] == [NEVER]


@pytest.mark.parametrize("value", ["{", "{}", '{"tenant": 5}', '{"tenant": null, "created_at": "x"}'])
async def test_a_value_that_cannot_be_read_is_nobodys_token_and_hides_no_other(
    tokens: TokenRepository, raw: Any, value: str
) -> None:
    await raw.hset(TOKENS, token_digest("broken"), value)
    token = await new_token(tokens, ACME)

    assert await tokens.tenant_of(token_digest("broken")) is None
    assert await tokens.all() == {token_digest(token): ACME}


async def test_a_revoked_token_is_gone_and_only_that_one(tokens: TokenRepository) -> None:
    kept, revoked, theirs = (
        await new_token(tokens, ACME),
        await new_token(tokens, ACME),
        await new_token(tokens, BETA),
    )

    assert await tokens.revoke(ACME, token_id(revoked))

    assert await tokens.all() == {token_digest(kept): ACME, token_digest(theirs): BETA}
    assert not await tokens.revoke(ACME, token_id(revoked))
    assert not await tokens.revoke(ACME, token_id(theirs))
    assert not await tokens.revoke(ACME, "")


async def test_a_gateway_takes_a_new_token_at_once_and_forgets_a_revoked_one_within_seconds(
    tokens: TokenRepository, redis: Connection
) -> None:
    await TenantRepository(redis).publish(ACME, "{}")
    senders = SenderTokens(tokens)
    await senders.load()
    watching = asyncio.create_task(senders.watch())
    try:
        token = await new_token(tokens, ACME)
        assert await senders.tenant_of(token) == ACME
        await senders.load()
        await tokens.revoke(ACME, token_id(token))

        async def forgotten() -> bool:
            return await senders.tenant_of(token) is None

        await eventually(forgotten, within_s=3)
    finally:
        watching.cancel()


async def test_a_gateway_follows_what_is_announced_and_reads_all_only_where_it_must(
    tokens: TokenRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_tokens, "REMEMBERED", 3)
    senders, copies, copy = SenderTokens(tokens), count(), tokens.all

    async def counted() -> dict[str, TenantId]:
        next(copies)
        return await copy()

    monkeypatch.setattr(tokens, "all", counted)
    first = await new_token(tokens, ACME)
    await senders.load()
    second = await new_token(tokens, ACME)
    assert await tokens.revoke(ACME, token_id(first))
    await senders.load()
    assert (await senders.tenant_of(first), set(senders._tenants)) == (None, {token_digest(second)})
    assert next(copies) == 1

    many = [await new_token(tokens, TenantId(f"t{number}")) for number in range(5)]
    await senders.load()

    assert set(senders._tenants) == {token_digest(one) for one in (second, *many)}
    assert next(copies) == 3, "more than is remembered"


async def test_what_a_release_without_announcements_revokes_is_found_as_well(
    tokens: TokenRepository, raw: Any
) -> None:
    token, _ = await new_token(tokens, ACME), await new_token(tokens, BETA)
    senders = SenderTokens(tokens)
    await raw.hset(TOKENS, "damaged", "{")
    await senders.load()
    await raw.hdel(TOKENS, token_digest(token))

    await senders.load()

    assert await senders.tenant_of(token) is None
