"""The first group of each lane; what does not belong there is out of the way of those who do."""

from router.core.model.operation import Lane, Method
from router.core.model.phase import Queued
from router.core.model.rules.names import ReceiverName
from router.roles.notify.head import Head
from router.roles.notify.unreadable import SOON
from tests.adapters.builders import ACME
from tests.roles.builders import CHANNEL, ELSEWHERE, OTHER_CHANNEL, a_document, key_of
from tests.roles.worker import TIMES, Site, Worker

POSTS, EDITS = Lane(CHANNEL, Method.POST), Lane(CHANNEL, Method.UPDATE)


async def read(worker: Worker, *lanes: Lane) -> list[Head]:
    return await worker.heads.read(worker.rules(), lanes or (POSTS,))


async def test_the_group_that_has_waited_longest_is_the_head_with_its_policy(site: Site, worker: Worker) -> None:
    await worker.queue("g")
    site.pass_time(1)
    await worker.queue("h")

    [head] = await read(worker)

    assert (head.lane, head.group) == (POSTS, site.group(key_of("g")))
    assert head.policy.receiver == worker.rules().receivers[ReceiverName("default")]
    assert head.policy.times == TIMES


async def test_several_lanes_take_one_read(site: Site, worker: Worker) -> None:
    await worker.queue()
    site.groups.faults.asked.clear()

    heads = await read(worker, EDITS, POSTS)

    assert [head.lane for head in heads] == [POSTS]
    assert site.groups.faults.asked["load"] == 1


async def test_an_empty_lane_is_not_looked_at_again(site: Site, worker: Worker) -> None:
    site.store.tenants[ACME].due[POSTS] = 1

    assert await read(worker) == []

    assert POSTS not in site.store.tenants[ACME].due


async def test_a_group_that_is_gone_leaves_the_lane_to_the_next(site: Site, worker: Worker) -> None:
    await worker.queue("g")
    site.pass_time(1)
    await worker.queue("h")
    site.store.expire(ACME, key_of("g").group_id)

    assert await read(worker) == []
    assert [head.group.key for head in await read(worker)] == [key_of("h")]


async def test_a_group_that_stands_elsewhere_by_now_is_taken_out(site: Site, worker: Worker) -> None:
    await worker.queue()
    site.store.tenants[ACME].lanes[EDITS][key_of().group_id] = (0, 0)

    assert await read(worker, EDITS) == []

    assert await site.schedule.heads(ACME, [EDITS, POSTS]) == [[], [key_of().group_id]]


async def test_a_group_that_nobody_can_read_does_not_hold_up_its_lane(site: Site, worker: Worker) -> None:
    await worker.queue("g")
    site.pass_time(1)
    await worker.queue("h")
    site.store.garble(ACME, key_of("g").group_id)

    assert await read(worker) == []

    assert [head.group.key for head in await read(worker)] == [key_of("h")]
    assert site.store.tenants[ACME].due[key_of("g").group_id] == (site.clock.time + SOON) // 1000


async def test_what_now_belongs_elsewhere_is_folded_there_and_is_no_head(site: Site, worker: Worker) -> None:
    await worker.queue()
    await site.tenants.publish(ACME, ELSEWHERE)
    await worker.tenants.load()

    assert await read(worker) == []

    there = site.group(key_of(receiver="elsewhere", path=("{}", '{alertname=~".+"}')))
    assert isinstance(there.phase, Queued)
    assert there.phase.lane == Lane(OTHER_CHANNEL, Method.POST)
    assert not isinstance(site.group().phase, Queued) or not site.group().pending


async def test_a_head_whose_receiver_has_another_channel_is_still_the_head(site: Site, worker: Worker) -> None:
    await worker.queue()
    await site.tenants.publish(ACME, a_document(channel=OTHER_CHANNEL))
    await worker.tenants.load()

    [head] = await read(worker)

    assert (head.lane, head.policy.receiver.channel) == (POSTS, OTHER_CHANNEL)
    assert head.group.config_version == 2


async def test_without_lanes_there_are_no_heads(worker: Worker) -> None:
    assert await worker.heads.read(worker.rules(), []) == []
