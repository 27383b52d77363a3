"""Who may send: by a copy of the tokens that outlives the store, which is asked before a token is called unknown."""

import asyncio
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from router.core.model.instant import HOUR, Instant
from router.core.model.token import token_digest
from router.errors import UnavailableError
from router.http.problems import Problem
from router.ports.generation import Generation
from router.roles.gateway import authenticate
from router.roles.gateway.authenticate import Authentication, SenderTokens
from tests.adapters.builders import ACME, BETA
from tests.roles.worker import Site, a_site
from tests.waiting import eventually

TOKEN, THEIRS, NEW = "ar_ours", "ar_theirs", "ar_new"


@pytest.fixture
async def site() -> Site:
    site = await a_site(ACME, BETA)
    site.store.tokens.update({token_digest(TOKEN): ACME, token_digest(THEIRS): BETA})
    return site


@pytest.fixture
async def senders(site: Site) -> SenderTokens:
    """The copy of a gateway, loaded."""
    senders = SenderTokens(site.tokens)
    await senders.load()
    return senders


async def test_a_token_of_the_copy_is_its_tenants_and_nobody_is_asked(site: Site, senders: SenderTokens) -> None:
    assert senders.loaded
    assert await senders.tenant_of(TOKEN) == ACME
    assert await senders.tenant_of(THEIRS) == BETA
    assert site.tokens.faults.asked["tenant_of"] == 0


async def test_a_new_token_is_good_at_once(site: Site, senders: SenderTokens) -> None:
    assert await senders.tenant_of(NEW) is None

    site.store.tokens[token_digest(NEW)] = ACME

    assert await senders.tenant_of(NEW) == ACME


async def test_a_revoked_token_is_good_until_the_next_load(site: Site, senders: SenderTokens) -> None:
    del site.store.tokens[token_digest(TOKEN)]
    assert await senders.tenant_of(TOKEN) == ACME

    await senders.load()

    assert await senders.tenant_of(TOKEN) is None


async def test_while_nothing_changes_nothing_is_read_but_that(site: Site, senders: SenderTokens) -> None:
    site.tokens.faults.asked.clear()

    for _ in range(5):
        await senders.load()

    assert dict(site.tokens.faults.asked) == {"changed_since": 5}


async def test_a_change_is_followed_without_a_look_at_all_others(site: Site, senders: SenderTokens) -> None:
    site.tokens.faults.asked.clear()
    site.store.tokens[token_digest(NEW)] = ACME
    del site.store.tokens[token_digest(THEIRS)]

    await senders.load()

    assert site.tokens.faults.asked["all"] == 0
    assert senders._tenants == {token_digest(TOKEN): ACME, token_digest(NEW): ACME}


async def test_a_change_that_was_never_announced_is_found_by_the_count(site: Site, senders: SenderTokens) -> None:
    del site.store.tokens[token_digest(TOKEN)]
    site.store.announced_tokens = dict(site.store.tokens)

    await senders.load()

    assert await senders.tenant_of(TOKEN) is None


async def test_after_the_store_was_away_all_are_read_again(site: Site, senders: SenderTokens) -> None:
    site.tokens.faults.refuse("changed_since")
    with pytest.raises(UnavailableError):
        await senders.load()
    site.store.tokens = {token_digest(NEW): ACME, token_digest(THEIRS): BETA}
    site.store.announced_tokens = dict(site.store.tokens)

    await senders.load()

    assert (await senders.tenant_of(TOKEN), await senders.tenant_of(NEW)) == (None, ACME)


async def test_the_last_token_of_all_can_be_revoked(site: Site, senders: SenderTokens) -> None:
    site.store.tokens.clear()

    await senders.load()

    assert await senders.tenant_of(TOKEN) is None


async def test_a_store_that_has_lost_everything_locks_nobody_out(site: Site, senders: SenderTokens) -> None:
    site.store.wipe()

    with capture_logs() as logs:
        await senders.load()

        await senders.load()

    assert [(one["event"], one["kept"]) for one in logs] == [("tokens_lost", 2)]
    assert await senders.tenant_of(TOKEN) == ACME
    assert (senders.lost, senders.can_judge) == (True, True)
    with pytest.raises(UnavailableError, match="perhaps this token"):
        await senders.tenant_of(NEW)


