"""What storing one transition promises: whole or not at all, and only onto the state that it was decided for."""

import asyncio
from dataclasses import replace
from typing import cast

from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER
from router.core.model.key import GroupId
from router.core.model.ledger import LedgerEntry
from router.core.model.phase import Rank
from router.core.model.registers import Registers
from router.core.model.rules.names import ReceiverName
from router.ports.control import PagedGroups
from router.ports.state import ApplyResult, UnknownForm
from tests.adapters.builders import (
    ACME,
    BETA,
    EDITS,
    NOON,
    a_content,
    after,
    an_alert_state,
    idle,
    key_of,
    queued,
    sending,
    store,
    waiting,
    write,
)
from tests.contracts.engines import Engine
from tests.contracts.shelf import Shelf

NEW = AlertGroup(key_of())
SENT = Event(EventKind.SENT, "first", "post", notification="d1", notified=2, decided_at=NOON)


async def picture(shelf: Shelf) -> tuple[object, ...]:
    """Everything that can be read of the tenant."""
    engine, ids = shelf.engine, [key_of(name).group_id for name in "ABC"]
    return (
        await engine.groups.load(ACME, ids),
        await engine.books.read(ACME),
        await engine.outbox.read(ACME),
        await shelf.work(),
        await engine.schedule.next_due([ACME]),
        await engine.schedule.heads(ACME, [EDITS]),
    )


async def test_what_is_stored_comes_back_as_it_was_with_the_next_rev(shelf: Shelf) -> None:
    new = waiting(alerts=3)

    assert await store(shelf.groups, [write(NEW, new)]) == [ApplyResult.OK]

    assert await shelf.stored(key_of().group_id) == replace(new, rev=1)


async def test_a_group_that_is_not_there_is_none_in_its_own_position(shelf: Shelf) -> None:
    stored = await shelf.put(waiting("B"))

    assert await shelf.groups.load(ACME, [key_of("A").group_id, stored.key.group_id]) == [None, stored]


async def test_nothing_asked_is_nothing_answered(shelf: Shelf) -> None:
    assert await shelf.groups.load(ACME, []) == []
    assert await shelf.groups.load_parts([]) == []
    assert await shelf.groups.find_parts([]) == []
    assert await shelf.groups.members(ACME, []) == []
    assert await store(shelf.groups, []) == []
    assert await shelf.groups.firing_in([]) == []


async def test_the_same_group_of_another_tenant_is_another(shelf: Shelf) -> None:
    await shelf.engine.activate(BETA)
    await shelf.put(waiting())

    assert await shelf.groups.load(BETA, [key_of().group_id]) == [None]
    assert await store(shelf.groups, [write(NEW, waiting(), tenant=BETA)]) == [ApplyResult.OK]


async def test_who_comes_second_has_a_conflict_and_changes_nothing(shelf: Shelf) -> None:
    seen = await shelf.put(waiting())
    await shelf.put(queued(seen))
    before = await picture(shelf)

    late = write(seen, queued(seen, EDITS), now=after(1), entry=LedgerEntry(notified=5), events=(SENT,))

    assert await store(shelf.groups, [late]) == [ApplyResult.CONFLICT]
    assert await picture(shelf) == before


async def test_a_new_group_that_somebody_else_has_stored_is_a_conflict(shelf: Shelf) -> None:
    first = write(NEW, waiting())

    assert await store(shelf.groups, [first, first]) == [ApplyResult.OK, ApplyResult.CONFLICT]


async def test_a_group_that_expired_meanwhile_is_a_conflict(shelf: Shelf) -> None:
    seen = await shelf.put(waiting())
    await shelf.engine.expire(ACME, seen.key.group_id)

    assert await store(shelf.groups, [write(seen, queued(seen))]) == [ApplyResult.CONFLICT]


async def test_of_many_at_once_exactly_one_wins(shelf: Shelf) -> None:
    seen = await shelf.put(waiting())

    answers = await asyncio.gather(
        *(store(shelf.groups, [write(seen, queued(seen), entry=LedgerEntry(notified=1))]) for _ in range(20))
    )

    assert sorted(answer for [answer] in answers) == [ApplyResult.CONFLICT] * 19 + [ApplyResult.OK]
    assert await shelf.engine.books.read(ACME) == {"notified": 1}


