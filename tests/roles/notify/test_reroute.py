"""Groups under a newer configuration: their alerts arrive where they belong first, and leave afterwards."""

import threading
from dataclasses import replace

import pytest

from router.core.model.alert_state import ShownState
from router.core.model.group import AlertGroup
from router.core.model.key import GroupKey
from router.core.model.operation import Lane, Method
from router.core.model.rules.tenant import Tenant
from router.errors import UnavailableError
from router.roles import tenants as tenants_role
from router.roles.notify.unreadable import SOON
from tests.adapters.builders import ACME, store, write
from tests.roles.builders import (
    CHANNEL,
    ELSEWHERE,
    OTHER_CHANNEL,
    a_document,
    a_record,
    an_alert,
    id_of,
    key_of,
)
from tests.roles.worker import Site, Worker

A = id_of("A")
HERE = ("{}", '{alertname=~".+"}')
ONE = a_document(
    route="""\
  routes:
    - {matchers: ['alertname=~".+"'], receiver: default}
"""
)
BOTH = a_document(
    route="""\
  routes:
    - {matchers: ['alertname=~".+"'], receiver: default, continue: true}
    - {matchers: ['alertname=~".+"'], receiver: elsewhere}
""",
    receivers=f'  - {{name: elsewhere, slack: {{channel: "{OTHER_CHANNEL}"}}}}',
)
POSTS = Lane(CHANNEL, Method.POST)


def there(group: str = "g") -> GroupKey:
    return key_of(group, "elsewhere", ("{}", '{alertname=~".+"}'))


async def reroute(worker: Worker, *groups: str) -> list[AlertGroup]:
    """Bring groups up to date as when they are due; those that go on where they are."""
    found = await worker.loader.due(ACME, [key_of(group).group_id for group in groups or ("g",)])
    brought = await worker.rerouting.bring_up_to_date(worker.rules(), found)
    return list(brought.current)


async def move_away(worker: Worker, document: str = ELSEWHERE) -> None:
    await worker.site.tenants.publish(ACME, document)
    await worker.tenants.load()


async def test_what_is_up_to_date_is_left_as_it_is(site: Site, worker: Worker) -> None:
    await worker.show()
    site.groups.faults.asked.clear()

    assert await reroute(worker) == [site.group()]

    assert site.groups.faults.asked["apply"] == 0


async def test_what_stays_is_marked_and_not_stored_yet(site: Site, worker: Worker) -> None:
    await worker.show()
    await move_away(worker, a_document(channel=OTHER_CHANNEL))

    [current] = await reroute(worker)

    assert (current.config_version, site.group().config_version) == (2, 1)
    assert current.rev == site.group().rev


async def test_what_belongs_elsewhere_arrives_there_and_its_old_message_is_edited_a_last_time(
    site: Site, worker: Worker
) -> None:
    await worker.show()
    await move_away(worker)

    assert await reroute(worker) == []

    assert site.group(there()).alerts[A].pending
    assert site.group().alerts[A].last_shown.state is ShownState.REROUTED
    site.pass_time(40)
    await worker.settle_down()
    assert {channel: message.text for (channel, _), message in site.slack.messages.items()} == {
        CHANNEL: "A rerouted", OTHER_CHANNEL: "A firing"
    }  # fmt: skip


