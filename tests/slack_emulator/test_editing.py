"""`chat.update`, `chat.delete` and reactions: what stays, what goes, whose it must be."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_emulator import Emulator
from slack_emulator.methods.reacting import KNOWN_EMOJI, MAX_EMOJI

Call = Callable[..., dict[str, Any]]
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x", "verbatim": True}}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}
RED = {"color": "#ff0000", "blocks": [SECTION]}
META = {"event_type": "alert_notification", "event_payload": {"delivery": "d1"}}


@pytest.fixture
def ts(post: Call) -> str:
    """A message with everything in it."""
    return str(post(text="old", blocks=[SECTION], attachments=[RED], metadata=META)["ts"])


@pytest.fixture
def update(call: Call, alerts: str, ts: str) -> Call:
    def updating(**args: Any) -> dict[str, Any]:
        return call("chat.update", **{"channel": alerts, "ts": ts, "parse": "none", **args})

    return updating


RETENTION: list[tuple[dict[str, Any], tuple[str, int, int, bool]]] = [
    ({"text": "new"}, ("new", 0, 1, True)),
    ({"text": "new", "blocks": [SECTION]}, ("new", 1, 1, True)),
    ({"text": "new", "blocks": [], "attachments": []}, ("new", 0, 0, True)),
    ({"text": "new", "blocks": [SECTION, SECTION], "attachments": [RED, RED]}, ("new", 2, 2, True)),
    ({"attachments": []}, ("old", 1, 0, True)),
    ({"text": "new", "metadata": {}}, ("new", 0, 1, False)),
    ({"blocks": [SECTION, SECTION]}, ("", 2, 1, True)),
]


@pytest.mark.parametrize(
    ("args", "left"), RETENTION, ids=lambda value: ",".join(value) if isinstance(value, dict) else ""
)
def test_an_update_keeps_and_drops_what_slack_does(
    emulator: Emulator, update: Call, args: dict[str, Any], left: tuple[str, int, int, bool]
) -> None:
    assert update(**args)["ok"]
    (shown,) = emulator.visible("T1", "alerts")
    assert (shown.text, len(shown.blocks), len(shown.attachments), shown.metadata is not None) == left
    assert (shown.edits, shown.texts) == (1, ("old", left[0]))


def test_every_version_keeps_its_time(emulator: Emulator, update: Call, forward: Callable[[float], None]) -> None:
    forward(5)
    update(text="new")
    (shown,) = emulator.visible("T1", "alerts")
    assert shown.times_s == (1_700_000_000.0, 1_700_000_005.0)


def test_an_update_without_blocks_is_marked_edited_and_one_with_blocks_is_not(update: Call) -> None:
    assert "edited" not in update(text="new", blocks=[SECTION])["message"]
    assert "edited" in update(text="new")["message"]


def test_what_a_reader_saw_earlier_does_not_change(emulator: Emulator, update: Call) -> None:
    before = emulator.visible("T1", "alerts")
    update(text="new")
    assert (before[0].text, before[0].edits) == ("old", 0)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "no_text"),
    ({"text": "", "blocks": [], "attachments": []}, "no_text"),
    ({"text": "x" * 4_001}, "msg_too_long"),
    ({"text": "x", "ts": "1600000000.000001"}, "message_not_found"),
    ({"text": "x", "ts": ""}, "invalid_arguments"),
    ({"text": "x", "channel": "alerts"}, "channel_not_found"),
    ({"text": "x", "channel": "#alerts"}, "channel_not_found"),
    ({"text": "x", "channel": "U012"}, "channel_not_found"),
    ({"text": "x", "blocks": [{"type": "sektion"}]}, "invalid_blocks"),
    ({"text": "x", "attachments": [{"blocks": [{}]}]}, "invalid_attachments"),
    ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
    ({"text": "x", "reply_broadcast": True}, "cant_broadcast_message"),
]


@pytest.mark.parametrize(("args", "error"), REFUSED, ids=[error for _, error in REFUSED])
def test_a_refused_update_changes_nothing(emulator: Emulator, update: Call, args: dict[str, Any], error: str) -> None:
    before = emulator.visible("T1", "alerts")
    assert update(**args)["error"] == error
    assert emulator.visible("T1", "alerts") == before


def test_a_text_of_four_thousand_characters_may_be_an_update(update: Call) -> None:
    assert update(text="x" * 4_000)["ok"]


def test_an_archived_channel_is_inactive_to_updates(emulator: Emulator, update: Call) -> None:
    emulator.archive_channel("T1", "alerts")
    assert update(text="x")["error"] == "is_inactive"


def test_rich_text_cannot_be_replaced_by_other_blocks(call: Call, post: Call, alerts: str) -> None:
    ts = post(text="x", blocks=[RICH])["ts"]
    assert call("chat.update", channel=alerts, ts=ts, text="x", blocks=[SECTION])["error"] == "block_mismatch"
    assert call("chat.update", channel=alerts, ts=ts, text="x", blocks=[RICH])["ok"]


def test_others_messages_cannot_be_updated_or_deleted(
    emulator: Emulator, call: Call, update: Call, alerts: str
) -> None:
    human = emulator.add_message("T1", "alerts", "hello")
    assert update(ts=human, text="x")["error"] == "cant_update_message"
    assert call("chat.delete", channel=alerts, ts=human)["error"] == "cant_delete_message"
    emulator.add_token("xoxb-other", "T1", app_id="A0OTHER")
    other = call("chat.postMessage", token="xoxb-other", channel=alerts, text="x")["ts"]
    assert update(ts=other, text="x")["error"] == "cant_update_message"


def test_an_update_whose_text_slack_parses_is_audited_as_parsed(emulator: Emulator, update: Call) -> None:
    update(text="@here", parse="none")
    assert emulator.anomalies == []
    update(text="@here", parse=None)
    assert [anomaly.kind.value for anomaly in emulator.anomalies] == ["auto_mention"]


def test_a_reply_may_be_broadcast_later(emulator: Emulator, post: Call, update: Call, ts: str) -> None:
    reply = post(text="reply", thread_ts=ts)["ts"]
    assert update(ts=reply, text="reply", reply_broadcast=True)["ok"]
    assert emulator.visible("T1", "alerts")[0].replies[0].broadcast


def test_a_deleted_message_is_gone(emulator: Emulator, call: Call, update: Call, alerts: str, ts: str) -> None:
    assert call("chat.delete", channel=alerts, ts=ts) == {"ok": True, "channel": alerts, "ts": ts}
    assert emulator.visible("T1", "alerts") == ()
    assert update(text="x")["error"] == "message_not_found"
    assert call("chat.delete", channel=alerts, ts=ts)["error"] == "message_not_found"


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"timestamp": "yesterday"}, "bad_timestamp"),
        ({"timestamp": "1700000000"}, "bad_timestamp"),
        ({"timestamp": "1600000000.000001"}, "message_not_found"),
        ({"name": ":fire:"}, "invalid_name"),
        ({"name": "no_such_emoji"}, "invalid_name"),
        ({"name": None}, "invalid_arguments"),
        ({}, None),
    ],
)
def test_a_reaction_needs_a_message_and_a_known_name(
    call: Call, alerts: str, ts: str, args: dict[str, Any], error: str | None
) -> None:
    reply = call("reactions.add", **{"channel": alerts, "timestamp": ts, "name": "fire", **args})
    assert reply.get("error") == error


def test_a_reaction_is_given_once_and_taken_back_once(emulator: Emulator, call: Call, alerts: str, ts: str) -> None:
    subject = {"channel": alerts, "timestamp": ts, "name": "fire"}
    assert call("reactions.remove", **subject)["error"] == "no_reaction"
    assert call("reactions.add", **subject)["ok"]
    assert call("reactions.add", **subject)["error"] == "already_reacted"
    assert emulator.visible("T1", "alerts")[0].reactions == ("fire",)
    assert call("reactions.remove", **subject)["ok"]
    assert emulator.visible("T1", "alerts")[0].reactions == ()


def test_a_message_bears_so_many_emoji(call: Call, alerts: str, ts: str) -> None:
    names = sorted(KNOWN_EMOJI)[: MAX_EMOJI + 1]
    replies = [call("reactions.add", channel=alerts, timestamp=ts, name=name) for name in names]
    assert [reply["ok"] for reply in replies] == [True] * MAX_EMOJI + [False]
    assert replies[-1]["error"] == "too_many_emoji"
