"""A storm in one channel: one message counts what the channel could never show one by one."""

import pytest

from router.core.model.operation import Lane, Method
from router.core.model.phase import Parked
from router.core.slack.answer import ChannelDead
from router.core.slack.call import SlackCall
from router.roles.notify import absorbing, gathering
from tests.adapters.builders import ACME
from tests.bounds import tries
from tests.roles.builders import CHANNEL, ELSEWHERE, OTHER_CHANNEL, a_document, a_record, an_alert, key_of
from tests.roles.storms import GROUPS, balanced, digest_of, end, go_on, groups_of, members, storm
from tests.roles.worker import Site, Worker, a_worker

POSTS = Lane(CHANNEL, Method.POST)


async def test_many_groups_at_once_are_one_message_and_each_settles_with_its_books(worker: Worker) -> None:
    site = worker.site
    await storm(worker)

    await go_on(worker, 20)

    digest = digest_of(site)
    assert digest.digest is not None
    shown = site.slack.messages["C0123456", digest.posted.ts].text if digest.posted else ""
    count = len(members(site))
    assert count >= 38
    assert shown == f"{count} groups: A {count} firing 0 ended"
    books = await balanced(site)
    assert (books["changes"], books["notified"], books["pending"]) == (40, 40, 0)
    assert len(site.slack.calls) <= 6


async def test_when_all_has_ended_it_is_edited_once_more_and_that_is_broadcast_once(worker: Worker) -> None:
    site = worker.site
    await storm(worker)
    await go_on(worker, 20)
    await end(worker)

    await go_on(worker, 300)

    digest, count = digest_of(site), len(members(site))
    assert digest.posted is not None
    message = site.slack.messages["C0123456", digest.posted.ts]
    assert message.text == f"{count} groups: A 0 firing {count} ended"
    assert message.replies == ["over"]
    assert digest.closed
    books = await balanced(site)
    assert (books["changes"], books["notified"], books["pending"]) == (80, 80, 0)


async def test_no_more_than_its_threshold_is_no_digest(worker: Worker) -> None:
    site = worker.site
    await storm(worker, GROUPS[:10])

    await go_on(worker, 30)

    assert [one for one in groups_of(site) if one.digest is not None] == []
    assert len(site.slack.messages) == 10


async def test_without_a_threshold_there_are_no_digests() -> None:
    site = Site()
    await site.open(ACME, a_document().replace('"threshold":10', '"threshold":0'))
    worker = await a_worker(site)
    await storm(worker)

    await go_on(worker, 60)

    assert len(site.slack.messages) == 40


async def test_five_critical_groups_a_minute_have_messages_of_their_own(worker: Worker) -> None:
    site = worker.site
    await storm(worker, severity="critical")

    await go_on(worker, 30)

    assert 5 <= len(site.slack.messages) - 1 <= 7
    digest = digest_of(site).digest
    assert digest is not None
    assert digest.criticals
    assert len(members(site)) == digest.groups


async def test_what_fires_again_once_it_absorbs_no_more_gets_a_message_of_its_own(worker: Worker) -> None:
    site = worker.site
    await storm(worker)
    await go_on(worker, 30)
    one, count = GROUPS[30], len(members(site))
    now = site.clock.time
    await worker.take(a_record(an_alert("B", starts=now), group=one, received=now))

    await go_on(worker, 30)

    group = site.group(key_of(one))
    assert group.posted is not None
    assert site.slack.messages["C0123456", group.posted.ts].text == "A firing, B firing"
    digest = digest_of(site)
    assert digest.digest is not None
    assert digest.digest.groups == count - 1
    assert digest.firing == count - 1
    await balanced(site)


async def test_a_new_storm_goes_into_the_message_that_is_there(worker: Worker) -> None:
    site = worker.site
    await storm(worker)
    await go_on(worker, 30)
    messages = len(site.slack.messages)
    await storm(worker, [f"h{number}" for number in range(40)])

    await go_on(worker, 30)

    assert len(site.slack.messages) <= messages + 2
    assert len(members(site)) >= 75


async def test_a_call_that_nobody_could_judge_is_made_again_and_no_change_is_lost(worker: Worker) -> None:
    site = worker.site
    calls = 0

    def fails(call: SlackCall) -> None:
        nonlocal calls
        calls += 1
        if calls in {2, 4}:
            raise RuntimeError("the worker dies")

    site.slack.decide = fails
    await storm(worker)
    await go_on(worker, 30)
    await storm(worker, [f"h{number}" for number in range(40)])

    await go_on(worker, 120)

    books = await balanced(site)
    assert (books["changes"], books["notified"], books["pending"]) == (80, 80, 0)
    count = len(members(site))
    digest = digest_of(site)
    assert digest.posted is not None
    assert site.slack.messages["C0123456", digest.posted.ts].text == f"{count} groups: A {count} firing 0 ended"