async def test_another_active_configuration_says_reload_and_changes_nothing(shelf: Shelf) -> None:
    before = await picture(shelf)
    outdated = write(NEW, waiting(), config_version=2, entry=LedgerEntry(changes=1), events=(SENT,))

    assert await store(shelf.groups, [outdated]) == [ApplyResult.RELOAD]
    assert await picture(shelf) == before


async def test_the_active_configuration_and_none_at_all_are_both_good(shelf: Shelf) -> None:
    under_it = write(AlertGroup(key_of("A")), waiting("A"), config_version=3)
    under_any = write(AlertGroup(key_of("B")), waiting("B"))

    assert await store(shelf.groups, [under_it, under_any]) == [ApplyResult.OK, ApplyResult.OK]


async def test_a_tenant_without_data_says_rebuild_and_nothing_is_stored(shelf: Shelf) -> None:
    await shelf.engine.lose(ACME)
    before = await picture(shelf)

    assert await store(shelf.groups, [write(NEW, waiting(), config_version=3)]) == [ApplyResult.REBUILD]
    assert await store(shelf.groups, [write(NEW, waiting())]) == [ApplyResult.REBUILD]
    assert await picture(shelf) == before


async def test_one_refused_write_does_not_stop_its_neighbours(shelf: Shelf) -> None:
    writes = [write(AlertGroup(key_of(name)), waiting(name)) for name in "ABC"]

    answers = await store(shelf.groups, [writes[0], replace(writes[1], config_version=1), writes[2]])

    assert answers == [ApplyResult.OK, ApplyResult.RELOAD, ApplyResult.OK]


async def test_of_an_alert_what_changed_is_stored_and_what_went_is_gone(shelf: Shelf) -> None:
    seen = await shelf.put(waiting(alerts=3))
    kept, changed = AlertId("A0"), AlertId("A1")
    worse = an_alert_state(after(5), content=a_content(severity="critical"))

    then = await shelf.put(replace(seen, alerts={kept: seen.alerts[kept], changed: worse}))

    assert then.alerts == {kept: seen.alerts[kept], changed: worse}


async def test_labels_and_annotations_that_are_no_longer_kept_are_gone(shelf: Shelf) -> None:
    seen = await shelf.put(waiting(alerts=2))
    one, other = AlertId("A0"), AlertId("A1")
    bare = replace(seen.alerts[one], content=None)

    then = await shelf.put(replace(seen, alerts={one: bare, other: seen.alerts[other]}))

    assert then.alerts == {one: bare, other: seen.alerts[other]}
    assert seen.alerts[one].content is not None


async def test_a_part_is_loaded_changed_and_stored_without_touching_the_rest(shelf: Shelf) -> None:
    await shelf.put(waiting(alerts=3))
    one, new = AlertId("A1"), AlertId("A9")

    [part] = await shelf.groups.load_parts([(ACME, key_of(), [one, new])])
    assert isinstance(part, AlertGroup)
    assert set(part.alerts) == {one}
    grown = replace(part, alerts={**part.alerts, new: an_alert_state()}, firing=4, pending=4)
    assert await store(shelf.groups, [write(part, grown)]) == [ApplyResult.OK]

    whole = await shelf.stored(key_of().group_id)
    assert set(whole.alerts) == {"A0", "A1", "A2", "A9"}
    assert (whole.firing, whole.rev) == (4, 2)


async def test_the_alerts_of_groups_are_named_however_many_they_are(shelf: Shelf) -> None:
    await shelf.put(waiting("A", alerts=3))
    await shelf.put(waiting("B", alerts=1_500))
    ids = [key_of(name).group_id for name in "BZA"]

    many, none, few = await shelf.groups.members(ACME, ids)

    assert sorted(many) == sorted(f"B{number}" for number in range(1_500))
    assert (list(none), sorted(few)) == ([], ["A0", "A1", "A2"])
    assert await shelf.groups.members(BETA, ids) == [[], [], []]


async def test_two_parts_of_one_group_are_compared_as_the_whole_would_be(shelf: Shelf) -> None:
    await shelf.put(waiting(alerts=2))
    parts = await shelf.groups.load_parts([(ACME, key_of(), [AlertId(name)]) for name in ("A0", "A1")])
    first, second = [write(one, one) for one in parts if isinstance(one, AlertGroup)]

    assert await store(shelf.groups, [first, second]) == [ApplyResult.OK, ApplyResult.CONFLICT]


