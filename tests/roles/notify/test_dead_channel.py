"""Of a dead channel one call finds out, now and then; what waits for it goes on folding, and somebody is notified."""

from typing import Final

import pytest
from structlog.testing import capture_logs

from router.core.model.instant import SECOND, Span
from router.core.model.phase import Idle, Parked, Queued
from router.core.slack.answer import Answer, ChannelDead, HoldScope, Limited
from router.core.slack.call import SlackCall
from router.observe.problems import TenantProblem
from router.roles.notify.fallback import ATTEMPT, INTERVAL
from tests.adapters.builders import ACME, BETA, a_call
from tests.roles.builders import CHANNEL, OTHER_CHANNEL, a_document, a_record, an_alert, key_of
from tests.roles.worker import TIMES, Site, Worker, a_site, a_worker

DEAD: Final = ChannelDead("is_archived")
ANOTHER: Final = "C0222222"
SPARE: Final = a_document(
    receivers=f'  - {{name: spare, slack: {{channel: "{OTHER_CHANNEL}", locale: fr}}}}\nfallback: spare'
)


@pytest.fixture
async def site() -> Site:
    site = await a_site()
    await site.tenants.publish(ACME, SPARE)
    site.slack.decide = dead
    return site


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


def dead(call: SlackCall) -> Answer | None:
    return DEAD if call.arguments["channel"] == CHANNEL else None


def tried(site: Site) -> int:
    return sum(made.call.arguments["channel"] == CHANNEL for made in site.slack.calls)


def notices(site: Site) -> list[str]:
    return [made.text for made in site.slack.calls if made.call.arguments["channel"] == OTHER_CHANNEL]


async def test_one_group_finds_out_and_the_others_do_not_try(site: Site, worker: Worker) -> None:
    await worker.show("g", "h", "i")

    assert tried(site) == 1
    phases = [type(site.group(key_of(name)).phase) for name in ("g", "h", "i")]
    assert sorted(one.__name__ for one in phases) == ["Parked", "Queued", "Queued"]


async def test_another_worker_does_not_try_either(site: Site, worker: Worker) -> None:
    await worker.show("g")
    other = await a_worker(site)
    await other.show("h")

    assert tried(site) == 1


async def test_after_a_while_one_message_tries_again(site: Site, worker: Worker) -> None:
    await worker.show("g", "h", "i")
    site.clock.advance(TIMES.channel_retry)
    await worker.settle_down()
    assert tried(site) == 2

    site.slack.decide = None
    site.clock.advance(TIMES.channel_retry)
    await worker.take(a_record(an_alert("A"), an_alert("B"), group="h", received=site.clock.time))
    await worker.settle_down()
    for name in ("g", "h", "i"):
        assert isinstance(site.group(key_of(name)).phase, Idle)
    assert "A firing, B firing" in [message.text for message in site.slack.messages.values()]


async def test_edits_of_a_dead_channel_wait_as_posts_do(site: Site, worker: Worker) -> None:
    site.slack.decide = None
    await worker.show("g", "h")
    site.slack.decide = dead
    before = tried(site)
    site.pass_time(60)
    await worker.take(*(a_record(an_alert("B"), group=name, received=site.clock.time) for name in ("g", "h")))
    await worker.settle_down()

    assert tried(site) - before <= 2
    await worker.take(a_record(an_alert("C"), group="new", received=site.clock.time))
    await worker.settle_down()
    assert tried(site) - before <= 2
    assert isinstance(site.group(key_of("new")).phase, Queued)


async def test_a_new_configuration_tries_at_once(site: Site, worker: Worker) -> None:
    await worker.show("g", "h")
    site.slack.decide = None
    await site.tenants.publish(ACME, SPARE)
    await worker.tenants.load()
    await worker.lessons.open_all(ACME)
    await worker.reconfiguration.configuration_changed(ACME)
    await worker.settle_down()

    assert {type(site.group(key_of(name)).phase) for name in ("g", "h")} == {Idle}


async def test_the_fallback_is_notified_once_in_half_an_hour_in_its_language(site: Site, worker: Worker) -> None:
    await worker.show("g", "h")
    for _ in range(3):
        site.clock.advance(TIMES.channel_retry)
        await worker.settle_down()
    assert tried(site) == 4
    [notice] = notices(site)
    assert "CANAL INJOIGNABLE" in notice
    assert "is_archived" in notice

    site.clock.advance(INTERVAL)
    await worker.settle_down()
    assert len(notices(site)) == 2


async def test_a_fallback_that_was_not_reached_is_tried_with_the_channel(site: Site, worker: Worker) -> None:
    site.slack.decide = lambda _: DEAD
    await worker.show("g")
    assert len(notices(site)) == 1

    site.slack.decide = dead
    site.clock.advance(TIMES.channel_retry)
    await worker.settle_down()
    assert len(notices(site)) == 2


async def test_who_is_in_the_dead_channel_is_not_notified_there(site: Site) -> None:
    await site.tenants.publish(ACME, a_document(receivers="fallback: default"))
    worker = await a_worker(site)
    await worker.show("g")

    assert tried(site) == 1
    assert len(site.slack.calls) == 1


