"""One transition in Redis: byte for byte nothing when it is refused, else only what changed, and the right life span.

What every store of groups promises is in `tests/contracts`.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.outbox import RedisOutbox
from router.core.model.alert import AlertId
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup, MessageRef, PendingReply
from router.core.model.instant import HOUR, Span
from router.core.model.ledger import LedgerEntry
from router.core.model.operation import Op, Reason
from router.core.model.phase import Parked, Tries
from router.ports.state import ApplyResult
from tests.adapters.builders import (
    ACME,
    EDITS,
    NOON,
    a_content,
    after,
    an_alert_state,
    idle,
    key_of,
    parked,
    queued,
    waiting,
    write,
)
from tests.schemas import assert_valid

SENT = Event(
    EventKind.SENT,
    "first",
    "post",
    notification="d1",
    notified=2,
    message=MessageRef("C1", "1.2"),
    attempts=1,
    decided_at=NOON,
    delivered_at=NOON,
)
Picture = Callable[[], Awaitable[dict[bytes, bytes]]]

PARKED = Event(EventKind.PARKED, "channel_dead:is_archived", "parked", decided_at=NOON)


@pytest.fixture
async def store(redis: Connection, raw: Any) -> GroupStore:
    """A store with one tenant whose version 3 is active."""
    await raw.mset({"alert-router:{acme}:epoch": "1", "alert-router:{acme}:active": "3"})
    return GroupStore(redis)


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


@pytest.mark.parametrize(
    ("config_version", "answer"), [(None, ApplyResult.CONFLICT), (2, ApplyResult.RELOAD), (3, ApplyResult.REBUILD)]
)
async def test_what_is_refused_leaves_every_byte_as_it_was(
    store: GroupStore, raw: Any, bytes_of: Picture, config_version: int | None, answer: ApplyResult
) -> None:
    await store.apply([write(AlertGroup(key_of()), waiting())])
    seen = await stored(store)
    await store.apply([write(seen, queued(seen), entry=LedgerEntry(notified=1))])
    if answer is ApplyResult.REBUILD:
        await raw.delete("alert-router:{acme}:epoch")
    before = await bytes_of()

    late = write(
        seen, queued(seen, EDITS), now=after(1), entry=LedgerEntry(notified=5), events=(SENT,),
        config_version=config_version,
    )  # fmt: skip

    assert (await store.apply([late]))[0] == [answer]
    assert await bytes_of() == before


async def test_events_are_stored_with_the_state_in_order_and_as_documented(
    store: GroupStore, redis: Connection
) -> None:
    await store.apply([write(AlertGroup(key_of()), waiting(config_version=3), events=(SENT, PARKED))])

    entries = await RedisOutbox(redis).read(ACME)
    sent, parked = [json.loads(one.event) for one in entries]

    assert {one.key for one in entries} == {f"acme/{key_of().group_id}"}
    numbered = [one.pop("numbered") for one in (sent, parked)]
    assert numbered == [{"life": numbered[0]["life"], "number": 1}, {"life": numbered[0]["life"], "number": 2}]
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
        "delivered_at": "2026-11-26T12:00:00.000000Z",
    }
    assert_valid("event", sent)
    assert_valid("event", parked)
    assert (parked["event"], parked["reason"], parked["message"]) == ("group_parked", PARKED.reason, None)
    assert parked["sequence"] > sent["sequence"]


async def test_a_closed_group_expires_and_lives_on_when_it_fires_again(store: GroupStore, raw: Any) -> None:
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


async def test_far_more_alerts_than_one_lua_call_takes_are_stored_and_deleted_again(store: GroupStore) -> None:
    many = waiting(alerts=1300)
    assert (await store.apply([write(AlertGroup(key_of()), many)]))[0] == [ApplyResult.OK]
    seen = await stored(store)
    assert seen == replace(many, rev=1)

    assert (await store.apply([write(seen, replace(seen, alerts={}))]))[0] == [ApplyResult.OK]

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

    assert (await store.apply([write(AlertGroup(key), odd, events=(replace(SENT, reason=text),))]))[0] == [
        ApplyResult.OK
    ]

    assert await store.load(ACME, [key.group_id]) == [replace(odd, rev=1)]
