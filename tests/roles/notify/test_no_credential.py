"""Dispatch without a credential: lanes wait for Slack's word, heads are parked where a person must see to it."""

import pytest

from router.core.model.instant import MILLISECOND, SECOND, Instant
from router.core.model.operation import Lane, Method
from router.core.model.phase import Parked, Queued
from router.core.slack.answer import TokenDead, Unreached
from router.errors import UnavailableError
from router.ports.state import ApplyResult
from router.roles.notify.lanes import ELSEWHERE
from tests.adapters.builders import ACME
from tests.roles.builders import CHANNEL, OTHER_CHANNEL, a_document, a_record, an_alert
from tests.roles.worker import Site, Worker

POSTS = Lane(CHANNEL, Method.POST)


async def dispatch(worker: Worker) -> list[ApplyResult]:
    """One look at the lane, and the calls that it begins."""
    dispatched = await worker.dispatcher.dispatch(worker.rules(), [POSTS])
    await worker.in_flight.drain()
    return list(dispatched.applied)


def looked_at(site: Site) -> Instant:
    return Instant(site.store.tenants[ACME].due[POSTS] * MILLISECOND)


def texts(site: Site) -> list[str]:
    return [made.text for made in site.slack.calls]


async def test_a_tenant_whose_workspace_is_not_known_yet_goes_on_as_soon_as_it_is(site: Site) -> None:
    worker = await _stranger(site)

    assert await dispatch(worker) == []

    assert looked_at(site) == site.clock.time + ELSEWHERE, "if this process dies, another one asks"
    assert site.slack.calls == []
    await worker.knock()
    assert worker.news.is_set()
    await worker.lanes.bring_back()
    assert looked_at(site) == site.clock.time
    await dispatch(worker)
    assert texts(site) == ["A firing"]


async def test_while_slack_has_not_answered_whose_the_token_is_the_lanes_wait(site: Site) -> None:
    worker = await _stranger(site)
    site.slack.identity = Unreached("dns")
    await worker.knock()

    assert await dispatch(worker) == []

    assert looked_at(site) == site.clock.time + 5 * SECOND
    assert isinstance(site.group().phase, Queued)


async def test_a_dead_token_parks_with_slacks_reason(site: Site) -> None:
    worker = await _stranger(site)
    site.slack.identity = TokenDead("token_revoked")
    await worker.knock()

    await dispatch(worker)

    assert isinstance(site.group().phase, Parked)
    assert site.group().phase.reason == "token_dead:token_revoked"  # type: ignore[union-attr]


async def _stranger(site: Site) -> Worker:
    """A worker that has a group to notify and does not know whose the tenant's token is."""
    worker = Worker(site)
    await worker.tenants.load()
    await worker.queue()
    return worker


async def test_a_missing_secret_parks_the_head_and_it_goes_on_folding(site: Site, worker: Worker) -> None:
    await worker.queue()
    site.secrets.values.clear()

    await dispatch(worker)
    await worker.take(a_record(an_alert("B")))

    parked = site.group().phase
    assert isinstance(parked, Parked)
    assert parked.reason == "secret_not_found"
    assert site.group().pending == 2
    assert await site.schedule.heads(ACME, [POSTS]) == [[]]


async def test_a_secret_that_is_there_again_is_used_when_the_parked_group_is_tried(
    site: Site, worker: Worker
) -> None:
    await worker.queue()
    site.secrets.values.clear()
    await dispatch(worker)
    site.secrets.values[ACME, "slack"] = "xoxb-acme"

    site.pass_time(60)
    await worker.settle_down()

    assert texts(site) == ["A firing"]


async def test_parking_that_is_refused_is_reported_like_any_other_transition(site: Site, worker: Worker) -> None:
    await worker.queue()
    site.secrets.values.clear()
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))

    assert await dispatch(worker) == [ApplyResult.RELOAD]


async def test_while_the_secrets_cannot_be_asked_nothing_is_parked(site: Site, worker: Worker) -> None:
    await worker.queue()
    site.secrets.faults.refuse("find")

    with pytest.raises(UnavailableError):
        await dispatch(worker)

    assert isinstance(site.group().phase, Queued)
