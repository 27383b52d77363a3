"""`chat.postMessage` and `chat.postEphemeral`: what is stored, what is refused, what is noted."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_emulator import Emulator, Limits

Call = Callable[..., dict[str, Any]]
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x", "verbatim": True}}
RED = {"color": "#ff0000", "blocks": [SECTION]}
META = {"event_type": "alert_notification", "event_payload": {"delivery": "d1", "labels": {"a": "b"}}}


def kinds(emulator: Emulator) -> list[str]:
    return [anomaly.kind.value for anomaly in emulator.anomalies]


def test_a_post_is_stored_and_answered_as_slack_does(emulator: Emulator, post: Call, alerts: str) -> None:
    reply = post(text="fire", blocks=[SECTION], attachments=[RED], metadata=META)
    (shown,) = emulator.visible("T1", "alerts")
    assert (reply["ok"], reply["channel"], reply["ts"]) == (True, alerts, shown.ts)
    message = reply["message"]
    assert (message["text"], message["ts"], message["team"]) == ("fire", shown.ts, "T1")
    assert message["bot_id"].startswith("B")
    assert message["blocks"][0]["block_id"]
    assert message["attachments"][0]["id"] == 1
    assert message["metadata"] == {"event_type": "alert_notification", "event_payload": {}}
    assert "thread_ts" not in message
    assert shown.metadata == META
    assert (shown.edits, shown.texts, shown.replies) == (0, ("fire",), ())
    assert kinds(emulator) == []


def test_timestamps_rise_even_when_the_clock_stands_still(post: Call) -> None:
    stamps = [post(text="x")["ts"] for _ in range(3)]
    assert stamps == ["1700000000.000000", "1700000000.000001", "1700000000.000002"]


def test_a_channel_may_be_named(emulator: Emulator, post: Call, alerts: str) -> None:
    assert post(channel="#alerts", text="x")["channel"] == alerts
    assert post(channel="alerts", text="x")["channel"] == alerts
    assert {call.channel for call in emulator.calls} == {alerts}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "no_text"),
    ({"text": "  "}, "no_text"),
    ({"text": None, "blocks": []}, "no_text"),
    ({"text": "x", "channel": ""}, "invalid_arguments"),
    ({"text": "x", "channel": "C0NOWHERE"}, "channel_not_found"),
    ({"text": "x", "channel": "U012"}, "channel_not_found"),
    ({"text": "x", "channel": 7}, "invalid_arguments"),
    ({"text": 7}, "invalid_arguments"),
    ({"text": "x", "blocks": "[]"}, "invalid_blocks_format"),
    ({"text": "x", "blocks": {}}, "invalid_blocks_format"),
    ({"text": "x", "blocks": [{"type": "sektion"}]}, "invalid_blocks"),
    ({"text": "x", "blocks": [SECTION] * 51}, "invalid_blocks"),
    ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
    ({"blocks": [SECTION], "markdown_text": "y"}, "markdown_text_conflict"),
    ({"markdown_text": "y" * 12_001}, "msg_too_long"),
    ({"text": "x", "metadata": "{}"}, "invalid_metadata_format"),
    ({"text": "x", "metadata": {}}, "invalid_metadata_format"),
    ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
    ({"text": "x", "metadata": {"event_type": "a.b", "event_payload": {}}}, "invalid_metadata_format"),
    ({"text": "x", "metadata": {"event_type": "a", "event_payload": []}}, "invalid_metadata_format"),
    (
        {"text": "x", "metadata": {"event_type": "a", "event_payload": {"a": {"b": {}}}}},
        "invalid_metadata_schema",
    ),
    ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"a": None}}}, "invalid_metadata_schema"),
    (
        {"text": "x", "metadata": {"event_type": "a", "event_payload": {"a": "x" * 8_000}}},
        "metadata_too_large",
    ),
    ({"text": "x", "as_user": True}, "as_user_not_supported"),
    ({"text": "x", "username": "me"}, "missing_scope"),
]


@pytest.mark.parametrize(("args", "error"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_slack_refuses_is_refused_and_not_stored(
    emulator: Emulator, post: Call, args: dict[str, Any], error: str
) -> None:
    reply = post(**args)
    assert (reply["ok"], reply["error"]) == (False, error)
    assert emulator.visible("T1", "alerts") == ()
    assert not emulator.calls[-1].accepted


ATTACHMENTS: list[tuple[Any, str | None]] = [
    ([RED], None),
    ([{"color": "danger", "text": "x", "fields": [{"title": "a", "value": "b", "short": True}]}], None),
    ([{"text": "x"}] * 50, None),
    ([{"text": "x"}] * 51, "invalid_attachments"),
    ([{"text": "x"}] * 101, "too_many_attachments"),
    ([{"blocks": [{"type": "divider"}] * 20}], None),
    ([{"blocks": [{"type": "divider"}] * 21}], "invalid_attachments"),
    ([{**RED, "title": "x"}], "invalid_attachments"),
    ([{**RED, "color": "red"}], "invalid_attachments"),
    ([{"blocks": [{"type": "sektion"}]}], "invalid_attachments"),
    ([{"color": "#ff0000"}], "invalid_attachments"),
    ([{"text": "x", "colour": "red"}], "invalid_attachments"),
    ([{"text": "x", "footer": "x" * 301}], "invalid_attachments"),
    ("[]", "invalid_attachments"),
    ([{"text": "x" * 3_000}] * 6, "attachment_payload_limit_exceeded"),
]


@pytest.mark.parametrize(("attachments", "error"), ATTACHMENTS)
def test_attachments_are_taken_or_refused_without_a_pointer(post: Call, attachments: Any, error: str | None) -> None:
    reply = post(text="x", attachments=attachments)
    assert reply.get("error") == error
    assert "errors" not in reply


def test_all_blocks_together_may_not_pass_the_total(post: Call) -> None:
    long = {"type": "section", "text": {"type": "plain_text", "text": "x" * 2_900}}
    assert post(text="x", blocks=[long] * 4)["ok"]
    assert post(text="x", blocks=[long] * 5)["error"] == "msg_blocks_too_long"
    assert post(text="x", blocks=[long] * 2, attachments=[{"blocks": [long] * 3}])["error"] == "msg_blocks_too_long"


def test_invalid_blocks_come_with_errors_and_prefixed_messages(post: Call) -> None:
    reply = post(text="x", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}])
    expected = [
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]
    assert reply["errors"] == expected
    assert reply["response_metadata"]["messages"] == [f"[ERROR] {line}" for line in expected]


def test_a_missing_argument_is_named(call: Call) -> None:
    reply = call("chat.postMessage", text="x")
    assert reply["error"] == "invalid_arguments"
    assert reply["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


@pytest.mark.parametrize(
    ("private", "scopes", "error"),
    [
        (False, None, "not_in_channel"),
        (False, ["chat:write", "chat:write.public"], None),
        (True, ["chat:write", "chat:write.public"], "channel_not_found"),
    ],
)
def test_a_channel_the_bot_is_not_in_refuses(
    emulator: Emulator, post: Call, private: bool, scopes: list[str] | None, error: str | None
) -> None:
    emulator.add_token("xoxb-acme", "T1", scopes)
    other = emulator.add_channel("T1", "other", private=private, member=False)
    assert post(channel=other, text="x").get("error") == error


def test_archived_and_read_only_channels_refuse(emulator: Emulator, post: Call) -> None:
    emulator.change_channel("T1", "alerts", read_only=True)
    assert post(text="x")["error"] == "restricted_action_read_only_channel"
    emulator.archive_channel("T1", "alerts")
    assert post(text="x")["error"] == "is_archived"
    emulator.archive_channel("T1", "alerts", archived=False)
    emulator.change_channel("T1", "alerts", read_only=False)
    assert post(text="x")["ok"]


def test_another_workspaces_channel_is_not_found_and_noted(emulator: Emulator, post: Call) -> None:
    emulator.add_workspace("T2", "globex")
    foreign = emulator.add_channel("T2", "alerts")
    assert post(channel=foreign, text="x")["error"] == "channel_not_found"
    assert kinds(emulator) == ["foreign_channel"]
    assert emulator.visible("T2", "alerts") == ()


def test_a_long_text_without_blocks_becomes_several_messages(emulator: Emulator, post: Call) -> None:
    first = post(text="a" * 4_000)["ts"]
    assert kinds(emulator) == []
    second = post(text="b" * 4_001)["ts"]
    assert [len(one.text) for one in emulator.visible("T1", "alerts")] == [4_000, 4_000, 1]
    assert emulator.visible("T1", "alerts")[1].ts == second != first
    assert kinds(emulator) == ["text_split"]


def test_a_long_text_beside_blocks_is_noted(emulator: Emulator, post: Call) -> None:
    post(text="b" * 4_001, blocks=[SECTION])
    assert len(emulator.visible("T1", "alerts")) == 1
    assert kinds(emulator) == ["text_too_long"]


def test_a_text_over_forty_thousand_characters_is_truncated_with_a_warning(emulator: Emulator, post: Call) -> None:
    assert "warning" not in post(text="a" * 40_000, blocks=[SECTION])
    reply = post(text="a" * 40_001, blocks=[SECTION])
    assert reply["warning"] == "message_truncated"
    assert len(emulator.visible("T1", "alerts")[1].text) == 40_000


def test_the_densest_second_of_a_channel_counts_accepted_posts_only(
    emulator: Emulator, post: Call, forward: Callable[[float], None]
) -> None:
    for _ in range(3):
        post(text="x")
        post()
        forward(0.5)
    assert emulator.max_posts("T1", "alerts") == 2
    assert emulator.max_posts("T1", "alerts", window_s=10) == 3


def test_a_suppressed_post_is_answered_ok_and_never_shown(emulator: Emulator, post: Call) -> None:
    emulator.limits = Limits(channel_burst=1, soft_suppress=True)
    assert [post(text="x")["ok"], post(text="y")["ok"]] == [True, True]
    assert [one.text for one in emulator.visible("T1", "alerts")] == ["x"]
    assert kinds(emulator) == ["suppressed"]


def test_an_ephemeral_message_reaches_one_member_and_no_history(emulator: Emulator, call: Call, alerts: str) -> None:
    stranger = call("chat.postEphemeral", channel=alerts, user="U1", text="psst")
    assert stranger["error"] == "user_not_in_channel"
    emulator.change_channel("T1", "alerts", members=["U1"])
    assert call("chat.postEphemeral", channel=alerts, user="U1", text=" ")["error"] == "no_text"
    shown = call("chat.postEphemeral", channel=alerts, user="U1", text="psst")
    assert shown["ok"]
    assert [(user, shown.text) for user, shown in emulator.ephemerals("T1", "alerts")] == [("U1", "psst")]
    assert emulator.visible("T1", "alerts") == ()
    assert call("chat.update", channel=alerts, ts=shown["message_ts"], text="x")["error"] == "message_not_found"
    refused = call("chat.postEphemeral", channel=alerts, user="U1", text="x", attachments=[RED])
    assert refused["error"] == "invalid_attachments"


LOST = "https://grafana.internal/"
PICTURE = {"type": "image", "image_url": f"{LOST}a.png", "alt_text": "a graph"}


def test_a_picture_that_cannot_be_fetched_spoils_the_whole_message(
    emulator: Emulator, post: Call, alerts: str
) -> None:
    emulator.lose_pictures("T1", LOST)
    reply = post(text="x", blocks=[SECTION, PICTURE])
    line = "downloading image failed [json-pointer:/blocks/1/image_url]"
    assert (reply["ok"], reply["error"], reply["errors"]) == (False, "invalid_blocks", [line])
    assert reply["response_metadata"]["messages"] == [f"[ERROR] {line}"]
    assert post(text="x", attachments=[{**RED, "blocks": [PICTURE]}])["error"] == "invalid_attachments"
    assert post(text="x", blocks=[{"type": "context", "elements": [PICTURE]}])["error"] == "invalid_blocks"
    assert emulator.visible("T1", alerts) == ()


def test_a_picture_beside_a_section_and_those_that_can_be_fetched_spoil_nothing(
    emulator: Emulator, post: Call
) -> None:
    emulator.lose_pictures("T1", LOST)
    assert post(text="x", blocks=[{**SECTION, "accessory": PICTURE}])["ok"]
    assert post(text="x", blocks=[{**PICTURE, "image_url": "https://grafana.example/a.png"}])["ok"]