async def test_what_was_folded_by_rules_that_were_held_over_is_routed_again_by_their_successors(
    site: Site, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document that takes long to compile holds up nobody's records, and is followed all the same."""
    compiling = worker.tenants._compiler._load
    go = threading.Event()

    def slowly(text: str, version: int) -> Tenant:
        assert go.wait(10)
        return compiling(text, version)

    monkeypatch.setattr(worker.tenants._compiler, "_load", slowly)
    monkeypatch.setattr(tenants_role, "PATIENCE_S", 0.01)
    await site.tenants.publish(ACME, ELSEWHERE)
    await worker.take(a_record(an_alert("A")))
    assert (worker.rules().version, site.group().config_version) == (2, 1)

    go.set()
    await worker.tenants.load()
    assert await reroute(worker) == []

    assert site.group(there()).alerts[A].pending
    assert site.group(there()).config_version == 2


async def test_rules_that_are_held_over_leave_what_later_ones_have_routed(site: Site, worker: Worker) -> None:
    """Of two workers one may have compiled the new document already."""
    await worker.show()
    before = worker.rules()
    await move_away(worker)
    await reroute(worker)
    found = await worker.loader.due(ACME, [there().group_id])

    brought = await worker.rerouting.bring_up_to_date(before.under(2), found)

    assert [(one.key, one.config_version) for one in brought.current] == [(there(), 2)]
    assert site.group(there()).alerts[A].pending


async def books_balance(site: Site) -> None:
    books = await site.books.read(ACME)
    suppressed = sum(count for name, count in books.items() if name.startswith("suppressed:"))
    ended = books.get("notified", 0) + books.get("superseded", 0) + suppressed + books["pending"]
    assert books["changes"] == ended, books


@pytest.mark.parametrize("fault", ["refuse", "lose_reply"])
@pytest.mark.parametrize("step", ["arrive", "leave"])
async def test_a_crash_on_the_way_leaves_some_message_that_shows_the_alert_and_it_is_done_again(
    site: Site, worker: Worker, step: str, fault: str
) -> None:
    await worker.show()
    await move_away(worker)
    if step == "leave":
        site.groups.faults.just_before("apply", lambda: None)
        site.groups.faults.just_before("apply", lambda: getattr(site.groups.faults, fault)("apply"))
    else:
        getattr(site.groups.faults, fault)("apply")
    with pytest.raises(UnavailableError):
        await reroute(worker)
    arrived = there().group_id in site.store.tenants[ACME].groups
    assert arrived or site.group().alerts[A].shown_firing, "no message shows it"
    await books_balance(site)

    await reroute(worker)

    assert site.group(there()).firing == 1
    assert site.group().firing == 0
    await books_balance(site)


async def test_who_was_changed_by_others_meanwhile_is_reported_and_leaves_the_next_time(
    site: Site, worker: Worker
) -> None:
    await worker.show()
    await move_away(worker)
    loaded = [site.group()]

    async def touch() -> None:
        group = site.group()
        await store(site.groups, [write(group, replace(group, sends=group.sends + 1))])

    site.groups.faults.just_before("apply", lambda: None)
    site.groups.faults.just_before("apply", touch)
    brought = await worker.rerouting.bring_up_to_date(worker.rules(), loaded)
    assert (brought.current, brought.complete) == ([], False)
    assert (site.group().firing, site.group(there()).firing) == (1, 1)

    again = await worker.rerouting.bring_up_to_date(worker.rules(), [site.group()])

    assert again.complete
    assert (site.group().firing, site.group(there()).firing) == (0, 1)
    await books_balance(site)


async def test_a_configuration_that_changes_meanwhile_moves_nothing(site: Site, worker: Worker) -> None:
    await worker.show()
    await move_away(worker)
    site.groups.faults.just_before("apply", lambda: site.tenants.publish(ACME, a_document()))

    await reroute(worker)

    assert set(site.store.tenants[ACME].groups) == {key_of().group_id}
    assert site.group().alerts[A].last_shown.state is ShownState.FIRING


async def test_alerts_of_many_groups_arrive_in_one_step_each(site: Site, worker: Worker) -> None:
    groups = [f"g{number}" for number in range(5)]
    await worker.queue(*groups)
    await move_away(worker)
    site.groups.faults.asked.clear()

    await reroute(worker, *groups)

    assert dict(site.groups.faults.asked) == {"load": 1, "load_parts": 1, "apply": 2}


async def _unreadable_there(site: Site, worker: Worker, group: str = "g") -> None:
    """Where the alert of that group is to go, a newer program has stored a group already."""
    await worker.take(a_record(an_alert(), group=group, received=site.clock.time))
    site.store.garble(ACME, there(group).group_id)


@pytest.fixture
async def stuck(site: Site, worker: Worker) -> Worker:
    """Two groups that are shown, and of which one cannot go where it belongs."""
    await worker.show("g", "h")
    await move_away(worker)
    await _unreadable_there(site, worker, "g")
    return worker


async def test_a_group_that_cannot_be_read_holds_up_nobody_else(site: Site, stuck: Worker) -> None:
    await reroute(stuck, "g", "h")

    assert site.group(key_of("g")).firing == 1, "some message must show it"
    assert site.group(key_of("h")).firing == 0
    assert site.group(there("h")).firing == 1


async def test_who_is_stuck_is_looked_at_soon_again_and_not_all_the_time(site: Site, stuck: Worker) -> None:
    await stuck.due.advance(stuck.rules(), [key_of("g").group_id])

    due = site.store.tenants[ACME].due[key_of("g").group_id]
    assert due == (site.clock.time + SOON) // 1000


async def test_who_is_stuck_in_a_lane_leaves_it_to_the_next(site: Site, worker: Worker) -> None:
    await worker.queue("g", "h")
    await move_away(worker)
    await _unreadable_there(site, worker, "g")

    for _ in "gh":
        assert await worker.heads.read(worker.rules(), [POSTS]) == []

    assert site.group(there("h")).firing == 1
    assert site.store.tenants[ACME].due[key_of("g").group_id] == (site.clock.time + SOON) // 1000


async def test_who_was_stuck_goes_when_the_way_is_free(site: Site, stuck: Worker) -> None:
    await stuck.due.advance(stuck.rules(), [key_of("g").group_id])
    site.store.expire(ACME, there("g").group_id)

    site.pass_time(60)
    await stuck.settle_down()

    assert site.group(key_of("g")).firing == 0
    assert site.group(there("g")).firing == 1


async def test_who_also_belongs_where_nobody_can_read_goes_on_here_and_is_routed_again(
    site: Site, worker: Worker
) -> None:
    await move_away(worker, ONE)
    await worker.take(a_record(an_alert()))
    here = key_of(path=HERE)
    shown = site.group(here)
    await move_away(worker, BOTH)
    await _unreadable_there(site, worker)

    brought = await worker.rerouting.bring_up_to_date(worker.rules(), [shown])

    [current] = brought.current
    assert (current.key, current.config_version) == (here, shown.config_version), "it would never arrive there"
    assert brought.stuck == []
