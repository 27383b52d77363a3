"""A digest whose data was lost: its message is edited on, counts what is true, and nobody in it is shown twice."""

from collections.abc import Sequence

import pytest

from router.core.model.key import GroupId
from tests.adapters.builders import ACME
from tests.roles.builders import a_document, a_record, an_alert
from tests.roles.recovery.past import FakePast, a_recovery
from tests.roles.storms import GROUPS, balanced, digest_of, go_on, members
from tests.roles.worker import Site, Worker, a_site, a_worker


@pytest.fixture
async def site() -> Site:
    return await a_site(ACME)


@pytest.fixture
async def worker(site: Site) -> Worker:
    return await a_worker(site)


@pytest.fixture
def past(worker: Worker) -> FakePast:
    return FakePast(worker)


async def storm(worker: Worker, past: FakePast, groups: Sequence[str] = GROUPS) -> None:
    now = worker.site.clock.time
    for one in groups:
        past.inbound.append(a_record(an_alert(starts=now, host=one), group=one, received=now))
    await worker.take(*past.inbound[-len(groups) :])


async def end(worker: Worker, past: FakePast, groups: Sequence[str], *, unseen: bool = False) -> None:
    """These end; `unseen`: the record waits in its topic."""
    now = worker.site.clock.time
    for one in groups:
        past.inbound.append(a_record(an_alert("A", "resolved", starts=now, host=one), group=one, received=now))
    if not unseen:
        await worker.take(*past.inbound[-len(groups) :])


async def lose(worker: Worker) -> None:
    """All that happened is in Kafka, Redis loses all, and an operator applies the configuration again."""
    worker.relay.look_at(ACME)
    await worker.relay.flush()
    worker.site.store.wipe()
    await worker.site.tenants.publish(ACME, a_document())
    await worker.tenants.load()


async def recover(worker: Worker, past: FakePast) -> None:
    await a_recovery(worker, past).look()
    await worker.tenants.load()


def texts(site: Site) -> list[str]:
    """What the channel shows."""
    return sorted(message.text for message in site.slack.messages.values())


def in_digest(site: Site) -> set[GroupId]:
    return {one.key.group_id for one in members(site)}


@pytest.mark.parametrize("seconds", [5, 60])
async def test_its_message_is_edited_on_and_nobody_is_posted_again(
    site: Site, worker: Worker, past: FakePast, seconds: float
) -> None:
    await storm(worker, past)
    await go_on(worker, seconds)
    shown, counted, message = texts(site), in_digest(site), digest_of(site).message
    posts = len(site.slack.messages)
    await lose(worker)

    await recover(worker, past)
    await go_on(worker, 60)

    assert digest_of(site).message == message
    assert len(site.slack.messages) == posts
    assert in_digest(site) == counted
    assert texts(site) == shown
    assert not (await balanced(site)).get("pending")


async def test_what_ended_before_and_while_it_was_lost_is_counted_and_the_end_is_broadcast_once(
    site: Site, worker: Worker, past: FakePast
) -> None:
    await storm(worker, past)
    await go_on(worker, 30)
    count = len(members(site))
    await end(worker, past, GROUPS[30:])
    await go_on(worker, 30)
    await lose(worker)
    await end(worker, past, GROUPS[20:30], unseen=True)

    await recover(worker, past)
    await go_on(worker, 60)
    assert f"{count} groups: A {count - 20} firing 20 ended" in texts(site)
    await end(worker, past, GROUPS[:20])
    await go_on(worker, 60)

    digest = digest_of(site)
    assert f"{count} groups: A 0 firing {count} ended" in texts(site)
    assert digest.posted is not None
    assert site.slack.messages[digest.posted.channel, digest.posted.ts].replies == ["over"]
    assert not (await balanced(site)).get("pending")


async def test_one_that_was_over_is_left_alone(site: Site, worker: Worker, past: FakePast) -> None:
    await storm(worker, past)
    await go_on(worker, 30)
    await end(worker, past, GROUPS)
    await go_on(worker, 300)
    calls, shown = len(site.slack.calls), texts(site)
    await lose(worker)

    await recover(worker, past)
    await go_on(worker, 60)

    assert (len(site.slack.calls), texts(site)) == (calls, shown)


async def test_what_was_never_shown_by_it_is_shown_once(site: Site, worker: Worker, past: FakePast) -> None:
    await storm(worker, past)
    await go_on(worker, 30)
    count, messages = len(members(site)), len(site.slack.messages)
    await lose(worker)
    await storm(worker, past, ["new"])

    await recover(worker, past)
    await go_on(worker, 60)

    assert len(site.slack.messages) == messages + 1
    assert f"{count} groups: A {count} firing 0 ended" in texts(site)
    assert not (await balanced(site)).get("pending")


async def test_without_a_trace_of_its_groups_its_message_does_not_fire_for_ever(
    site: Site, worker: Worker, past: FakePast
) -> None:
    await storm(worker, past)
    await go_on(worker, 30)
    digest = digest_of(site).posted
    await lose(worker)
    site.records.records[:] = [one for one in site.records.records if b'"counted_by"' not in (one.value or b"")]
    past.inbound.clear()

    await recover(worker, past)
    await go_on(worker, 30)

    assert digest is not None
    assert "firing" not in site.slack.messages[digest.channel, digest.ts].text


async def test_done_twice_it_changes_nothing(site: Site, worker: Worker, past: FakePast) -> None:
    await storm(worker, past)
    await go_on(worker, 60)
    shown = texts(site)
    await lose(worker)
    await recover(worker, past)
    await go_on(worker, 30)
    calls = len(site.slack.calls)

    report = await a_recovery(worker, past).recover([ACME])
    await go_on(worker, 30)

    assert [one.messages for one in report.tenants] == [0]
    assert (len(site.slack.calls), texts(site)) == (calls, shown)


async def test_a_plan_counts_messages_and_not_the_groups_in_them(site: Site, worker: Worker, past: FakePast) -> None:
    await storm(worker, past)
    await go_on(worker, 60)
    messages = len(site.slack.messages)
    await lose(worker)

    report = await a_recovery(worker, past).plan([ACME])

    assert [one.messages for one in report.tenants] == [messages]
