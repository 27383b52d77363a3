"""What was just stored need not be read for its turn; what has moved on since is."""

from dataclasses import replace

import pytest

from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId
from router.roles.just_stored import KEPT, ROOM, JustStored
from tests.adapters.builders import ACME, BETA, POSTS, a_content, an_alert_state, key_of, queued, waiting
from tests.roles.builders import ELSEWHERE, a_record, an_alert
from tests.roles.worker import Site, Worker, a_worker


def in_lane(name: str = "A") -> AlertGroup:
    return replace(queued(waiting(name)), rev=1)


def with_text(name: str, characters: int) -> AlertGroup:
    """A group whose only alert has so many characters."""
    content = replace(a_content(), labels={}, annotations={"text": "x" * characters})
    return replace(in_lane(name), alerts={AlertId(name): an_alert_state(content=content)})


def test_a_group_in_a_lane_is_known_once() -> None:
    known = JustStored()
    known.note(ACME, in_lane())

    assert known.take_lanes(ACME) == (POSTS,)
    assert known.take_lanes(ACME) == ()
    assert known.take(ACME, [key_of().group_id, GroupId("other")]) == {key_of().group_id: in_lane()}
    assert known.take(ACME, [key_of().group_id]) == {}


def test_what_waits_or_is_another_tenants_is_not_known() -> None:
    known = JustStored()
    known.note(ACME, waiting())
    known.note(BETA, in_lane())

    assert known.take(ACME, [key_of().group_id]) == {}
    assert known.take_lanes(ACME) == ()


def test_what_was_stored_again_is_read() -> None:
    known = JustStored()
    known.note(ACME, in_lane())
    known.forget(ACME, key_of().group_id)

    assert known.take(ACME, [key_of().group_id]) == {}


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_of_very_many_the_oldest_are_read(beyond: int) -> None:
    known = JustStored()
    for number in range(KEPT + beyond):
        known.note(ACME, in_lane(f"A{number}"))

    assert len(known.take(ACME, [key_of("A0").group_id])) == (0 if beyond > 0 else 1)


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_of_very_long_ones_the_oldest_are_read(beyond: int) -> None:
    known = JustStored()
    first, second = with_text("A", ROOM // 2), with_text("B", ROOM // 2 + beyond)
    known.note(ACME, first)
    known.note(ACME, second)

    found = known.take(ACME, [key_of("A").group_id, key_of("B").group_id])

    assert list(found.values()) == ([second] if beyond > 0 else [first, second])


async def test_a_new_group_is_sent_without_being_read(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    site.groups.faults.asked.clear()

    await worker.take_turn()
    await worker.in_flight.drain()

    assert site.group().message is not None
    assert "load" not in site.groups.faults.asked


async def test_a_group_that_another_worker_changed_meanwhile_is_read_and_sent_as_it_is(
    site: Site, worker: Worker
) -> None:
    other = await a_worker(site)
    await worker.take(a_record(an_alert("A")))
    await other.take(a_record(an_alert("A"), an_alert("B")))

    for _ in range(3):
        await worker.take_turn()
        await worker.in_flight.drain()

    assert (site.group().pending, site.group().firing) == (0, 2)
    assert len(site.slack.messages) == 1


async def test_under_a_newer_configuration_it_is_read(site: Site, worker: Worker) -> None:
    await worker.take(a_record(an_alert()))
    await site.tenants.publish(ACME, ELSEWHERE)
    await worker.tenants.load()
    site.groups.faults.asked.clear()

    await worker.take_turn()

    assert site.groups.faults.asked["load"] == 1
