"""Credentials: Slack is asked once whose a token is, beside the turns; a refusal holds for a while."""

import asyncio
from dataclasses import replace

import pytest

from router.core.model.token import token_digest
from router.core.slack.answer import Ambiguous, TokenDead, Unreached
from router.errors import SecretNotFoundError, UnavailableError
from router.ports.slack import Identity
from router.roles.notify.credentials import SlackCredential, Unknown
from router.roles.notify.identities import ASKED_AGAIN_AT_ONCE, ASKED_AT_ONCE, Identities, IdentityOptions
from tests.adapters.builders import ACME, BETA
from tests.roles.worker import TOKEN, Site, Worker, a_site, a_worker

ACME_URL = "https://acme.slack.com/"
OURS = SlackCredential(TOKEN, "T1-B1", ACME_URL)
UNKNOWN = Unknown(token_digest(TOKEN))
REVOKED = TokenDead("token_revoked")


@pytest.fixture
async def stranger(site: Site) -> Worker:
    """A worker that has not asked yet."""
    worker = Worker(site)
    await worker.tenants.load()
    await worker.tenants.find(ACME)
    return worker


async def find(worker: Worker) -> object:
    return await worker.credentials.find(worker.rules())


async def test_until_slack_has_answered_nothing_is_known_and_then_who_waits_is_woken(
    site: Site, stranger: Worker
) -> None:
    assert await find(stranger) == UNKNOWN
    assert not stranger.news.is_set()

    await stranger.knock()

    assert await find(stranger) == OURS
    assert stranger.news.is_set()
    assert await site.workspaces.find(token_digest(TOKEN)) == Identity("T1-B1", ACME_URL)


async def test_slack_is_asked_once_however_many_want_to_know(site: Site, stranger: Worker) -> None:
    answered = asyncio.Event()
    site.slack.faults.just_before("identify", answered.wait)
    for _ in range(5):
        assert await find(stranger) == UNKNOWN
        await asyncio.sleep(0)
    answered.set()
    await stranger.knock()
    await find(stranger)

    assert site.slack.faults.asked["identify"] == 1


async def test_what_another_worker_has_learned_is_not_asked_again(site: Site, stranger: Worker) -> None:
    await site.workspaces.remember(token_digest(TOKEN), Identity("T7-B7"))

    await stranger.knock()

    assert await find(stranger) == SlackCredential(TOKEN, "T7-B7")
    assert site.slack.identified == []


async def test_a_refusal_holds_and_slack_is_not_asked_again_meanwhile(site: Site, stranger: Worker) -> None:
    site.slack.identity = REVOKED
    await stranger.knock()

    assert await find(stranger) == REVOKED
    assert await find(stranger) == REVOKED
    assert site.slack.identified == [TOKEN]
    assert stranger.metrics.slack_calls.labels(method="auth_test", answer="token_dead")._value.get() == 1


async def test_a_change_makes_it_ask_again(site: Site, stranger: Worker) -> None:
    site.slack.identity = REVOKED
    await stranger.knock()
    site.slack.identity = Identity("T1-B1", ACME_URL)

    stranger.credentials.forget_failures()
    await stranger.knock()

    assert await find(stranger) == OURS


async def test_after_a_while_it_asks_again_by_itself(site: Site, stranger: Worker) -> None:
    impatient = IdentityOptions(retry_s=0, asked=stranger.lanes.token_asked)
    stranger.identities = Identities(site.workspaces, site.slack, stranger.metrics, impatient)
    stranger.credentials = replace(stranger.credentials, identities=stranger.identities)
    site.slack.identity = Unreached("dns")
    await stranger.knock()
    site.slack.identity = Identity("T1-B1", ACME_URL)

    await stranger.knock()

    assert await find(stranger) == OURS


async def test_a_new_token_is_another_question(site: Site, worker: Worker) -> None:
    site.secrets.values[ACME, "slack"] = "xoxb-new"
    site.slack.identity = Identity("T2-B2")

    assert await find(worker) == Unknown(token_digest("xoxb-new"))
    await worker.knock()

    assert await find(worker) == SlackCredential("xoxb-new", "T2-B2")


async def test_tenants_that_share_a_bot_share_its_workspace_and_each_has_its_own_token() -> None:
    site = await a_site(ACME, BETA)
    worker = await a_worker(site)

    found = [await worker.credentials.find(worker.rules(tenant)) for tenant in (ACME, BETA)]

    assert found == [SlackCredential(token, "T1-B1", ACME_URL) for token in ("xoxb-acme", "xoxb-beta")]


async def test_a_secret_that_is_nowhere_is_not_a_refusal_of_slack(site: Site, worker: Worker) -> None:
    site.secrets.values.clear()

    with pytest.raises(SecretNotFoundError):
        await find(worker)


async def test_a_store_of_secrets_that_is_away_is_not_hidden(site: Site, worker: Worker) -> None:
    site.secrets.faults.refuse("find")

    with pytest.raises(UnavailableError):
        await find(worker)


@pytest.mark.parametrize("method", ["find", "remember"])
async def test_while_the_workspaces_cannot_be_asked_it_is_tried_again(
    site: Site, stranger: Worker, method: str
) -> None:
    site.workspaces.faults.refuse(method)
    await stranger.knock()
    assert await find(stranger) == UNKNOWN
    assert stranger.news.is_set()

    await stranger.knock()

    assert await find(stranger) == OURS


async def test_closing_stops_the_asking(site: Site, stranger: Worker) -> None:
    site.slack.faults.just_before("identify", asyncio.Event().wait)
    await find(stranger)
    await asyncio.sleep(0)

    await stranger.credentials.close()

    assert stranger.identities._asking == {}
    assert await site.workspaces.find(token_digest(TOKEN)) is None


def test_a_credential_does_not_show_its_token() -> None:
    assert TOKEN not in repr(OURS)


def held(site: Site) -> asyncio.Event:
    """Slack does not answer until this is set."""
    answered = asyncio.Event()

    async def wait() -> None:
        await answered.wait()

    site.slack.faults.pause = wait
    return answered


async def ask(worker: Worker, tokens: range) -> None:
    """Ask Slack about many tokens, as far as it may be asked at once."""
    for number in tokens:
        worker.identities.find(ACME, f"xoxb-{number}", f"digest-{number}")
    for _ in range(10):
        await asyncio.sleep(0)


async def test_slack_is_asked_about_so_many_tokens_at_once(site: Site, stranger: Worker) -> None:
    answered = held(site)

    await ask(stranger, range(2 * ASKED_AT_ONCE))
    assert site.slack.faults.asked["identify"] == ASKED_AT_ONCE

    answered.set()
    await stranger.identities.asked()
    assert len(site.slack.identified) == 2 * ASKED_AT_ONCE


async def test_tokens_about_which_slack_gave_no_answer_wait_for_each_other_alone(
    site: Site, stranger: Worker
) -> None:
    site.slack.identity = Ambiguous("TimeoutError")
    await ask(stranger, range(2 * ASKED_AGAIN_AT_ONCE))
    await stranger.identities.asked()
    site.slack.faults.asked.clear()
    answered = held(site)
    stranger.credentials.forget_failures()
    await ask(stranger, range(2 * ASKED_AGAIN_AT_ONCE))
    assert site.slack.faults.asked["identify"] == ASKED_AGAIN_AT_ONCE

    await ask(stranger, range(1000, 1001))
    assert site.slack.faults.asked["identify"] == ASKED_AGAIN_AT_ONCE + 1, "another one does not wait for them"
    answered.set()
    await stranger.identities.asked()
