"""With a key, nobody who can write Redis mints a token, moves one, or brings one under another key."""

import json
from typing import Any

import pytest
import structlog

from router.adapters.crypto.signing import SigningRing
from router.adapters.redis.connection import Connection
from router.adapters.redis.generation import RedisGenerations
from router.adapters.redis.signatures import Signatures, Unsigned
from router.adapters.redis.tokens import TokenRepository
from router.core.model.instant import NEVER
from router.core.model.token import token_digest, token_id
from router.http.problems import Problem
from router.ports.generation import Generation
from router.ports.signing import Standing, Untrusted
from router.roles.gateway.authenticate import Authentication, SenderTokens
from tests.adapters.builders import ACME, BETA, new_token
from tests.adapters.test_sealing import NEW, OLD

TOKENS = "alert-router:{:index}:tokens"
FORGED = token_digest("forged")


def signed(*keys: bytes, unsigned: Unsigned = Unsigned.REFUSE) -> Signatures:
    return Signatures(SigningRing(keys or [NEW]), unsigned)


@pytest.fixture
async def tokens(redis: Connection) -> TokenRepository:
    await RedisGenerations(redis).begin(Generation("first", NEVER))
    return TokenRepository(redis, signed())


async def status(senders: SenderTokens, token: str, tenant: Any = ACME) -> int:
    try:
        await Authentication(senders).check(tenant, f"Bearer {token}")
    except Problem as problem:
        return problem.status
    return 202


@pytest.mark.parametrize(
    "row", ["acme", '{"v":1,"tenant":"acme"}', '{"v":1,"tenant":"acme","signature":"v1:00000000:AAAA"}',
            '{"v":1,"tenant":"acme","signature":""}', '{"v":1,"tenant":"\\ud800"}', "[" * 100_000]
)  # fmt: skip
async def test_a_row_that_nobody_with_a_key_has_stored_is_nobodys_token_and_hides_no_other(
    tokens: TokenRepository, raw: Any, row: str
) -> None:
    await raw.hset(TOKENS, FORGED, row)
    good, senders = await new_token(tokens, BETA), SenderTokens(tokens)

    await senders.load()

    assert await status(senders, "forged") == 401
    assert await status(senders, good, BETA) == 202
    assert await tokens.tenant_of(FORGED) is None
    assert await tokens.all() == {token_digest(good): BETA}


async def test_a_token_that_is_moved_to_another_tenant_lets_nobody_in_there(
    tokens: TokenRepository, raw: Any
) -> None:
    theirs, mine = await new_token(tokens, ACME), await new_token(tokens, BETA)
    row = json.loads(await raw.hget(TOKENS, token_digest(theirs)))
    await raw.hset(TOKENS, token_digest(theirs), json.dumps({**row, "tenant": "beta"}))
    await raw.hset(TOKENS, FORGED, await raw.hget(TOKENS, token_digest(mine)))
    fresh = SenderTokens(tokens)
    await fresh.load()

    assert await status(fresh, theirs, BETA) == 401
    assert await status(fresh, "forged", BETA) == 401
    assert await status(fresh, mine, BETA) == 202


async def test_a_token_in_use_outlives_what_is_done_to_its_row_until_all_are_read_again(
    tokens: TokenRepository, raw: Any
) -> None:
    token, senders = await new_token(tokens, ACME), SenderTokens(tokens)
    await senders.load()
    row = json.loads(await raw.hget(TOKENS, token_digest(token)))
    await raw.hset(TOKENS, token_digest(token), json.dumps({**row, "tenant": "beta"}))
    await raw.zadd("alert-router:{:index}:token-changes", {token_digest(token): 10_000})

    await senders.load()

    assert (await status(senders, token), await status(senders, token, BETA)) == (202, 403)


async def test_a_revoked_token_that_is_put_back_lets_nobody_in_where_it_was_seen_to_be_revoked(
    tokens: TokenRepository, raw: Any
) -> None:
    token, kept = await new_token(tokens, ACME), await new_token(tokens, ACME)
    senders = SenderTokens(tokens)
    await senders.load()
    row = await raw.hget(TOKENS, token_digest(token))
    await tokens.revoke(ACME, token_id(token))
    await senders.load()

    await raw.hset(TOKENS, token_digest(token), row)
    await senders.load()

    assert (await status(senders, token), await status(senders, kept), senders.refused) == (401, 202, 1)
    fresh = SenderTokens(tokens)
    await fresh.load()
    assert await status(fresh, token) == 202, "a new process cannot know"


