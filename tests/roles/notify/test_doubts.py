"""Slack is asked for calls that may have been made: within a budget, beside the turns, and not in vain."""

import asyncio
from typing import Final

import pytest

from router.core.model.instant import SECOND, Span
from router.core.model.phase import Idle, Uncertain
from router.core.slack.answer import Ambiguous, Answer, ChannelDead, HoldScope, Limited, TokenDead, Unreached
from router.observe.problems import TenantProblem
from router.roles.notify.reading import UNREADABLE_FOR
from tests.adapters.builders import ACME
from tests.fakes.slack import Done
from tests.roles.builders import a_record, a_resolve, an_alert
from tests.roles.worker import LEASE, TIMES, Site, Worker, a_site, a_worker

LOST: Final = Done(Ambiguous("timeout"))


@pytest.fixture
async def site() -> Site:
    return await a_site()


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


async def doubt(worker: Worker, *groups: str) -> None:
    """First messages that Slack shows, and whose answers were lost."""
    worker.site.slack.script.extend(LOST for _ in groups or ("g",))
    await worker.show(*groups)


async def wait(worker: Worker) -> None:
    """Until it is time to look, and what follows."""
    worker.site.clock.advance(TIMES.ambiguous_wait)
    await worker.settle_down()


async def repeats(site: Site) -> int:
    return (await site.books.read(ACME)).get("possible_repeats", 0)


async def test_a_message_that_slack_shows_is_taken_over(site: Site, worker: Worker) -> None:
    site.slack.readable = None
    await doubt(worker)
    await wait(worker)

    [message] = site.slack.messages
    assert site.group().message is not None
    assert message == (site.group().message.channel, site.group().message.ts)  # type: ignore[union-attr]
    assert isinstance(site.group().phase, Idle)
    books = await site.books.read(ACME)
    assert (books["notified"], books["pending"], await repeats(site)) == (1, 0, 0)
    assert "notification_sent" in (await site.outbox.read(ACME))[-1].event


async def test_another_worker_finds_it_when_the_first_one_has_died(site: Site, worker: Worker) -> None:
    site.slack.readable = None
    delivery = await worker.claim()
    await worker.delivery.call(delivery)
    other = await a_worker(site)
    await other.take(a_record(a_resolve(ended=site.clock.time), received=site.clock.time))
    site.clock.advance(LEASE)
    await other.settle_down()
    await wait(other)
    site.pass_time(30)
    await other.settle_down()

    assert site.slack.only.text == "A resolved"
    assert await repeats(site) == 0


async def test_nothing_is_looked_at_twice_at_once(site: Site, worker: Worker) -> None:
    site.slack.readable = None
    await doubt(worker)
    site.clock.advance(TIMES.ambiguous_wait)
    other = await a_worker(site)
    async with asyncio.TaskGroup() as together:
        together.create_task(worker.serve())
        together.create_task(other.serve())

    assert len(site.slack.searches) == 1
    assert await repeats(site) == 0


@pytest.mark.parametrize(
    ("refusal", "asked"), [(TokenDead("missing_scope"), 1), (ChannelDead("not_in_channel"), 1)], ids=lambda part: part
)
async def test_where_nobody_may_read_that_is_remembered_for_a_while(
    site: Site, worker: Worker, refusal: Answer, asked: int
) -> None:
    site.slack.readable = refusal
    await doubt(worker, "g")
    await wait(worker)
    await doubt(worker, "h")
    await wait(worker)
    assert len(site.slack.searches) == asked
    assert await repeats(site) == 2

    site.clock.advance(UNREADABLE_FOR)
    site.slack.readable = None
    await doubt(worker, "i")
    await wait(worker)
    assert len(site.slack.searches) == asked + 1
    assert await repeats(site) == 2


async def test_that_nobody_may_read_is_no_dead_token(site: Site, worker: Worker) -> None:
    site.slack.readable = TokenDead("missing_scope")
    await doubt(worker)
    await wait(worker)

    assert isinstance(site.group().phase, Idle)
    assert worker.metrics.problems.lasting(TenantProblem.TOKEN_DEAD) == {}


async def test_a_429_is_obeyed_and_slack_asked_again(site: Site, worker: Worker) -> None:
    site.slack.readable = Limited(Span(7 * SECOND), HoldScope.METHOD)
    await doubt(worker)
    await wait(worker)
    assert isinstance(site.group().phase, Uncertain)
    assert site.group().phase.due == site.clock.time + 7 * SECOND

    site.slack.readable = None
    site.pass_time(7)
    await worker.settle_down()
    assert isinstance(site.group().phase, Idle)
    assert await repeats(site) == 0


async def test_what_redis_does_not_take_is_looked_for_once_more(site: Site, worker: Worker) -> None:
    site.slack.readable = None
    await doubt(worker)
    site.limiter.faults.refuse("channel_id")
    await wait(worker)
    assert isinstance(site.group().phase, Uncertain)

    site.clock.advance(LEASE)
    await worker.settle_down()
    assert isinstance(site.group().phase, Idle)
    assert await repeats(site) == 0


async def test_a_slack_that_is_out_of_reach_is_asked_again(site: Site, worker: Worker) -> None:
    site.slack.readable = Unreached("dns")
    await doubt(worker)
    await wait(worker)
    site.slack.readable = None
    await wait(worker)

    assert len(site.slack.searches) == 2
    assert await repeats(site) == 0


async def test_a_change_while_slack_is_asked_is_not_lost(site: Site, worker: Worker) -> None:
    site.slack.readable = None
    await doubt(worker)
    site.clock.advance(TIMES.ambiguous_wait)
    await worker.turn.serve(worker.rules())
    await worker.take(a_record(an_alert("A"), an_alert("B"), received=site.clock.time))
    await worker.settle_down()
    site.pass_time(60)
    await worker.settle_down()

    assert site.slack.only.text == "A firing, B firing"
    assert await repeats(site) == 0


async def test_slack_is_asked_however_long_the_tenant_had_no_turns(site: Site, worker: Worker) -> None:
    site.slack.readable = None
    await doubt(worker)
    site.pass_time(300)  # it is suspended, or everybody is on hold
    await worker.settle_down()

    assert site.slack.only.text == "A firing"
    assert await repeats(site) == 0


async def test_while_the_token_is_dead_nobody_is_asked_and_nothing_is_posted_again(
    site: Site, worker: Worker
) -> None:
    site.slack.readable = None
    await doubt(worker)
    identity, site.slack.identity = site.slack.identity, TokenDead("token_revoked")
    worker.identities.refused(f"xoxb-{ACME}", TokenDead("token_revoked"))
    for _ in range(30):
        site.pass_time(10)
        await worker.serve()

    site.slack.identity = identity
    worker.credentials.forget_failures()
    await worker.knock()
    for _ in range(6):
        site.pass_time(10)
        await worker.serve()

    assert site.slack.only.text == "A firing"
    assert await repeats(site) == 0


async def test_a_token_that_dies_while_slack_is_asked_is_no_answer(site: Site, worker: Worker) -> None:
    site.slack.readable = TokenDead("token_revoked")
    await doubt(worker)
    await wait(worker)
    site.slack.readable = None
    for _ in range(6):
        site.pass_time(10)
        await worker.serve()

    assert site.slack.only.text == "A firing"
    assert await repeats(site) == 0
