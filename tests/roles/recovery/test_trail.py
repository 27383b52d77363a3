"""What events leave as a trace: the newest place of each group, in whatever order and however often they come."""

import json
from dataclasses import replace
from typing import Any, Final

import pytest

from router.core.model.event import CountedBy, Event, EventKind, Shown
from router.core.model.group import Announced, Digest, MessageRef, Row
from router.core.model.instant import Instant
from router.core.model.key import DIGEST_PATH, GroupKey
from router.core.model.operation import Lane, Method
from router.core.model.rules.names import ReceiverName
from router.ports.events import write_event
from router.ports.kafka import Record
from router.roles.recovery.trail import Trail
from tests.adapters.builders import ACME, BETA, NOON, key_of
from tests.roles.builders import EVENTS

DIGEST: Final = GroupKey(ReceiverName("all"), DIGEST_PATH, (("channel", "C1"),))


def record(body: str | bytes, tenant: str = "acme") -> Record:
    value = body if isinstance(body, bytes) else body.encode()
    return Record(EVENTS, 0, 0, NOON, f"{tenant}/x".encode(), value, ())


def sent(ts: str, sequence: int, **changes: Any) -> Record:
    """A message is shown."""
    shown = Shown(key_of(), {})
    event = Event(
        EventKind.SENT,
        "first",
        "post",
        message=MessageRef("C1", ts),
        delivered_at=Instant(NOON + sequence),
        shown=shown,
    )
    body = json.loads(write_event(event, ACME, key_of(), 1, sequence))
    return record(json.dumps(body | changes))


def held(kind: EventKind, sequence: int, reason: str = "tenant") -> Record:
    body = {"v": 1, "event": kind, "id": str(sequence), "sequence": sequence, "tenant": "acme", "reason": reason}
    return record(json.dumps(body))


def trail(*records: Record) -> Trail:
    found = Trail([ACME])
    found.follow(records)
    return found


def test_the_newest_place_counts_in_whatever_order_events_come() -> None:
    for records in ([sent("1.0", 1), sent("2.0", 2)], [sent("2.0", 2), sent("1.0", 1)], [sent("2.0", 2)] * 3):
        [place] = trail(*records).places(ACME)

        assert (place.message, place.notified_at) == (MessageRef("C1", "2.0"), NOON + 2)


def test_other_tenants_leave_no_trace() -> None:
    found = trail(sent("1.0", 1))

    assert found.places(BETA) == []
    assert Trail([BETA]).places(ACME) == []


@pytest.mark.parametrize(
    "gone",
    [
        sent("2.0", 2, message=None),
        sent("2.0", 2, event="notification_suppressed", reason="message_gone", message=None),
    ],
)
def test_a_message_that_is_gone_is_no_place(gone: Record) -> None:
    assert trail(sent("1.0", 1), gone).places(ACME) == []


@pytest.mark.parametrize(
    "event",
    [
        sent("2.0", 2, shown=None),
        sent("2.0", 2, event="group_parked"),
        sent("2.0", 2, digest={}),
        sent("2.0", 2, event="new_kind"),
    ],
)
def test_what_changes_no_place_changes_none(event: Record) -> None:
    body = json.loads(event.value or b"")
    if body["shown"] is None:
        del body["shown"]

    [place] = trail(sent("1.0", 1), record(json.dumps(body))).places(ACME)

    assert place.message.ts == "1.0"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"1", b'{"v": 1}', b'{"v": 2}', b"\xff", b'{"v": 1, "event": []}']
)
def test_what_cannot_be_read_is_no_trace(body: bytes) -> None:
    [place] = trail(record(body), sent("1.0", 1), record(body)).places(ACME)

    assert place.message.ts == "1.0"


@pytest.mark.parametrize("damaged", [{"shown": {}}, {"delivered_at": "soon"}, {"sequence": "x"}, {"v": 2}])
def test_an_event_of_another_form_is_no_place(damaged: dict[str, Any]) -> None:
    body = json.loads(sent("1.0", 1).value or b"")

    assert trail(record(json.dumps(body | damaged))).places(ACME) == []


def test_who_was_suspended_last_is_suspended() -> None:
    on, off = held(EventKind.SENDING_HELD, 1), held(EventKind.SENDING_RELEASED, 2)

    assert trail(on).suspended == [ACME]
    assert trail(on, off).suspended == []
    assert trail(on, held(EventKind.SENDING_HELD, 2, "everybody")).suspended == [ACME]
    assert trail(held(EventKind.SENDING_HELD, 2, "everybody")).suspended == []


ROWS = (Row("A", "critical", NOON, firing=2), Row("B", "", NOON, firing=1, resolved=4))


def digest_call(sequence: int, **changes: Any) -> Record:
    """The message of a digest was edited."""
    digest = Digest(lane=Lane("C1", Method.POST), groups=3, rows=ROWS)
    return _written(DIGEST, sequence, Event(EventKind.SENT, "refresh", "edit", digest=replace(digest, **changes)))


def counted(sequence: int, life: int = 0) -> Record:
    """A group was shown by it."""
    event = Event(EventKind.SENT, "first", "digest", counted_by=CountedBy(DIGEST.group_id, life))
    return _written(key_of(), sequence, event)


def _written(key: GroupKey, sequence: int, event: Event) -> Record:
    at = Instant(NOON + sequence)
    whole = replace(event, shown=Shown(key, {}), message=MessageRef("C1", "9.0"), delivered_at=at)
    return record(write_event(whole, ACME, key, 1, sequence))


def test_a_digest_and_its_groups_are_found_again() -> None:
    by_id = {one.shown.key.group_id: one for one in trail(counted(1), digest_call(2, life=0)).places(ACME)}

    digest, member = by_id[DIGEST.group_id].digest, by_id[key_of().group_id]
    assert digest is not None
    assert (digest.lane, digest.firing, digest.announced) == (Lane("C1", Method.POST), 3, Announced.BEGUN)
    assert (member.counted_by, member.digest_life) == (CountedBy(DIGEST.group_id, 0), 0)


@pytest.mark.parametrize(
    ("calls", "life"),
    [
        ([], None),
        ([digest_call(2, life=1)], 1),
        ([digest_call(2, lane=None, rows=(), announced=Announced.OVER)], None),
    ],
)
def test_a_group_counts_where_its_digest_goes_on_in_the_same_life(calls: list[Record], life: int | None) -> None:
    [member] = [one for one in trail(counted(1), *calls).places(ACME) if one.counted_by]

    assert member.digest_life == life


def test_a_group_that_a_digest_shows_has_no_message_of_its_own_any_more() -> None:
    [member] = trail(sent("1.0", 1), counted(2)).places(ACME)
    assert member.counted_by is not None

    hidden = json.loads(counted(3).value or b"")
    del hidden["counted_by"]["shown"]
    assert trail(sent("1.0", 1), record(json.dumps(hidden))).places(ACME) == []


def test_a_digest_noted_before_digests_were_put_together_is_no_place() -> None:
    older = json.loads(digest_call(1).value or b"")
    older["digest"] = {"absorbs": False, "groups": 1, "firing": 1}

    assert trail(record(json.dumps(older))).places(ACME) == []
