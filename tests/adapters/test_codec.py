"""A notification as the fields of a hash: whatever it holds comes back, and what we cannot read is refused."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.adapters.redis import codec
from router.adapters.redis.connection import Connection
from router.adapters.redis.notifications import NotificationStore
from router.core.model.alert import Fingerprint
from router.core.model.group import (
    AlertState,
    Content,
    Delivery,
    Lane,
    Method,
    Notification,
    Op,
    Phase,
    Place,
    Rank,
    Reason,
    Registers,
    Say,
    Sender,
    Told,
    ToldAs,
)
from router.core.model.instant import Instant
from router.core.model.key import GroupKey
from router.core.model.tenant import ReceiverName
from router.errors import UnavailableError
from router.ports import Applied
from tests.adapters.builders import ACME, an_alert_state, key_of, queued, waiting, write

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = texts.filter(lambda text: ":" not in text)
instants = st.integers(0, 4_000_000_000_000_000).map(Instant)
counts = st.integers(0, 10_000)
registers = st.builds(Registers, instants, instants, instants, instants)
labels = st.dictionaries(texts, texts, max_size=3)
contents = st.builds(Content, labels, labels, texts, instants, st.none() | labels, labels)
tolds = st.builds(Told, st.sampled_from(ToldAs), registers)
alerts = st.builds(AlertState, registers, tolds, instants, texts, st.sampled_from(ToldAs), st.none() | contents)
lanes = st.builds(Lane, names, st.sampled_from(Method))
keys = st.builds(
    GroupKey,
    texts.map(ReceiverName),
    st.lists(texts, max_size=3).map(tuple),
    st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
)
known: dict[str, Any] = {
    "key": keys,
    "rev": st.integers(0, 2**40),
    "phase": st.sampled_from(Phase),
    "due": instants,
    "lane": st.none() | lanes,
    "rank": st.sampled_from(Rank),
    "queued_since": instants,
    "place": st.none() | st.builds(Place, texts, texts),
    "delivery": st.none() | st.builds(Delivery, texts, st.sampled_from(Op), st.sampled_from(Reason), lanes, instants),
    "told_at": instants,
    "told_reason": st.none() | st.sampled_from(Reason),
    "say": st.none() | st.builds(Say, st.sampled_from(Op), st.sampled_from(Reason), st.booleans(), st.booleans()),
    "parked": texts,
    "attempts": counts,
    "sends": counts,
    "reopened": counts,
    "worst_told": st.none() | counts,
    "waited": st.booleans(),
    "owed": st.booleans(),
    "plain": st.booleans(),
    "config_version": counts,
    "firing": counts,
    "pending": counts,
    "contents": counts,
    "senders": st.dictionaries(texts, st.builds(Sender, *[instants for _ in fields(Sender)]), max_size=3),
    "alerts": st.dictionaries(texts.map(Fingerprint), alerts, max_size=4),
}
notifications = st.builds(
    Notification,
    **{one.name: known.get(one.name, ...) for one in fields(Notification)},
)
"""Every field the class has; one that is not named above is filled by its type."""


def stored_fields(notification: Notification) -> dict[str, str]:
    nothing = replace(notification, alerts={})
    return codec.encode_head(notification) | codec.encode_changes(nothing, notification)[0]


@given(notifications)
@settings(max_examples=150, deadline=None)
def test_every_notification_comes_back_as_it_was(notification: Notification) -> None:
    assert codec.decode(stored_fields(notification)) == notification


@given(notifications, st.dictionaries(texts.map(Fingerprint), alerts, max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_change_applied_to_the_fields_gives_the_changed_notification(
    before: Notification, changed: dict[Fingerprint, AlertState]
) -> None:
    kept = dict(list(before.alerts.items())[:2])
    then = replace(before, alerts=kept | {fp: state for fp, state in changed.items() if state.content is not None})
    stored = stored_fields(before)

    new, gone = codec.encode_changes(before, then)
    for name in gone:
        stored.pop(name, None)

    assert codec.decode(stored | codec.encode_head(then) | new) == then


@given(notifications)
@settings(max_examples=50, deadline=None)
def test_a_field_of_one_alert_is_never_that_of_another(notification: Notification) -> None:
    both = [field for fingerprint in notification.alerts for field in codec.alert_fields(fingerprint)]

    assert len(set(both)) == 2 * len(notification.alerts)
    assert not set(both) & set(codec.HEAD_FIELDS)


def test_an_alert_that_did_not_change_is_not_written() -> None:
    before = waiting(alerts=2)

    assert codec.encode_changes(before, replace(before, alerts=dict(before.alerts))) == ({}, [])


def test_content_is_written_only_when_it_changed() -> None:
    before = waiting(alerts=1)
    then = replace(before, alerts={Fingerprint("A0"): replace(before.alerts[Fingerprint("A0")], sender_group="h")})

    assert set(codec.encode_changes(before, then)[0]) == {"a:A0"}


def test_nothing_stored_is_no_notification() -> None:
    assert codec.decode({}) is None


@pytest.mark.parametrize("version", ["2", "0", "", None])
def test_another_schema_version_is_refused_and_named(version: str | None) -> None:
    stored: dict[str, Any] = stored_fields(waiting()) | {"v": version}
    if version is None:
        del stored["v"]

    with pytest.raises(UnavailableError, match=f"schema version {version}"):
        codec.decode(stored)


async def test_a_stored_notification_of_another_version_is_refused_whole_and_in_part(
    redis: Connection, raw: Any
) -> None:
    await raw.set("alert-router:{acme}:epoch", "1")
    store = NotificationStore(redis)
    await store.apply([write(Notification(key_of()), waiting())])
    await raw.hset(f"alert-router:{{acme}}:n:{key_of().group_id}", "v", "2")

    with pytest.raises(UnavailableError, match="schema version 2"):
        await store.load(ACME, [key_of().group_id])
    with pytest.raises(UnavailableError, match="schema version 2"):
        await store.load_parts([(ACME, key_of(), [])])


def test_what_was_stored_before_there_were_links_is_read() -> None:
    stored = {**codec.encode_head(Notification(key_of())), "a:x": "f n 1 0 1 0 1 0 1 0 0 g"}
    stored["c:x"] = '[{"alertname": "A"}, {}, "http://p", 1, {"alertname": "A"}]'

    read = codec.decode(stored)

    assert read is not None
    assert read.alerts[Fingerprint("x")].content == Content(
        {"alertname": "A"}, {}, "http://p", Instant(1), {"alertname": "A"}, {}
    )


async def test_what_lua_was_handed_is_what_python_reads(redis: Connection, raw: Any) -> None:
    """The script decodes JSON of its own; every plane of Unicode and every escape must pass it unharmed."""
    await raw.set("alert-router:{acme}:epoch", "1")
    store = NotificationStore(redis)
    every = [
        chr(code) for code in [*range(0x300), 0x2028, 0x2029, 0xFEFF, 0xFFFD, 0xFFFF, 0x10000, 0x1F525, 0x10FFFF]
    ]
    content = Content(
        dict.fromkeys(every, "v"), {"all": "".join(every)}, "".join(reversed(every)), Instant(1), {"g": every[0]}
    )
    before = queued(
        waiting(alerts=0),
        alerts={Fingerprint("".join(every)): an_alert_state(content=content), Fingerprint(""): an_alert_state()},
    )

    assert await store.apply([write(Notification(key_of()), before)]) == [Applied.OK]

    assert await store.load(ACME, [key_of().group_id]) == [replace(before, rev=1)]
