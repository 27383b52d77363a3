"""A dead token: nobody calls with it, Slack is asked about it, and the newest state is shown when it works again."""

from typing import Final

import pytest

from router.core.model.phase import Idle
from router.core.slack.answer import TokenDead
from router.ports.slack import Identity
from tests.adapters.builders import ACME, BETA
from tests.roles.builders import a_record, an_alert, key_of
from tests.roles.worker import TIMES, Site, Worker, a_site, a_worker

DEAD: Final = TokenDead("token_revoked")


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME, BETA)


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


async def revoke(site: Site, worker: Worker) -> None:
    """A call finds out that the tenant's token is dead."""
    site.slack.decide = lambda _: DEAD
    site.slack.identity = DEAD
    await worker.show("g", "h", "i")
    site.slack.decide = None


async def a_while_later(site: Site, worker: Worker) -> None:
    """It is time to ask Slack once more."""
    worker.identities.forget_failures()
    site.clock.advance(TIMES.park_retry)
    await worker.settle_down()
    await worker.identities.asked()
    await worker.settle_down()


async def test_after_one_call_nobody_calls_with_it(site: Site, worker: Worker) -> None:
    await revoke(site, worker)

    assert len(site.slack.calls) == 1


async def test_another_tenant_of_the_workspace_goes_on(site: Site, worker: Worker) -> None:
    await revoke(site, worker)
    await worker.take(a_record(an_alert("X"), tenant=BETA))
    await worker.settle_down(BETA)

    assert [made.token for made in site.slack.calls] == [f"xoxb-{ACME}", f"xoxb-{BETA}"]


async def test_slack_is_asked_about_it_and_not_called(site: Site, worker: Worker) -> None:
    await revoke(site, worker)
    asked = len(site.slack.identified)
    await a_while_later(site, worker)

    assert len(site.slack.identified) == asked + 1, "what Redis knows of a token is not an answer of Slack's"
    assert len(site.slack.calls) == 1


async def test_when_it_works_again_all_is_shown_as_it_is_then(site: Site, worker: Worker) -> None:
    await revoke(site, worker)
    site.slack.identity = Identity("T1-B1")
    await worker.take(a_record(an_alert("A"), an_alert("B"), group="h", received=site.clock.time))
    await a_while_later(site, worker)

    assert len(site.slack.messages) == 3
    assert "A firing, B firing" in [message.text for message in site.slack.messages.values()]
    assert {type(site.group(key_of(name)).phase) for name in ("g", "h", "i")} == {Idle}


async def test_a_token_that_slack_knows_and_that_lacks_a_scope_is_tried_by_one_call_each_time(
    site: Site, worker: Worker
) -> None:
    site.slack.decide = lambda _: TokenDead("missing_scope")
    await worker.show("g", "h", "i")
    for times in (2, 3):
        await a_while_later(site, worker)
        assert len(site.slack.calls) == times