async def test_a_part_of_what_is_not_stored_is_a_new_group(shelf: Shelf) -> None:
    assert await shelf.groups.load_parts([(ACME, key_of(), [AlertId("A0")])]) == [NEW]


async def test_parts_of_several_tenants_come_in_the_order_asked_for(shelf: Shelf) -> None:
    await shelf.engine.activate(BETA)
    await shelf.put(waiting())
    await store(shelf.groups, [write(NEW, waiting(alerts=2), tenant=BETA)])

    a, b, none = await shelf.groups.load_parts(
        [(ACME, key_of(), [AlertId("A0")]), (BETA, key_of(), [AlertId("A1")]), (BETA, key_of("Z"), [])]
    )

    assert isinstance(a, AlertGroup)
    assert isinstance(b, AlertGroup)
    assert (a.firing, set(a.alerts), b.firing, set(b.alerts)) == (1, {"A0"}, 2, {"A1"})
    assert none == AlertGroup(key_of("Z"))


async def test_parts_are_found_by_id_with_the_named_alerts_alone_each_in_its_own_position(shelf: Shelf) -> None:
    await shelf.engine.activate(BETA)
    ours, theirs = await shelf.put(waiting(alerts=3)), waiting(alerts=1)
    await store(shelf.groups, [write(NEW, theirs, tenant=BETA)])
    one, unknown, group = AlertId("A1"), AlertId("A9"), key_of().group_id

    found = await shelf.groups.find_parts(
        [(ACME, group, [one, unknown]), (ACME, key_of("Z").group_id, [one]), (BETA, group, [one]), (ACME, group, [])]
    )

    assert found == [
        replace(ours, alerts={one: ours.alerts[one]}),
        None,
        replace(theirs, rev=1, alerts={}),
        replace(ours, alerts={}),
    ]


async def test_a_part_found_by_id_is_changed_and_stored_without_touching_the_rest(shelf: Shelf) -> None:
    whole, one = await shelf.put(waiting(alerts=3)), AlertId("A1")
    [part] = await shelf.groups.find_parts([(ACME, whole.key.group_id, [one])])
    assert isinstance(part, AlertGroup)
    worse = an_alert_state(after(5), content=a_content(severity="critical"))

    assert await store(shelf.groups, [write(part, replace(part, alerts={one: worse}))]) == [ApplyResult.OK]

    assert await shelf.stored(whole.key.group_id) == replace(whole, rev=2, alerts={**whole.alerts, one: worse})


async def test_an_alert_without_kept_content_has_registers_only(shelf: Shelf) -> None:
    bare = AlertState(registers=an_alert_state().registers, pending_since=NOON)

    stored = await shelf.put(replace(waiting(), alerts={AlertId("x"): bare}))

    assert stored.alerts == {"x": bare}


async def test_a_group_of_a_newer_program_is_named_left_alone_and_hides_no_other(shelf: Shelf) -> None:
    theirs, ours = await shelf.put(waiting("A")), await shelf.put(waiting("B"))
    await shelf.engine.garble(ACME, theirs.key.group_id)
    unknown = UnknownForm(theirs.key.group_id, "99")

    assert await shelf.groups.load(ACME, [theirs.key.group_id, ours.key.group_id]) == [unknown, ours]
    assert (await shelf.groups.load_parts([(ACME, theirs.key, [])])) == [unknown]
    assert (await shelf.groups.find_parts([(ACME, theirs.key.group_id, [])])) == [unknown]
    assert await store(shelf.groups, [write(NEW, waiting())]) == [ApplyResult.CONFLICT]


async def test_when_a_group_is_due_is_set_moved_and_taken_away(shelf: Shelf) -> None:
    await shelf.put(waiting(due=NOON))
    assert await shelf.due_at("A") == NOON

    await shelf.put(waiting(due=after(30)))
    assert await shelf.due_at("A") == after(30)

    await shelf.put(idle(waiting(), due=NEVER))
    assert await shelf.due_at("A") is None


async def test_a_group_in_a_lane_is_due_only_through_its_lane(shelf: Shelf) -> None:
    seen = await shelf.put(waiting())

    stored = await shelf.put(queued(seen, rank=Rank.NORMAL), now=after(1))

    assert stored == replace(queued(seen, rank=Rank.NORMAL), rev=2)
    assert await shelf.due_at("A") is None
    assert await shelf.looked_at() == after(1)
    assert await shelf.order() == ["A"]


