"""What is due goes one step further; whoever was overtaken leaves it to the one who was faster."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from router.core.model.group import AlertGroup
from router.core.model.instant import MILLISECOND, MINUTE, SECOND, Instant, Span
from router.core.model.key import GroupId
from router.core.model.operation import Lane, Method
from router.core.model.phase import Idle, Parked, Queued, Sending, Tries, Uncertain, Waiting
from router.core.slack.answer import ChannelDead
from router.errors import UnavailableError
from router.ports.state import ApplyResult
from router.roles.notify.unreadable import SOON
from tests.adapters.builders import ACME, NOON, store, write
from tests.roles.builders import CHANNEL, OTHER_CHANNEL, a_document, a_record, a_resolve, an_alert, key_of
from tests.roles.worker import LEASE, Site, Worker, a_worker

OURS = Lane(CHANNEL, Method.POST)


async def advance(worker: Worker, *groups: str) -> list[ApplyResult]:
    return await worker.due.advance(worker.rules(), [key_of(name).group_id for name in groups or ("g",)])


async def put(site: Site, then: AlertGroup) -> None:
    """Store a state, whatever there was."""
    assert await store(site.groups, [write(site.group(then.key), then)]) == [ApplyResult.OK]


async def test_a_group_that_has_waited_goes_into_its_lane(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))

    assert await advance(worker) == [ApplyResult.OK]

    assert isinstance(site.group().phase, Queued)
    assert await site.schedule.heads(ACME, [OURS]) == [[key_of().group_id]]


async def test_what_ended_before_it_was_notified_goes_to_rest(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()), a_record(a_resolve(ended=Instant(NOON + 1)), received=Instant(NOON + 1)))

    await advance(worker)

    assert site.group().closed
    assert await site.books.read(ACME) == {
        "changes": 2, "pending": 0, "superseded": 1, "suppressed:ended_before_notified": 1, "accepted": 2
    }  # fmt: skip


async def test_a_lease_that_lapsed_is_taken_from_its_worker(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    await advance(worker)
    site.slack.faults.fail("send", RuntimeError("the process was killed"))
    await worker.serve()
    assert isinstance(site.group().phase, Sending)

    site.clock.advance(LEASE)
    await advance(worker)

    assert isinstance(site.group().phase, Uncertain)


async def test_many_groups_take_one_read_and_one_write(site: Site, worker: Worker) -> None:
    groups = [f"g{number}" for number in range(10)]
    await worker.take(*(a_record(an_alert(), group=group) for group in groups))
    site.groups.faults.asked.clear()

    assert await advance(worker, *groups) == [ApplyResult.OK] * 10

    assert dict(site.groups.faults.asked) == {"load": 1, "apply": 1}
    assert await advance(worker, "nothing") == []
    assert await worker.due.advance(worker.rules(), []) == []


async def test_a_group_that_others_have_moved_is_left_and_the_rest_is_stored(site: Site, worker: Worker) -> None:
    other = await a_worker(site)
    await worker.take(a_record(an_alert(), group="g"), a_record(an_alert(), group="h"))
    site.groups.faults.just_before("apply", lambda: advance(other, "g"))

    assert await advance(worker, "g", "h") == [ApplyResult.CONFLICT, ApplyResult.OK]

    assert site.group(key_of("g")).rev == 2


async def test_a_fold_meanwhile_leaves_the_group_due(site: Site, worker: Worker, group_wait: Span) -> None:
    await worker.take(a_record(an_alert("A")))
    site.clock.advance(group_wait)
    site.groups.faults.just_before("apply", lambda: worker.take(a_record(an_alert("B"))))

    assert await advance(worker) == [ApplyResult.CONFLICT]

    work = await site.schedule.due(ACME, site.clock.time, 10)
    assert work.groups == (key_of().group_id,)


async def test_a_newer_configuration_stores_nothing_and_is_reported(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))

    assert await advance(worker) == [ApplyResult.RELOAD]
    assert site.group().rev == 1


async def test_lost_data_is_reported(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    stored = site.group()
    site.store.lose(ACME)
    site.store.tenants[ACME].groups[stored.key.group_id] = stored

    assert await advance(worker) == [ApplyResult.REBUILD]


async def test_an_engine_that_is_away_moves_nothing(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    site.groups.faults.refuse("apply")

    with pytest.raises(UnavailableError):
        await advance(worker)

    assert await advance(worker) == [ApplyResult.OK]


@pytest.mark.usefixtures("group_wait")
async def test_a_group_that_is_gone_is_dropped(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    site.store.expire(ACME, key_of().group_id)

    assert await advance(worker) == []

    assert await site.schedule.live(ACME) == []


async def test_a_group_that_nobody_can_read_waits_and_holds_up_nobody(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert(), group="g"), a_record(an_alert(), group="h"))
    site.store.garble(ACME, key_of("g").group_id)

    assert await advance(worker, "g", "h") == [ApplyResult.OK]

    assert site.store.tenants[ACME].due[key_of("g").group_id] == (NOON + SOON) // 1000


async def test_a_queued_group_that_is_due_is_put_back_into_its_lane(site: Site, worker: Worker) -> None:
    """As a program leaves it that cannot read it, and has set it aside."""
    await worker.take(a_record(an_alert()))
    await advance(worker)
    await site.schedule.postpone(ACME, key_of().group_id, OURS, site.clock.time)
    await site.schedule.drop_from_lane(ACME, OURS, None)

    assert await advance(worker) == [ApplyResult.OK]

    assert await site.schedule.heads(ACME, [OURS]) == [[key_of().group_id]]
    work = await site.schedule.due(ACME, site.clock.time, 10)
    assert (work.groups, work.lanes) == ((), (OURS,))


async def parked(site: Site, worker: Worker) -> AlertGroup:
    """A group whose channel is dead."""
    await worker.take(a_record(an_alert()))
    site.slack.script.append(ChannelDead("is_archived"))
    await worker.serve()
    await worker.serve()
    assert isinstance(site.group().phase, Parked), site.group().phase
    return site.group()


async def reconfigure(worker: Worker) -> None:
    await worker.tenants.load()
    await worker.due.reconfigure(worker.rules(), await worker.site.schedule.live(ACME))


async def test_what_was_parked_is_tried_at_once_under_a_new_configuration(site: Site, worker: Worker) -> None:
    await parked(site, worker)
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))

    await reconfigure(worker)

    assert isinstance(site.group().phase, Queued)
    assert await site.schedule.heads(ACME, [Lane(OTHER_CHANNEL, Method.POST)]) == [[key_of().group_id]]


async def test_what_waits_or_rests_is_left_to_its_time_under_a_new_configuration(
    site: Site, worker: Worker, group_wait: Span
) -> None:
    await worker.take(a_record(an_alert(), group="g"), a_record(an_alert(), group="h"))
    await put(site, replace(site.group(key_of("h")), phase=Idle(Instant(NOON + 99 * SECOND)), pending=0))
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))

    await reconfigure(worker)

    assert site.group(key_of("g")).phase == Waiting(Instant(NOON + group_wait))
    assert site.group(key_of("h")).phase == Idle(Instant(NOON + 99 * SECOND))


async def test_very_many_live_groups_are_brought_up_in_portions(site: Site, worker: Worker) -> None:
    groups = [f"g{number}" for number in range(45)]
    await worker.take(*(a_record(an_alert(), group=group) for group in groups))
    for group in groups:
        stored = site.group(key_of(group))
        await put(site, replace(stored, phase=Parked("channel_dead:x", Instant(NOON + MINUTE), Tries())))
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))
    site.groups.faults.asked.clear()

    await reconfigure(worker)

    assert dict(site.groups.faults.asked) == {"load": 3, "apply": 3}
    assert {type(site.group(key_of(group)).phase) for group in groups} == {Queued}


async def test_under_a_new_configuration_the_unreadable_and_the_gone_hold_up_nobody(
    site: Site, worker: Worker
) -> None:
    await parked(site, worker)
    await site.tenants.publish(ACME, a_document(route="  group_wait: 1s"))
    await worker.tenants.load()
    await worker.take(a_record(an_alert(), group="h"), a_record(an_alert(), group="i"))
    site.store.garble(ACME, key_of("h").group_id)
    site.store.expire(ACME, key_of("i").group_id)
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))

    await reconfigure(worker)

    assert isinstance(site.group().phase, Queued)
    assert GroupId(key_of("i").group_id) not in await site.schedule.live(ACME)


async def test_a_group_listed_as_due_too_early_is_put_right_and_keeps_nobody_busy(site: Site, worker: Worker) -> None:
    """Whatever listed it: looking at it once corrects the time, or its tenant would be served for ever."""
    await worker.take(a_record(an_alert()))
    await worker.serve()
    await worker.serve()
    idle = site.group()
    assert isinstance(idle.phase, Idle)
    await site.schedule.postpone(ACME, key_of().group_id, None, site.clock.time)

    await advance(worker)

    [next_at] = await site.schedule.next_due([ACME])
    assert next_at is not None
    assert idle.phase.look_at <= next_at <= idle.phase.look_at + MILLISECOND
    assert next_at > site.clock.time


async def test_a_call_whose_worker_has_died_is_named_and_counted(site: Site, worker: Worker) -> None:
    delivery = await worker.claim()
    site.pass_time(LEASE / SECOND + 1)

    with capture_logs() as logs:
        await worker.due.advance(worker.rules(), [key_of("g").group_id])

    [line] = [one for one in logs if one["event"] == "lease_lapsed"]
    assert (line["tenant"], line["op"], line["log_level"]) == (ACME, "post", "warning")
    assert line["notification"] == delivery.claim.lease.delivery_id
    lapsed = worker.metrics.registry.get_sample_value("alert_router_leases_lapsed_total", {"method": "post"})
    assert lapsed == 1