async def test_a_429_of_the_fallback_is_obeyed(site: Site, worker: Worker) -> None:
    limited = Limited(Span(30 * SECOND), HoldScope.CHANNEL)
    site.slack.decide = lambda call: DEAD if call.arguments["channel"] == CHANNEL else limited
    await worker.show("g")
    assert len(notices(site)) == 1
    site.slack.decide = dead
    site.clock.advance(TIMES.channel_retry)
    await worker.settle_down()

    assert len(notices(site)) == 2
    parked = site.group(key_of("g")).phase
    assert isinstance(parked, Parked)
    assert parked.reason == "channel_dead:is_archived"


async def notified_beside(worker: Worker) -> None:
    """An alert finds the channel dead, and whoever notifies of that has ended."""
    await worker.show("g")
    await worker.fallback.settled()


async def test_an_outage_of_redis_takes_no_occasion_from_the_fallback(site: Site, worker: Worker) -> None:
    site.notices.faults.lose_reply("first")
    await notified_beside(worker)
    assert notices(site) == []

    site.clock.advance(ATTEMPT)
    await worker.settle_down()

    assert len(notices(site)) == 1


async def test_a_notice_that_ends_in_an_error_gives_its_channel_and_its_occasion_back(
    site: Site, worker: Worker
) -> None:
    def fails(call: SlackCall) -> Answer | None:
        if call.arguments["channel"] == OTHER_CHANNEL:
            raise ValueError("a bug")
        return DEAD

    site.slack.decide = fails
    await notified_beside(worker)
    assert await site.limiter.take([a_call(channel=OTHER_CHANNEL)]) == [0]

    site.slack.decide = dead
    site.clock.advance(TIMES.channel_retry)
    await worker.settle_down()
    assert len(notices(site)) == 1


async def test_while_sending_is_on_hold_nobody_is_notified(site: Site, worker: Worker) -> None:
    delivery = await worker.claim()
    await site.tenants.suspend(ACME)
    await worker.tenants.refresh(ACME)
    worker.fallback.notify(delivery, "is_archived")
    await worker.fallback.settled()
    assert notices(site) == []

    await site.tenants.resume(ACME)
    await worker.tenants.refresh(ACME)
    site.pass_time(1)
    worker.fallback.notify(delivery, "is_archived")
    await worker.fallback.settled()
    assert len(notices(site)) == 1


@pytest.mark.parametrize("lives", ["by the same worker", "by another worker"])
async def test_a_message_in_a_channel_that_died_goes_on_in_the_channel_that_is_configured_instead(
    site: Site, worker: Worker, lives: str
) -> None:
    site.slack.decide = None
    await worker.show("g")
    site.slack.decide = dead
    await fire(worker, "A", "B")
    assert isinstance(site.group(key_of("g")).phase, Parked)

    await site.tenants.publish(ACME, a_document(channel=ANOTHER))
    serving = worker if lives == "by the same worker" else await a_worker(site)
    await serving.tenants.refresh(ACME)
    await serving.lessons.open_all(ACME)
    await serving.reconfiguration.configuration_changed(ACME)
    await pass_minutes(serving, 6)

    texts = [message.text for (channel, _), message in site.slack.messages.items() if channel == ANOTHER]
    assert texts == ["A firing, B firing"]
    assert (await site.books.read(ACME))["pending"] == 0


async def test_in_a_channel_that_comes_back_the_message_itself_goes_on(site: Site, worker: Worker) -> None:
    site.slack.decide = None
    await worker.show("g")
    site.slack.decide = dead
    await fire(worker, "A", "B")
    await site.tenants.publish(ACME, a_document(route="  group_interval: 1s"))
    await worker.tenants.refresh(ACME)
    await worker.reconfiguration.configuration_changed(ACME)
    await pass_minutes(worker, 6)
    site.slack.decide = None
    await pass_minutes(worker, 6)

    texts = [message.text for (channel, _), message in site.slack.messages.items() if channel == CHANNEL]
    assert texts == ["A firing, B firing"]


async def test_a_tenant_that_shares_bot_and_channel_has_the_problem_too() -> None:
    site = await a_site(ACME, BETA)
    site.slack.decide = dead
    worker = await a_worker(site)
    await worker.show("g")
    now = site.clock.time
    await worker.take(a_record(an_alert(starts=now), tenant=BETA, group="h", received=now))
    await worker.due.advance(worker.rules(BETA), [key_of("h").group_id])

    with capture_logs() as logs:
        await worker.serve(BETA)

    assert tried(site) == 1
    assert set(worker.metrics.problems.lasting(TenantProblem.CHANNEL_DEAD)) == {ACME, BETA}
    assert [(one["event"], one["tenant"]) for one in logs if one["log_level"] == "warning"] == [
        ("channel_closed", BETA)
    ]


async def fire(worker: Worker, *names: str) -> None:
    """These fire in the group, a minute later."""
    worker.site.pass_time(60)
    firing = [an_alert(name) for name in names]
    await worker.take(a_record(*firing, group="g", received=worker.site.clock.time))
    await worker.settle_down()


async def pass_minutes(worker: Worker, minutes: int) -> None:
    """With a turn in each."""
    for _ in range(minutes):
        worker.site.pass_time(60)
        await worker.settle_down()