async def test_a_gateway_logs_and_shows_how_many_tokens_it_refuses_once(tokens: TokenRepository, raw: Any) -> None:
    senders = SenderTokens(tokens)
    await senders.load()
    with structlog.testing.capture_logs() as logs:
        await raw.hset(TOKENS, FORGED, '{"v":1,"tenant":"acme"}')
        for _ in range(3):
            await senders.load()

    assert [(one["event"], one["tokens"]) for one in logs] == [("tokens_refused", 1)]
    assert senders.refused == 1
    assert "forged" not in repr(logs)


async def test_forged_tokens_take_no_place_of_good_ones_and_are_listed_with_the_reason(
    tokens: TokenRepository, raw: Any
) -> None:
    await raw.hset(TOKENS, mapping={FORGED: '{"v":1,"tenant":"acme"}', token_digest("older"): "acme"})
    good = [await new_token(tokens, ACME) for _ in range(2)]

    live = {one.id: one.untrusted for one in await tokens.live(ACME)}

    assert live == {
        **dict.fromkeys((FORGED[:8], token_id("older")), Untrusted.UNSIGNED),
        **dict.fromkeys(map(token_id, good)),
    }
    assert await tokens.revoke(ACME, FORGED[:8])


async def test_signed_tokens_that_were_lost_come_back_signed(tokens: TokenRepository, raw: Any) -> None:
    await raw.hset(TOKENS, FORGED, '{"v":1,"tenant":"acme"}')
    token, senders = await new_token(tokens, ACME), SenderTokens(tokens)
    await senders.load()
    await raw.delete(TOKENS, "alert-router:{:index}:generation")
    await senders.load()
    await raw.set("alert-router:{:index}:generation", "second 0")

    await senders.load()

    assert await tokens.all() == {token_digest(token): ACME}
    assert await raw.hkeys(TOKENS) == [token_digest(token)]


async def test_what_is_stored_without_a_signature_is_taken_while_an_installation_changes_over(
    redis: Connection, raw: Any
) -> None:
    changing = TokenRepository(redis, signed(unsigned=Unsigned.ACCEPT))
    await raw.hset(TOKENS, mapping={token_digest("old"): "acme", FORGED: '{"tenant":"acme","signature":"v1:x:"}'})

    assert await changing.all() == {token_digest("old"): ACME}


async def test_a_program_without_a_key_reads_what_was_signed(tokens: TokenRepository, redis: Connection) -> None:
    token = await new_token(tokens, ACME)

    assert await TokenRepository(redis).tenant_of(token_digest(token)) == ACME


async def test_signing_makes_good_what_was_stored_before_there_was_a_key_and_gateways_follow(
    tokens: TokenRepository, redis: Connection, raw: Any
) -> None:
    old = await new_token(TokenRepository(redis), ACME)
    await raw.hset(TOKENS, FORGED, '{"tenant":"acme","signature":"v1:00000000:AAAA"}')
    senders = SenderTokens(tokens)
    await senders.load()
    assert (await status(senders, old), senders.can_judge) == (503, False), (
        "a key that is set too early loses nothing"
    )

    rows = [row async for row in tokens.signed_rows()]
    [unsigned] = [row for row in rows if row.standing is Standing.UNSIGNED]
    assert await tokens.sign(unsigned)
    await senders.load()

    assert {row.name: row.standing for row in rows} == {
        f"token {token_id(old)} of tenant 'acme'": Standing.UNSIGNED,
        f"token {FORGED[:8]} of tenant 'acme'": Standing.KEY_UNKNOWN,
    }
    assert (await status(senders, old), senders.refused, senders.can_judge) == (202, 1, True)
    assert not await tokens.sign(unsigned), "it was changed meanwhile"


async def test_with_a_new_key_tokens_are_signed_again_and_the_older_key_can_go(redis: Connection) -> None:
    before, between, after = (TokenRepository(redis, signed(*keys)) for keys in ([OLD], [NEW, OLD], [NEW]))
    token = await new_token(before, ACME)
    assert await after.tenant_of(token_digest(token)) is None

    rows = [row async for row in between.signed_rows()]
    assert [(row.standing, await between.sign(row)) for row in rows] == [(Standing.OLDER_KEY, True)]

    assert await after.tenant_of(token_digest(token)) == ACME
    assert [row.standing async for row in after.signed_rows()] == [Standing.SIGNED]