async def test_one_tenant_that_is_there_again_locks_nobody_else_out(site: Site, senders: SenderTokens) -> None:
    site.store.wipe()
    await site.tenants.publish(ACME, "{}")

    await senders.load()

    assert await senders.tenant_of(THEIRS) == BETA


async def test_the_copy_is_stored_in_the_next_index(site: Site, senders: SenderTokens) -> None:
    site.store.wipe()
    site.store.tokens[token_digest(NEW)] = ACME
    await senders.load()
    site.store.generation = Generation("second", Instant(site.clock.time + HOUR))

    await senders.load()

    assert not senders.lost
    assert site.store.tokens == {token_digest(TOKEN): ACME, token_digest(THEIRS): BETA, token_digest(NEW): ACME}
    assert [await senders.tenant_of(one) for one in (TOKEN, THEIRS, NEW)] == [ACME, BETA, ACME]


async def test_a_gateway_that_starts_after_the_loss_calls_nobody_unknown_and_takes_no_work(site: Site) -> None:
    site.store.wipe()
    senders = SenderTokens(site.tokens)
    await senders.load()

    assert (senders.loaded, senders.can_judge) == (True, False)
    with pytest.raises(UnavailableError):
        await senders.tenant_of(TOKEN)


async def test_while_the_store_is_away_known_tokens_are_good_and_others_are_not_called_unknown(
    site: Site, senders: SenderTokens
) -> None:
    site.store.faults.away = True

    assert await senders.tenant_of(TOKEN) == ACME
    with pytest.raises(UnavailableError):
        await senders.tenant_of(NEW)


async def test_the_copy_is_kept_fresh_through_an_outage(
    site: Site, senders: SenderTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authenticate, "_POLL_S", 0)
    site.tokens.faults.refuse("changed_since", times=2)
    site.store.tokens[token_digest(NEW)] = ACME
    watching = asyncio.create_task(senders.watch())

    await eventually(lambda: token_digest(NEW) in senders._tenants, every_s=0)

    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


async def status_of(senders: SenderTokens, authorization: str, tenant: str = ACME) -> tuple[int, str]:
    """Status and name of the refusal; 0 where the sender is let in."""
    try:
        await Authentication(senders).check(tenant, authorization)  # type: ignore[arg-type]
    except Problem as problem:
        return problem.status, problem.name
    return 0, ""


@pytest.mark.parametrize("authorization", ["Bearer ar_ours", "bearer ar_ours", "BEARER   ar_ours  "])
async def test_a_sender_with_its_token_is_let_in(senders: SenderTokens, authorization: str) -> None:
    assert await status_of(senders, authorization) == (0, "")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic ar_ours", "ar_ours", "Bearer ar_ours x"])
async def test_without_a_bearer_token_nobody_is_let_in(senders: SenderTokens, authorization: str) -> None:
    assert await status_of(senders, authorization) == (401, "token-missing")


async def test_an_unknown_token_lets_nobody_in(senders: SenderTokens) -> None:
    assert await status_of(senders, "Bearer ar_guessed") == (401, "unknown-token")


@pytest.mark.parametrize("tenant", ["beta", "nobody", "ACME"])
async def test_a_token_is_good_for_its_own_tenant_alone(senders: SenderTokens, tenant: str) -> None:
    assert await status_of(senders, f"Bearer {TOKEN}", tenant) == (403, "foreign-tenant")


async def test_a_token_that_cannot_be_looked_up_is_to_come_back(site: Site, senders: SenderTokens) -> None:
    site.store.faults.away = True

    with pytest.raises(Problem) as raised:
        await Authentication(senders).check(ACME, f"Bearer {NEW}")

    assert (raised.value.status, raised.value.retry_after_s) == (503, 5)