@tries("groups that one look at a long lane gives to a digest")
async def test_one_look_takes_so_many(worker: Worker, monkeypatch: pytest.MonkeyPatch, beyond: int) -> None:
    monkeypatch.setattr(absorbing, "MOST", 20)
    await storm(worker, GROUPS[: 20 + beyond])

    await worker.absorbing.absorb(worker.rules(), POSTS)

    assert len(members(worker.site)) == 20 + min(beyond, 0)


@tries("groups that one call of a digest takes in")
async def test_one_call_shows_so_many(worker: Worker, monkeypatch: pytest.MonkeyPatch, beyond: int) -> None:
    monkeypatch.setattr(gathering, "MOST", 20)
    await storm(worker, GROUPS[: 20 + beyond])

    await go_on(worker, 0.2)

    assert worker.site.slack.calls[0].text == f"{20 + min(beyond, 0)} groups: A {20 + min(beyond, 0)} firing 0 ended"
    await go_on(worker, 10)
    assert (await balanced(worker.site))["notified"] == 20 + beyond


async def test_under_a_new_configuration_its_message_ends_and_its_groups_are_shown_elsewhere(worker: Worker) -> None:
    site = worker.site
    await storm(worker)
    await go_on(worker, 30)
    digest, count = digest_of(site), len(members(site))
    await site.tenants.publish(ACME, ELSEWHERE)
    await worker.tenants.refresh(ACME)
    await worker.reconfiguration.configuration_changed(ACME)

    await go_on(worker, 120)

    assert digest.posted is not None
    assert site.slack.messages[CHANNEL, digest.posted.ts].text == f"{count} groups: A 0 firing {count} ended"
    texts = [message.text for (channel, _), message in site.slack.messages.items() if channel == OTHER_CHANNEL]
    assert any("groups: A" in text for text in texts)
    assert (await balanced(site))["pending"] == 0


async def test_a_receiver_with_another_channel_gets_another_digest_and_the_old_one_lives_on(worker: Worker) -> None:
    site = worker.site
    await storm(worker)
    await go_on(worker, 5)
    old = digest_of(site)
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))
    await worker.tenants.refresh(ACME)
    await worker.reconfiguration.configuration_changed(ACME)
    await storm(worker, [f"h{number}" for number in range(40)])

    await go_on(worker, 60)
    await end(worker)
    await go_on(worker, 60)

    assert old.posted is not None
    assert "A 0 firing" in site.slack.messages[CHANNEL, old.posted.ts].text
    new = [message.text for (channel, _), message in site.slack.messages.items() if channel == OTHER_CHANNEL]
    assert any("groups: A" in text for text in new)
    assert (await balanced(site))["pending"] == 0


async def test_with_a_dead_channel_it_alone_is_parked_and_shows_all_of_it_later(worker: Worker) -> None:
    site = worker.site
    dead = True
    site.slack.decide = lambda _: ChannelDead("is_archived") if dead else None
    await storm(worker)
    await go_on(worker, 50)
    assert sum(isinstance(one.phase, Parked) for one in groups_of(site)) <= 2

    dead = False
    await go_on(worker, 150)

    assert (await balanced(site))["notified"] == 40


async def test_a_message_that_somebody_deletes_is_posted_again_while_anything_fires(worker: Worker) -> None:
    site = worker.site
    await storm(worker)
    await go_on(worker, 30)
    digest, count = digest_of(site), len(members(site))
    assert digest.posted is not None
    del site.slack.messages[CHANNEL, digest.posted.ts]
    await end(worker, GROUPS[30:31])

    await go_on(worker, 30)

    again = digest_of(site)
    assert again.posted is not None
    assert again.posted != digest.posted
    assert site.slack.messages[CHANNEL, again.posted.ts].text == f"{count} groups: A {count - 1} firing 1 ended"


async def test_a_digest_that_is_gone_gives_its_groups_back(worker: Worker) -> None:
    site = worker.site
    await storm(worker)
    await go_on(worker, 30)
    site.store.expire(ACME, digest_of(site).key.group_id)
    await end(worker, GROUPS[30:31])

    await go_on(worker, 30)

    assert site.group(key_of(GROUPS[30])).posted is not None
    assert (await balanced(site))["pending"] == 0
