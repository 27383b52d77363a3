"""Senders' tokens: made once, never stored themselves, two at most."""

import re

import pytest

from router.control.tokens import MAX_LIVE, TokenControl
from router.core.model.token import token_digest, token_id
from router.errors import OperationError
from tests.adapters.builders import ACME, BETA
from tests.bounds import tries
from tests.control.fakes import FakeTokens, FakeVersions


@pytest.fixture
def stored() -> FakeTokens:
    return FakeTokens()


@pytest.fixture
async def tokens(stored: FakeTokens) -> TokenControl:
    versions = FakeVersions()
    await versions.publish(ACME, "{}")
    return TokenControl(stored, versions)


async def test_a_token_is_long_random_and_stored_as_its_digest_alone(
    tokens: TokenControl, stored: FakeTokens
) -> None:
    made = [await tokens.create(ACME) for _ in range(MAX_LIVE)]

    assert len(set(made)) == MAX_LIVE
    assert all(re.fullmatch(r"ar_[\w-]{43}", token) for token in made)
    assert list(stored.owners) == [token_digest(token) for token in made]


@tries("live tokens of a tenant")
async def test_one_more_than_a_tenant_may_have_is_refused_with_the_way_out(
    tokens: TokenControl, stored: FakeTokens, beyond: int
) -> None:
    for _ in range(min(MAX_LIVE, MAX_LIVE + beyond)):
        await tokens.create(ACME)
    assert len(stored.owners) == min(MAX_LIVE, MAX_LIVE + beyond)
    if beyond <= 0:
        return

    with pytest.raises(OperationError) as caught:
        await tokens.create(ACME)

    assert caught.value.problem == "tenant 'acme' has 2 live tokens, the most it may have"
    assert "alert-router token revoke acme ID" in caught.value.remedy


@pytest.mark.parametrize("live", [MAX_LIVE - 1, MAX_LIVE])
async def test_a_rotation_revokes_the_oldest_where_there_is_no_room(
    tokens: TokenControl, stored: FakeTokens, live: int
) -> None:
    first, *_ = [await tokens.create(ACME) for _ in range(live)]

    rotated = await tokens.rotate(ACME, force=False)

    assert rotated.revoked == (token_id(first) if live == MAX_LIVE else None)
    assert (token_digest(first) in stored.owners) is (live < MAX_LIVE)
    assert len(stored.owners) == MAX_LIVE


async def test_a_tenant_without_a_configuration_gets_none(tokens: TokenControl) -> None:
    with pytest.raises(OperationError) as caught:
        await tokens.create(BETA)

    assert (caught.value.problem, caught.value.remedy) == ("tenant 'beta' has no configuration", "apply one first")


async def test_a_token_is_live_for_its_tenant_until_it_is_revoked(tokens: TokenControl) -> None:
    token = await tokens.create(ACME)

    assert [await tokens.is_live(ACME, token), await tokens.is_live(BETA, token)] == [True, False]
    await tokens.revoke(ACME, token_id(token))
    assert not await tokens.is_live(ACME, token)
    assert await tokens.live(ACME) == []


async def test_what_no_token_is_named_by_is_not_repeated(tokens: TokenControl) -> None:
    with pytest.raises(OperationError) as caught:
        await tokens.revoke(ACME, "ar_the-token-itself")

    assert "the-token-itself" not in str(caught.value)
    assert "alert-router token list acme" in caught.value.remedy
