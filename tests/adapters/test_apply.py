"""What storing one transition promises: whole or not at all, books and events with it, and the right life span."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from router.adapters.redis.books import RedisBooks
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.outbox import RedisOutbox
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup, MessageRef, PendingReply
from router.core.model.instant import HOUR, NEVER, Span
from router.core.model.ledger import LedgerEntry, Suppressed
from router.core.model.operation import Op, Reason
from router.core.model.phase import Parked, Queued, Rank, Tries
from router.ports.state import ApplyResult
from tests.adapters.builders import (
    ACME,
    BETA,
    EDITS,
    NOON,
    POSTS,
    a_content,
    after,
    an_alert_state,
    idle,
    key_of,
    parked,
    queued,
    sending,
    waiting,
    write,
)

SENT = Event(
    EventKind.SENT,
    "first",
    "post",
    notification="d1",
    notified=2,
    message=MessageRef("C1", "1.2"),
    attempts=1,
    decided_at=NOON,
)
Picture = Callable[[], Awaitable[dict[bytes, bytes]]]

PARKED = Event(EventKind.PARKED, "channel_dead:is_archived", "parked", decided_at=NOON)


@pytest.fixture
async def store(redis: Connection, raw: Any) -> GroupStore:
    """A store with one tenant whose version 3 is active."""
    await raw.mset({"alert-router:{acme}:epoch": "1", "alert-router:{acme}:active": "3"})
    return GroupStore(redis)


@pytest.fixture
def books(redis: Connection) -> RedisBooks:
    return RedisBooks(redis)


@pytest.fixture
async def bytes_of(redis_url: str) -> AsyncIterator[Picture]:
    """Takes a picture of the whole database, byte for byte."""
    client: Any
    async with Redis.from_url(redis_url) as client:

        async def picture() -> dict[bytes, bytes]:
            return {key: await client.dump(key) async for key in client.scan_iter(count=1000)}

        yield picture


async def stored(store: GroupStore, name: str = "A") -> AlertGroup:
    [found] = await store.load(ACME, [key_of(name).group_id])
    assert isinstance(found, AlertGroup)
    return found


async def score(raw: Any, key: str, member: str) -> float | None:
    found: float | None = await raw.zscore(f"alert-router:{{acme}}:{key}", member)
    return found


async def test_what_is_stored_comes_back_as_it_was_with_the_next_rev(store: GroupStore) -> None:
    new = waiting(alerts=3)

    assert await store.apply([write(AlertGroup(key_of()), new)]) == [ApplyResult.OK]

    assert await stored(store) == replace(new, rev=1)


async def test_a_notification_that_is_not_there_is_none_in_its_own_position(store: GroupStore) -> None:
    await store.apply([write(AlertGroup(key_of("B")), waiting("B"))])

    a, b = await store.load(ACME, [key_of("A").group_id, key_of("B").group_id])

    assert a is None
    assert b is not None


async def test_nothing_asked_is_nothing_answered(store: GroupStore) -> None:
    assert await store.load(ACME, []) == []
    assert await store.load_parts([]) == []
    assert await store.apply([]) == []


async def test_the_same_notification_of_another_tenant_is_another(store: GroupStore, raw: Any) -> None:
    await raw.set("alert-router:{beta}:epoch", "1")
    await store.apply([write(AlertGroup(key_of()), waiting())])

    assert await store.load(BETA, [key_of().group_id]) == [None]
    assert await store.apply([write(AlertGroup(key_of()), waiting(), tenant=BETA)]) == [ApplyResult.OK]


async def test_who_comes_second_has_a_conflict_and_changes_nothing(store: GroupStore, bytes_of: Picture) -> None:
    await store.apply([write(AlertGroup(key_of()), waiting())])
    seen = await stored(store)
    await store.apply([write(seen, queued(seen), entry=LedgerEntry(notified=1))])
    before = await bytes_of()

    late = write(seen, queued(seen, EDITS), now=after(1), entry=LedgerEntry(notified=5), events=(SENT,))

    assert await store.apply([late]) == [ApplyResult.CONFLICT]
    assert await bytes_of() == before


async def test_a_new_notification_that_somebody_else_has_stored_is_a_conflict(store: GroupStore) -> None:
    first = write(AlertGroup(key_of()), waiting())

    assert await store.apply([first, first]) == [ApplyResult.OK, ApplyResult.CONFLICT]


async def test_a_notification_that_expired_meanwhile_is_a_conflict(store: GroupStore, raw: Any) -> None:
    await store.apply([write(AlertGroup(key_of()), waiting())])
    seen = await stored(store)
    await raw.flushdb()
    await raw.set("alert-router:{acme}:epoch", "1")

    assert await store.apply([write(seen, queued(seen))]) == [ApplyResult.CONFLICT]


async def test_of_many_at_once_exactly_one_wins(store: GroupStore, books: RedisBooks) -> None:
    await store.apply([write(AlertGroup(key_of()), waiting())])
    seen = await stored(store)

    answers = await asyncio.gather(
        *(store.apply([write(seen, queued(seen), entry=LedgerEntry(notified=1))]) for _ in range(20))
    )

    assert sorted(answer for [answer] in answers) == [ApplyResult.CONFLICT] * 19 + [ApplyResult.OK]
    assert (await books.read(ACME)) == {"notified": 1}


async def test_another_active_configuration_says_reload_and_changes_nothing(
    store: GroupStore, bytes_of: Picture
) -> None:
    before = await bytes_of()
    outdated = write(AlertGroup(key_of()), waiting(), config_version=2, entry=LedgerEntry(changes=1), events=(SENT,))

    assert await store.apply([outdated]) == [ApplyResult.RELOAD]
    assert await bytes_of() == before


async def test_the_active_configuration_and_none_at_all_are_both_good(store: GroupStore) -> None:
    assert await store.apply([write(AlertGroup(key_of("A")), waiting("A"), config_version=3)]) == [ApplyResult.OK]
    assert await store.apply([write(AlertGroup(key_of("B")), waiting("B"))]) == [ApplyResult.OK]


async def test_without_an_epoch_all_stops_and_nothing_is_stored(
    store: GroupStore, raw: Any, bytes_of: Picture
) -> None:
    await raw.delete("alert-router:{acme}:epoch")
    before = await bytes_of()

    assert await store.apply([write(AlertGroup(key_of()), waiting(), config_version=3)]) == [ApplyResult.REBUILD]
    assert await bytes_of() == before


async def test_one_refused_write_does_not_stop_its_neighbours(store: GroupStore) -> None:
    fine, outdated = write(AlertGroup(key_of("A")), waiting("A")), write(AlertGroup(key_of("B")), waiting("B"))

    answers = await store.apply(
        [fine, replace(outdated, config_version=1), write(AlertGroup(key_of("C")), waiting("C"))]
    )

    assert answers == [ApplyResult.OK, ApplyResult.RELOAD, ApplyResult.OK]


async def test_the_books_add_up_over_transitions(store: GroupStore, books: RedisBooks) -> None:
    first = LedgerEntry(changes=3, pending=3, accepted=4, duplicates=1)
    then = LedgerEntry(notified=2, pending=-3, suppressed={Suppressed.ENDED_BEFORE_NOTIFIED: 1}, possible_repeats=1)
    await store.apply([write(AlertGroup(key_of()), waiting(), entry=first)])
    await store.apply([write(await stored(store), waiting(), entry=then)])

    assert await books.read(ACME) == {
        "changes": 3, "pending": 0, "accepted": 4, "duplicates": 1, "notified": 2,
        "suppressed:ended_before_notified": 1, "possible_repeats": 1,
    }  # fmt: skip


async def test_plain_counters_stand_beside_the_books(books: RedisBooks) -> None:
    await books.count(ACME, "dead_letters", 2)
    await books.count(ACME, "dead_letters", 1)

    assert await books.read(ACME) == {"dead_letters": 3}


async def test_events_are_stored_with_the_state_in_order_and_as_documented(
    store: GroupStore, redis: Connection
) -> None:
    await store.apply([write(AlertGroup(key_of()), waiting(config_version=3), events=(SENT, PARKED))])

    entries = await RedisOutbox(redis).read(ACME)
    sent, parked = [json.loads(one.event) for one in entries]

    assert {one.key for one in entries} == {f"acme/{key_of().group_id}"}
    assert sent == {
        "v": 1,
        "event": "notification_sent",
        "id": f"acme/{key_of().group_id}-{sent['sequence']}",
        "sequence": NOON,
        "tenant": "acme",
        "receiver": "default",
        "group": key_of().group_id,
        "notification": "d1",
        "config_version": 3,
        "reason": "first",
        "outcome": "post",
        "notified": 2,
        "message": {"channel": "C1", "ts": "1.2"},
        "attempts": 1,
        "decided_at": "2026-11-26T12:00:00.000000Z",
    }
    assert (parked["event"], parked["reason"], parked["message"]) == ("group_parked", PARKED.reason, None)
    assert parked["sequence"] > sent["sequence"]


async def test_an_event_is_removed_only_when_asked_and_the_rest_stays(store: GroupStore, redis: Connection) -> None:
    outbox = RedisOutbox(redis)
    await store.apply([write(AlertGroup(key_of()), waiting(), events=(SENT, PARKED))])
    [first, second] = await outbox.read(ACME)
    assert await outbox.read(ACME) == [first, second]

    await outbox.remove(ACME, [first.entry])

    assert await outbox.read(ACME) == [second]
    await outbox.remove(ACME, [first.entry, second.entry])
    assert await outbox.read(ACME) == []
    assert await outbox.read(BETA) == []


async def test_a_closed_notification_expires_and_lives_on_when_it_fires_again(store: GroupStore, raw: Any) -> None:
    nid = f"alert-router:{{acme}}:g:{key_of().group_id}"
    await store.apply([write(AlertGroup(key_of()), idle(waiting(), firing=0), keep=Span(2 * HOUR))])
    assert 7_190_000 < await raw.pttl(nid) <= 7_200_000
    assert (await stored(store)).closed

    await store.apply([write(await stored(store), waiting())])

    assert await raw.pttl(nid) == -1


@pytest.mark.parametrize(
    "alive",
    [
        idle(waiting(), firing=1),
        waiting(),
        queued(waiting()),
        idle(waiting(), firing=0, pending_reply=PendingReply(Op.REPLY_THREAD, Reason.ALL_RESOLVED)),
        parked(idle(waiting(), firing=0)),
    ],
    ids=["fires", "waits", "queued", "has something to say", "parked"],
)
async def test_what_is_not_closed_does_not_expire(store: GroupStore, raw: Any, alive: AlertGroup) -> None:
    await store.apply([write(AlertGroup(key_of()), alive)])

    assert await raw.pttl(f"alert-router:{{acme}}:g:{key_of().group_id}") == -1


async def test_of_an_alert_only_what_changed_is_written_and_what_went_is_deleted(store: GroupStore, raw: Any) -> None:
    await store.apply([write(AlertGroup(key_of()), waiting(alerts=3))])
    seen = await stored(store)
    kept, changed, gone = (AlertId(f"A{number}") for number in range(3))
    await raw.hset(f"alert-router:{{acme}}:g:{key_of().group_id}", f"c:{kept}", json.dumps([{}, {}, "", 1]))
    then = replace(
        seen, alerts={kept: seen.alerts[kept], changed: an_alert_state(after(5), content=a_content(severity="info"))}
    )

    await store.apply([write(seen, then)])

    found = (await stored(store)).alerts
    assert set(found) == {kept, changed}
    assert found[changed] == then.alerts[changed]
    spoilt = found[kept].content
    assert spoilt is not None
    assert spoilt.labels == {}, "an alert that did not change was written again"
    fields = await raw.hkeys(f"alert-router:{{acme}}:g:{key_of().group_id}")
    assert not [field for field in fields if field.endswith(gone)]


async def test_a_part_is_loaded_changed_and_stored_without_touching_the_rest(store: GroupStore) -> None:
    await store.apply([write(AlertGroup(key_of()), waiting(alerts=3))])
    one, new = AlertId("A1"), AlertId("A9")

    [part] = await store.load_parts([(ACME, key_of(), [one, new])])
    assert isinstance(part, AlertGroup)
    assert set(part.alerts) == {one}
    grown = replace(part, alerts={**part.alerts, new: an_alert_state()}, firing=4, pending=4)
    await store.apply([write(part, grown)])

    whole = await stored(store)
    assert set(whole.alerts) == {"A0", "A1", "A2", "A9"}
    assert (whole.firing, whole.rev) == (4, 2)


async def test_a_part_of_what_is_not_stored_is_a_new_notification(store: GroupStore) -> None:
    assert await store.load_parts([(ACME, key_of(), [AlertId("A0")])]) == [AlertGroup(key_of())]


async def test_parts_of_several_tenants_come_in_the_order_asked_for(store: GroupStore, raw: Any) -> None:
    await raw.set("alert-router:{beta}:epoch", "1")
    await store.apply(
        [write(AlertGroup(key_of()), waiting()), write(AlertGroup(key_of()), waiting(alerts=2), tenant=BETA)]
    )

    a, b, none = await store.load_parts(
        [(ACME, key_of(), ["A0"]), (BETA, key_of(), ["A1"]), (BETA, key_of("Z"), [])]  # type: ignore[list-item]
    )

    assert isinstance(a, AlertGroup)
    assert isinstance(b, AlertGroup)
    assert (a.firing, set(a.alerts), b.firing, set(b.alerts)) == (1, {"A0"}, 2, {"A1"})
    assert none == AlertGroup(key_of("Z"))


async def test_an_alert_without_kept_content_has_registers_only(store: GroupStore) -> None:
    bare = AlertState(registers=an_alert_state().registers, pending_since=NOON)
    await store.apply([write(AlertGroup(key_of()), replace(waiting(), alerts={AlertId("x"): bare}))])

    assert (await stored(store)).alerts == {"x": bare}


async def test_far_more_alerts_than_one_lua_call_takes_are_stored_and_deleted_again(store: GroupStore) -> None:
    many = waiting(alerts=1300)
    assert await store.apply([write(AlertGroup(key_of()), many)]) == [ApplyResult.OK]
    seen = await stored(store)
    assert seen == replace(many, rev=1)

    assert await store.apply([write(seen, replace(seen, alerts={}))]) == [ApplyResult.OK]

    assert (await stored(store)).alerts == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a b  c ",
        "\x00\x01\x7f",
        "ünï çødé",
        "日本語",
        "🔥👩‍👩‍👧",
        "\u202e\u2028\ufeff\uffff",
        '"\\\n\t\r',
        "]]>{}[]:",
    ],
)
async def test_any_text_comes_back_as_it_was(store: GroupStore, text: str) -> None:
    key = replace(key_of(), group=((text, text),), path=(text,))
    content = replace(a_content(), labels={text: text}, annotations={text: text}, generator_url=text)
    odd = replace(
        waiting(),
        key=key,
        phase=Parked(text, NOON, Tries(NOON, 0, text)),
        message=MessageRef(text, text),
        alerts={AlertId(text): an_alert_state(content=content, sender_group=text)},
    )

    assert await store.apply([write(AlertGroup(key), odd, events=(replace(SENT, reason=text),))]) == [ApplyResult.OK]

    assert await store.load(ACME, [key.group_id]) == [replace(odd, rev=1)]


async def test_due_is_set_moved_and_taken_away(store: GroupStore, raw: Any) -> None:
    nid = key_of().group_id
    await store.apply([write(AlertGroup(key_of()), waiting(due=NOON))])
    assert await score(raw, "due", nid) == NOON // 1000

    await store.apply([write(await stored(store), waiting(due=after(30)))])
    assert await score(raw, "due", nid) == after(30) // 1000

    await store.apply([write(await stored(store), idle(waiting(), due=NEVER))])
    assert await score(raw, "due", nid) is None


async def test_a_notification_in_a_lane_is_due_only_through_its_lane(store: GroupStore, raw: Any) -> None:
    nid = key_of().group_id
    await store.apply([write(AlertGroup(key_of()), waiting())])

    await store.apply([write(await stored(store), queued(await stored(store)), now=after(1))])

    assert await raw.zrange("alert-router:{acme}:due", 0, -1) == ["lane:#alerts:post"]
    assert await score(raw, "due", "lane:#alerts:post") == after(1) // 1000
    assert await raw.zrange("alert-router:{acme}:lane:#alerts:post", 0, -1) == [nid]
    found = await stored(store)
    assert (found.phase, found.phase.due) == (Queued(POSTS, Rank.NORMAL, Tries(NOON)), NEVER)


async def test_a_notification_that_takes_its_call_leaves_its_lane_and_is_due_when_the_lease_ends(
    store: GroupStore, raw: Any
) -> None:
    await store.apply([write(AlertGroup(key_of()), queued(waiting()))])
    seen = await stored(store)

    await store.apply([write(seen, sending(seen, until=after(30)), lane_at=after(30))])

    assert await raw.zrange("alert-router:{acme}:due", 0, -1) == [key_of().group_id]
    assert await raw.exists("alert-router:{acme}:lane:#alerts:post") == 0
    assert (await stored(store)).phase == sending(seen, until=after(30)).phase
