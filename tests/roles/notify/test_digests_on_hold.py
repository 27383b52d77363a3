"""While sending is on hold nothing leaves for a digest, and folding goes on; once released it shows what is new."""

import pytest

from tests.adapters.builders import ACME
from tests.roles.storms import GROUPS, balanced, digest_of, end, go_on, members, storm
from tests.roles.worker import Site, Worker, a_site, a_worker

MORE = tuple(f"h{number}" for number in range(40))


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME)


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


HOWS = pytest.mark.parametrize("how", ["on hold", "suspended", "without turns"])
"""The first two are noticed where the call is claimed; the third is that this process gives the tenant no turns."""


async def stop(worker: Worker, how: str) -> None:
    """For everybody, or for this tenant."""
    await (worker.site.tenants.suspend(ACME) if how == "suspended" else worker.site.holds.hold())
    await worker.tenants.load()


async def meanwhile(worker: Worker, how: str, seconds: float) -> None:
    """Time passes while nothing may be sent."""
    if how == "without turns":
        worker.site.pass_time(seconds)
    else:
        await go_on(worker, seconds)


async def go(worker: Worker, how: str) -> None:
    site = worker.site
    await (site.tenants.resume(ACME) if how == "suspended" else site.holds.release())
    await worker.tenants.load()
    await worker.reconfiguration.configuration_changed(ACME)


def text_of(site: Site) -> str:
    posted = digest_of(site).posted
    assert posted is not None
    return site.slack.messages[posted.channel, posted.ts].text


@HOWS
@pytest.mark.parametrize("seconds", [1, 30])
async def test_nothing_is_sent_and_then_the_newest_state_once(worker: Worker, how: str, seconds: float) -> None:
    site = worker.site
    await storm(worker)
    await go_on(worker, seconds)
    await stop(worker, how)
    calls, messages = len(site.slack.calls), len(site.slack.messages)
    await storm(worker, MORE)
    await meanwhile(worker, how, 12)
    await end(worker, GROUPS)
    await meanwhile(worker, how, 8)
    assert len(site.slack.calls) == calls
    assert (await balanced(site))["pending"] > 0

    await go(worker, how)
    await go_on(worker, 2)
    count = len(members(site))

    assert f"A 40 firing {count - 40} ended" in text_of(site)
    await go_on(worker, 30)
    books = await balanced(site)
    assert (books["changes"], books["pending"]) == (120, 0)
    assert len(site.slack.messages) <= messages + 2


@HOWS
async def test_a_storm_that_comes_and_goes_while_on_hold_is_one_message_or_none(worker: Worker, how: str) -> None:
    site = worker.site
    await stop(worker, how)
    await storm(worker)
    await meanwhile(worker, how, 12)
    await end(worker)
    await meanwhile(worker, how, 8)

    await go(worker, how)
    await go_on(worker, 30)

    assert len(site.slack.messages) <= 2
    assert not (await balanced(site)).get("pending")


@HOWS
async def test_a_digest_that_is_over_while_on_hold_is_announced_once(worker: Worker, how: str) -> None:
    site = worker.site
    await storm(worker)
    await go_on(worker, 30)
    await stop(worker, how)
    await end(worker)
    await meanwhile(worker, how, 12)

    await go(worker, how)
    await go_on(worker, 30)

    posted = digest_of(site).posted
    assert posted is not None
    assert site.slack.messages[posted.channel, posted.ts].replies == ["over"]
    assert " 0 firing" in text_of(site)