async def test_a_group_that_takes_its_call_leaves_its_lane_and_is_due_when_the_lease_ends(shelf: Shelf) -> None:
    seen = await shelf.put(queued(waiting()))

    await shelf.put(sending(seen, until=after(30)), lane_at=after(30))

    assert await shelf.due_at("A") == after(30)
    assert await shelf.looked_at() is None
    assert await shelf.order() == []


async def test_after_data_was_lost_the_tenant_begins_again(engine: Engine) -> None:
    await engine.activate(ACME)
    await store(engine.groups, [write(NEW, waiting(), entry=LedgerEntry(changes=1, pending=1))])
    await engine.lose(ACME)
    await engine.activate(ACME)

    assert await engine.groups.load_parts([(ACME, key_of(), [])]) == [NEW]
    assert (await engine.books.read(ACME), await engine.schedule.live(ACME)) == ({}, [])
    assert await store(engine.groups, [write(NEW, waiting())]) == [ApplyResult.OK]


def firing(name: str, *alerts: str) -> AlertGroup:
    """A group in which these alerts fire."""
    return replace(waiting(name), alerts={AlertId(alert): an_alert_state() for alert in alerts})


async def test_the_groups_in_which_an_alert_fires_are_known(shelf: Shelf) -> None:
    await shelf.put(firing("A", "x", "y"))
    await shelf.put(firing("B", "x"))

    receiver = key_of().receiver
    [found] = await shelf.groups.firing_in([(ACME, receiver, [AlertId("x"), AlertId("y"), AlertId("z")])])

    assert found == {"x": [key_of("A").group_id, key_of("B").group_id], "y": [key_of("A").group_id]}


async def test_a_group_in_which_it_no_longer_fires_is_forgotten(shelf: Shelf) -> None:
    first = await shelf.put(firing("A", "x", "y", "z"))
    await shelf.put(firing("B", "x"))
    ended = an_alert_state(registers=Registers(start=NOON, end=after(1), seen_firing=NOON, seen_resolved=after(1)))
    await shelf.put(replace(first, alerts={AlertId("x"): ended, AlertId("z"): ended}))

    [found] = await shelf.groups.firing_in([(ACME, key_of().receiver, [AlertId(one) for one in "xyz"])])

    assert found == {"x": [key_of("B").group_id]}


async def test_what_is_not_stored_is_not_known_either(shelf: Shelf) -> None:
    first = await shelf.put(firing("A", "x"))
    refused = write(replace(first, rev=first.rev + 1), firing("A", "x", "y"))

    assert await store(shelf.groups, [refused]) == [ApplyResult.CONFLICT]

    [found] = await shelf.groups.firing_in([(ACME, key_of().receiver, [AlertId("y")])])
    assert found == {}


async def test_receivers_and_tenants_are_apart(shelf: Shelf) -> None:
    await shelf.put(firing("A", "x"))
    x = [AlertId("x")]

    found = await shelf.groups.firing_in([(ACME, ReceiverName("other"), x), (BETA, key_of().receiver, x)])

    assert found == [{}, {}]


async def test_of_very_many_groups_of_one_alert_some_are_known(shelf: Shelf) -> None:
    for name in "ABCDEFGHIJ":
        await shelf.put(firing(name, "x"))

    [found] = await shelf.groups.firing_in([(ACME, key_of().receiver, [AlertId("x")])])

    assert found[AlertId("x")] == [key_of(name).group_id for name in "ABCDEFGH"]


async def test_ids_come_some_at_a_time_in_their_order_each_tenants_own(shelf: Shelf) -> None:
    groups = {name: waiting(name) for name in "ABCDE"}
    await store(shelf.groups, [write(AlertGroup(one.key), one) for one in groups.values()])
    await store(shelf.groups, [write(AlertGroup(key_of("F")), waiting("F"), tenant=BETA)])
    every = sorted(one.key.group_id for one in groups.values())

    paged = cast("PagedGroups", shelf.groups)
    first = await paged.ids(ACME, GroupId(""), 3)
    assert (first, await paged.ids(ACME, first[-1], 3)) == (every[:3], every[3:])
    assert await paged.ids(ACME, every[-1], 3) == []
