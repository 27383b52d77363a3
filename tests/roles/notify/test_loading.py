"""What is due as it is stored: what is gone or cannot be read is out of everybody's way."""

import pytest
from structlog.testing import capture_logs

from router.core.model.key import GroupId
from router.roles.notify.unreadable import SOON
from tests.adapters.builders import ACME, NOON, POSTS
from tests.roles.builders import a_record, an_alert, key_of
from tests.roles.worker import Site, Worker


async def test_what_is_due_is_loaded_whole_and_in_order(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert("A"), an_alert("B"), group="g"), a_record(an_alert(), group="h"))

    found = await worker.loader.due(ACME, [key_of("h").group_id, key_of("g").group_id])

    assert found == [site.group(key_of("h")), site.group(key_of("g"))]


@pytest.mark.usefixtures("group_wait")
async def test_a_group_that_is_gone_is_dropped(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert(), group="g"), a_record(an_alert(), group="h"))
    site.store.expire(ACME, key_of("g").group_id)

    found = await worker.loader.due(ACME, [key_of("g").group_id, key_of("h").group_id])

    assert [one.key for one in found] == [key_of("h")]
    assert await site.schedule.live(ACME) == [key_of("h").group_id]


async def test_a_group_that_cannot_be_read_is_named_and_looked_at_soon_again(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert(), group="g"), a_record(an_alert(), group="h"))
    site.store.garble(ACME, key_of("g").group_id)

    with capture_logs() as logs:
        found = await worker.loader.due(ACME, [key_of("g").group_id, key_of("h").group_id])

    assert [one.key for one in found] == [key_of("h")]
    assert site.store.tenants[ACME].due[key_of("g").group_id] == (NOON + SOON) // 1000
    assert [(one["event"], one["group"], one["form"]) for one in logs] == [
        ("group_unreadable", key_of("g").group_id, "99")
    ]


async def test_at_the_head_of_a_lane_it_leaves_the_lane(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    await worker.due.advance(worker.rules(), [key_of().group_id])
    lane = next(iter(site.store.tenants[ACME].lanes))
    site.store.garble(ACME, key_of().group_id)
    [unknown] = await site.groups.load(ACME, [key_of().group_id])

    await worker.loader.set_aside(ACME, unknown, lane)  # type: ignore[arg-type]

    assert await site.schedule.heads(ACME, [lane]) == [[]]
    assert key_of().group_id in await site.schedule.live(ACME)


async def test_nothing_due_is_nothing_loaded(worker: Worker) -> None:
    assert await worker.loader.due(ACME, []) == []
    assert await worker.loader.due(ACME, [GroupId("0" * 32)]) == []
    assert POSTS not in worker.site.store.tenants[ACME].due
