"""A group as the fields of a hash: whatever it holds comes back, and what we cannot read is refused."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.adapters.redis import codec
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertContent, AlertState, LastShown, ShownState
from router.core.model.group import AlertGroup, MessageRef, PendingReply, SenderGroup
from router.core.model.instant import NEVER, Instant
from router.core.model.key import GroupKey
from router.core.model.muted import Muted, MutedBy
from router.core.model.operation import Lane, Method, Op, Reason
from router.core.model.phase import Held, Idle, Lease, Parked, Phase, Queued, Rank, Sending, Tries, Waiting
from router.core.model.registers import Registers
from router.core.model.rules.names import ReceiverName
from router.ports.state import ApplyResult, UnknownForm
from tests.adapters.builders import ACME, NOON, an_alert_state, key_of, queued, waiting, write
from tests.examples import examples

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = texts.filter(lambda text: ":" not in text)
instants = st.integers(0, 4_000_000_000_000_000).map(Instant)
counts = st.integers(0, 10_000)
registers = st.builds(Registers, instants, instants, instants, instants)
labels = st.dictionaries(texts, texts, max_size=3)
contents = st.builds(AlertContent, labels, labels, texts, instants, st.none() | labels, labels)
tolds = st.builds(LastShown, st.sampled_from(ShownState), registers)
mutes = st.builds(Muted, st.sampled_from(MutedBy), texts, instants, texts, texts)
states = st.sampled_from(ShownState)
alerts = st.builds(
    AlertState, registers, tolds, instants, texts, states, st.none() | contents, held_by=st.none() | mutes
)
lanes = st.builds(Lane, names, st.sampled_from(Method))
keys = st.builds(
    GroupKey,
    texts.map(ReceiverName),
    st.lists(texts, max_size=3).map(tuple),
    st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
)
ID = key_of().group_id
tries = st.builds(Tries, instants, counts, texts)
leases = st.builds(Lease, texts, st.sampled_from(Op), st.sampled_from(Reason), instants)
phases = (
    st.builds(Idle, instants)
    | st.builds(Waiting, instants, tries)
    | st.builds(Queued, lanes, st.sampled_from(Rank), tries)
    | st.builds(Sending, leases, lanes, tries)
    | st.builds(Parked, texts, instants, tries)
    | st.builds(Held, mutes, instants, tries)
)
known: dict[str, Any] = {
    "key": keys,
    "rev": st.integers(0, 2**40),
    "phase": phases,
    "message": st.none() | st.builds(MessageRef, texts, texts),
    "notified_at": instants,
    "last_reason": st.none() | st.sampled_from(Reason),
    "pending_reply": st.none()
    | st.builds(PendingReply, st.sampled_from(Op), st.sampled_from(Reason), st.booleans(), st.booleans()),
    "sends": counts,
    "reopened": counts,
    "worst_shown": st.none() | counts,
    "was_delayed": st.booleans(),
    "refresh_due": st.booleans(),
    "use_plain_text": st.booleans(),
    "without_extras": st.booleans(),
    "config_version": counts,
    "firing": counts,
    "pending": counts,
    "contents": counts,
    "senders": st.dictionaries(texts, st.builds(SenderGroup, *[instants] * 4, st.integers(0, 99), texts), max_size=3),
    "alerts": st.dictionaries(texts.map(AlertId), alerts, max_size=4),
}
groups = st.builds(
    AlertGroup,
    **{one.name: known.get(one.name, ...) for one in fields(AlertGroup)},
)
"""Every field the class has; one that is not named above is filled by its type."""


def stored_fields(group: AlertGroup) -> dict[str, str]:
    nothing = replace(group, alerts={})
    return codec.encode_head(group) | codec.encode_changes(nothing, group)[0]


@given(groups)
@examples(150)
def test_every_notification_comes_back_as_it_was(group: AlertGroup) -> None:
    assert codec.decode(ID, stored_fields(group)) == group


@given(groups, st.dictionaries(texts.map(AlertId), alerts, max_size=4))
@examples(100)
def test_a_change_applied_to_the_fields_gives_the_changed_notification(
    before: AlertGroup, changed: dict[AlertId, AlertState]
) -> None:
    kept = dict(list(before.alerts.items())[:2])
    then = replace(before, alerts=kept | {fp: state for fp, state in changed.items() if state.content is not None})
    stored = stored_fields(before)

    new, gone = codec.encode_changes(before, then)
    for name in gone:
        stored.pop(name, None)

    assert codec.decode(ID, stored | codec.encode_head(then) | new) == then


@given(groups)
@examples(50)
def test_a_field_of_one_alert_is_never_that_of_another(group: AlertGroup) -> None:
    both = [field for alert_id in group.alerts for field in codec.alert_fields(alert_id)]

    assert len(set(both)) == 2 * len(group.alerts)
    assert not set(both) & set(codec.HEAD_FIELDS)


def test_an_alert_that_did_not_change_is_not_written() -> None:
    before = waiting(alerts=2)

    assert codec.encode_changes(before, replace(before, alerts=dict(before.alerts))) == ({}, [])


def test_content_is_written_only_when_it_changed() -> None:
    before = waiting(alerts=1)
    then = replace(before, alerts={AlertId("A0"): replace(before.alerts[AlertId("A0")], sender_group="h")})

    assert set(codec.encode_changes(before, then)[0]) == {"a:A0"}


def test_nothing_stored_is_no_notification() -> None:
    assert codec.decode(ID, {}) is None


@pytest.mark.parametrize("form", ["4", "0", "", None])
def test_a_group_of_another_form_is_named_and_not_guessed(form: str | None) -> None:
    stored: dict[str, Any] = stored_fields(waiting()) | {"v": form}
    if form is None:
        del stored["v"]

    assert codec.decode(ID, stored) == UnknownForm(ID, form or "")


@pytest.mark.parametrize("head", ["", "{}", "[]", "null", "[1", '["r",[],[],["?",1]]'])
def test_a_damaged_group_is_named_and_not_guessed(head: str) -> None:
    assert codec.decode(ID, stored_fields(waiting()) | {"head": head}) == UnknownForm(ID, "3, damaged")


async def test_a_group_of_another_form_holds_up_nobody_in_its_batch(redis: Connection, raw: Any) -> None:
    await raw.set("alert-router:{acme}:epoch", "1")
    store = GroupStore(redis)
    await store.apply([write(AlertGroup(key_of(name)), waiting(name)) for name in ("A", "B")])
    await raw.hset(f"alert-router:{{acme}}:g:{key_of().group_id}", "v", "4")
    unknown = UnknownForm(key_of().group_id, "4")

    whole = await store.load(ACME, [key_of().group_id, key_of("B").group_id])
    parts = await store.load_parts([(ACME, key_of(), []), (ACME, key_of("B"), [AlertId("B0")])])

    assert whole == parts == [unknown, replace(waiting("B"), rev=1)]


FORM_1: dict[str, tuple[dict[str, Any], Phase]] = {
    "idle": ({"phase": "idle", "due": 5}, Idle(Instant(5))),
    "waiting": ({"phase": "waiting", "due": 5, "attempts": 2}, Waiting(Instant(5), Tries(NEVER, 2))),
    "queued": (
        {"phase": "queued", "lane": {"channel": "C1", "method": "post"}, "rank": 0, "queued_since": 7},
        Queued(Lane("C1", Method.POST), Rank.URGENT, Tries(Instant(7))),
    ),
    "sending": (
        {
            "phase": "sending",
            "due": 9,
            "delivery": {
                "delivery_id": "d1", "op": "reply_aloud", "reason": "moved",
                "lane": {"channel": "C1", "method": "post"}, "until": 9,
            },
        },
        Sending(
            Lease("d1", Op.REPLY_BROADCAST, Reason.REROUTED, Instant(9)), Lane("C1", Method.POST), Tries()
        ),
    ),
    "parked": (
        {"phase": "parked", "due": 9, "parked": "token_dead:x", "attempts": 1},
        Parked("token_dead:x", Instant(9), Tries(NEVER, 1, "token_dead:x")),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("head", "phase"), FORM_1.values(), ids=FORM_1)
def test_a_group_of_form_1_is_read_and_written_as_form_3(head: dict[str, Any], phase: Phase) -> None:
    """A release that writes form 1 may still run beside this one."""
    known = {
        "key": {"receiver": "default", "path": ["{}"], "group": [["alertname", "A"]]},
        "rev": 3,
        "place": {"channel": "C1", "ts": "1.2"},
        "told_at": 4,
        "told_reason": "first",
        "say": {"op": "reply_plain", "reason": "all_resolved", "reopens": False, "escalates": True},
        "waited": True,
        "owed": True,
        "plain": True,
        "worst_told": 1,
        "firing": 1,
        "pending": 1,
        "contents": 1,
        "senders": {"g": {"newest": 1, "lacking_since": 2, "look_at": 3}},
    }
    stored = {"v": "1", "rev": "3", "head": json.dumps(known | head)}

    read = codec.decode(ID, stored)

    assert read == AlertGroup(
        key=key_of(),
        rev=3,
        phase=phase,
        message=MessageRef("C1", "1.2"),
        notified_at=Instant(4),
        last_reason=Reason.FIRST,
        pending_reply=PendingReply(Op.REPLY_THREAD, Reason.ALL_RESOLVED, escalates=True),
        was_delayed=True,
        refresh_due=True,
        use_plain_text=True,
        worst_shown=1,
        firing=1,
        pending=1,
        contents=1,
        senders={"g": SenderGroup(Instant(1), Instant(2), Instant(3))},
    )
    assert codec.encode_head(read)["v"] == "3"
    assert codec.decode(ID, codec.encode_head(read)) == read


@pytest.mark.parametrize(
    "sender",
    [
        SenderGroup(Instant(1)),
        SenderGroup(Instant(1), truncated_at=Instant(4), unsent=5),
        SenderGroup(Instant(1), route="r"),
        SenderGroup(Instant(1), all_ended_at=Instant(6)),
    ],
)
def test_what_is_known_of_a_sender_is_read_as_it_was_written(sender: SenderGroup) -> None:
    group = AlertGroup(key_of(), senders={"g": sender})

    assert codec.decode(ID, codec.encode_head(group)) == group


def test_a_small_group_takes_little_room() -> None:
    head = codec.encode_head(waiting())["head"]

    assert head == f'["default",["{{}}"],["alertname","A"],["w",{NOON}],0,0,0,0,0,0,0,-1,0,1,1,1]'


def test_the_numbers_of_an_alert_are_stored_with_it() -> None:
    content = AlertContent({"alertname": "A"}, {}, "", Instant(1), values={"B": 22.5})
    before, after = AlertGroup(key_of()), AlertGroup(key_of(), alerts={AlertId("x"): AlertState(content=content)})
    stored, _ = codec.encode_changes(before, after)
    assert codec.decode(ID, {**codec.encode_head(after), **stored}) == after


FORM_2 = {
    "v": "2",
    "rev": "7",
    "head": '["default",["{}"],["alertname","A"],["i",5],["C1","1.2"],4,"first",0,1,0,0,0,0,1,0,1,{"g h":[3,0,0]}]',
    "a:x": "f n 1 0 3 0 1 0 2 0 0 g h",
    "c:x": '[{"alertname": "A", "job": "é"}, {"summary": "s"}, "http://p", 3, {"alertname": "A"}, {"image": "http://i"}]',
}
GROUP_OF_FORM_2 = AlertGroup(
    key_of(),
    rev=7,
    phase=Idle(Instant(5)),
    message=MessageRef("C1", "1.2"),
    notified_at=Instant(4),
    last_reason=Reason.FIRST,
    sends=1,
    worst_shown=0,
    firing=1,
    contents=1,
    senders={"g h": SenderGroup(Instant(3))},
    alerts={
        AlertId("x"): AlertState(
            Registers(Instant(1), NEVER, Instant(3), NEVER),
            LastShown(ShownState.FIRING, Registers(Instant(1), NEVER, Instant(2), NEVER)),
            sender_group="g h",
            content=AlertContent(
                {"alertname": "A", "job": "é"},
                {"summary": "s"},
                "http://p",
                Instant(3),
                {"alertname": "A"},
                {"image": "http://i"},
            ),
        )
    },
)


def test_a_group_of_form_2_is_read() -> None:
    """A release that writes form 2 may still run beside this one."""
    assert codec.decode(ID, FORM_2) == GROUP_OF_FORM_2


def test_a_group_of_form_2_is_written_as_form_3_where_it_changes() -> None:
    """Its other alerts stay as they were written, and so does the content of one that is only seen again."""
    before = GROUP_OF_FORM_2
    old = before.alerts[AlertId("x")]
    assert old.content is not None
    seen = replace(old, registers=replace(old.registers, seen_firing=Instant(9)))
    seen = replace(seen, content=replace(old.content, seen=Instant(9)))
    after = replace(before, alerts={**before.alerts, AlertId("x"): seen, AlertId("y"): an_alert_state()})

    changed, _ = codec.encode_changes(before, after)

    assert set(changed) == {"a:x", "a:y", "c:y"}
    assert codec.decode(ID, FORM_2 | codec.encode_head(after) | changed) == after


def test_an_alert_that_is_only_seen_again_writes_no_content() -> None:
    before = waiting(alerts=1)
    [(alert_id, old)] = before.alerts.items()
    assert old.content is not None
    seen = replace(old, content=replace(old.content, seen=Instant(old.content.seen + 1)))
    assert set(codec.encode_changes(before, replace(before, alerts={alert_id: seen}))[0]) == {f"a:{alert_id}"}


def test_usual_texts_take_half_the_room() -> None:
    labels = {
        "alertname": "DiskFull",
        "instance": "n1:9100",
        "job": "node",
        "namespace": "shop",
        "severity": "critical",
    }
    notes = {"summary": "n1 is 97 % full", "description": "The disk of n1 has been full for 5 minutes."}
    content = AlertContent(
        labels, notes, "http://prometheus:9090/graph?g0.expr=up", Instant(1), {"alertname": "DiskFull"}
    )
    before = AlertGroup(key_of())
    after = replace(before, alerts={AlertId("x"): AlertState(content=content)})
    written, plain = codec.encode_changes(before, after)[0]["c:x"], json.dumps([labels, notes, content.generator_url])
    assert len(written) < len(plain) / 2
    assert written.isascii()


def test_texts_of_which_much_is_hidden_by_packing_are_not_packed() -> None:
    """A tenant may store so many bytes; read, they must not be a thousand times as many."""
    content = AlertContent({"alertname": "A"}, {"summary": "x" * 100_000}, "", Instant(1))
    before = AlertGroup(key_of())
    after = replace(before, alerts={AlertId("x"): AlertState(content=content)})
    assert len(codec.encode_changes(before, after)[0]["c:x"]) > 100_000


@pytest.mark.parametrize("content", ["", "~", "~####", "~AAAA", "=", "=[1]", "?", "[]"])
def test_a_damaged_content_is_named_and_not_guessed(content: str) -> None:
    stored = stored_fields(waiting(alerts=1)) | {"c:A0": content}
    assert codec.decode(ID, stored) == UnknownForm(ID, "3, damaged")


@pytest.mark.parametrize("alert", ["", "f", "ff", "xx 0 0 0 0 0 = - g", "ff 0 0 0 0 0 = 1,2 g", "ff - 0 0 0 0 = - g"])
def test_a_damaged_alert_is_named_and_not_guessed(alert: str) -> None:
    stored = stored_fields(waiting(alerts=1)) | {"a:A0": alert}
    assert codec.decode(ID, stored) == UnknownForm(ID, "3, damaged")


def test_what_was_stored_before_there_were_links_is_read() -> None:
    stored = {**codec.encode_head(AlertGroup(key_of())), "a:x": "f n 1 0 1 0 1 0 1 0 0 g"}
    stored["c:x"] = '[{"alertname": "A"}, {}, "http://p", 1, {"alertname": "A"}]'

    read = codec.decode(ID, stored)

    assert isinstance(read, AlertGroup)
    assert read.alerts[AlertId("x")].content == AlertContent(
        {"alertname": "A"}, {}, "http://p", Instant(1), {"alertname": "A"}, {}
    )


async def test_what_lua_was_handed_is_what_python_reads(redis: Connection, raw: Any) -> None:
    """The script decodes JSON of its own; every plane of Unicode and every escape must pass it unharmed."""
    await raw.set("alert-router:{acme}:epoch", "1")
    store = GroupStore(redis)
    every = [
        chr(code) for code in [*range(0x300), 0x2028, 0x2029, 0xFEFF, 0xFFFD, 0xFFFF, 0x10000, 0x1F525, 0x10FFFF]
    ]
    content = AlertContent(
        dict.fromkeys(every, "v"), {"all": "".join(every)}, "".join(reversed(every)), Instant(1), {"g": every[0]}
    )
    before = queued(
        waiting(alerts=0),
        alerts={AlertId("".join(every)): an_alert_state(content=content), AlertId(""): an_alert_state()},
    )

    assert (await store.apply([write(AlertGroup(key_of()), before)]))[0] == [ApplyResult.OK]

    assert await store.load(ACME, [key_of().group_id]) == [replace(before, rev=1)]
