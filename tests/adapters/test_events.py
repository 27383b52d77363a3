"""Events on `alerts.events`: as the schema says, and read again as they were."""

import json

import pytest

from router.core.deliver.adopt import Place
from router.core.model.alert import AlertId, TenantId
from router.core.model.alert_state import LastShown, ShownState
from router.core.model.event import CountedBy, Event, EventKind, Shown
from router.core.model.group import Digest, MessageRef, Row
from router.core.model.instant import Instant
from router.core.model.key import DIGEST_PATH, GroupId, GroupKey
from router.core.model.operation import Lane, Method, Reason
from router.core.model.registers import Registers
from router.core.model.rules.names import ReceiverName
from router.ports.events import read_place, read_shown, write_event
from tests.schemas import assert_valid

KEY = GroupKey(ReceiverName("team"), ('severity="critical"',), (("zone", "1"), ("alertname", "Disk \N{FIRE}")))
ONE_OF_EACH = {
    AlertId(state.name): LastShown(state, Registers(Instant(4), Instant(number), Instant(2), Instant(1)))
    for number, state in enumerate(ShownState)
    if state is not ShownState.NOTHING
}


@pytest.mark.parametrize(
    "shown", [Shown(KEY, {}), Shown(KEY, ONE_OF_EACH, left_out=3, reopened=2, worst=0, takes_no_edits=True)]
)
def test_what_a_message_shows_is_read_as_it_was_written(shown: Shown) -> None:
    event = Event(EventKind.SENT, "first", "post", message=MessageRef("C1", "1.2"), shown=shown)
    times = Event(EventKind.SENT, "first", "post", decided_at=Instant(1), delivered_at=Instant(2))

    body = json.loads(write_event(event, TenantId("acme"), KEY, 3, 17))
    dated = json.loads(write_event(times, TenantId("acme"), KEY, 3, 18))

    assert_valid("event", body | dated | {"message": body["message"], "shown": body["shown"]})
    assert read_shown(KEY.receiver, body["shown"]) == shown
    assert read_shown(KEY.receiver, body["shown"]).key.group_id == body["group"]
    assert "shown" not in dated


def test_the_call_of_a_digest_notes_how_much_its_message_counts_and_no_names() -> None:
    rows = (
        Row("Secret", "critical", Instant(1), firing=3, resolved=2),
        Row("Other", "", Instant(1), stale=1, unreported=5),
    )
    counted = Digest(lane=Lane("C1", Method.POST), groups=4, rows=rows)
    event = Event(EventKind.SENT, "refresh", "edit", decided_at=Instant(1), delivered_at=Instant(2), digest=counted)

    key = GroupKey(ReceiverName("team"), DIGEST_PATH, (("channel", "C1"),))
    written = write_event(event, TenantId("acme"), key, 3, 17)

    assert_valid("event", json.loads(written))
    assert json.loads(written)["digest"] == {
        "life": 0,
        "absorbs": True,
        "over": False,
        "groups": 4,
        "firing": 3,
        "resolved": 2,
        "not_reported": 1,
        "rerouted": 0,
        "unreported": 5,
    }
    assert "Secret" not in written


def test_a_group_that_a_digest_shows_is_read_as_it_was_written_and_stands_in_no_message_of_its_own() -> None:
    by, at = CountedBy(GroupId("1" * 32 + "-digest"), 2), Instant(2)
    shown = Shown(KEY, ONE_OF_EACH, worst=0)
    event = Event(
        EventKind.SENT, "first", "digest", message=MessageRef("C1", "1.2"), decided_at=Instant(1), delivered_at=at,
        shown=shown, counted_by=by,
    )  # fmt: skip

    body = json.loads(write_event(event, TenantId("acme"), KEY, 3, 17))

    assert_valid("event", body)
    assert "shown" not in body
    assert read_place(body) == Place(MessageRef("C1", "1.2"), shown, at, Reason.FIRST, counted_by=by)
