"""`conversations.*`, `auth.test` and `blocks.validate`."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_emulator import Emulator, Limits
from slack_emulator.wire import Incoming

from tests.slack_emulator.conftest import answer_of

Call = Callable[..., dict[str, Any]]
META = {"event_type": "alert_notification", "event_payload": {"delivery": "d1"}}


def texts(reply: dict[str, Any]) -> list[str]:
    return [message["text"] for message in reply["messages"]]


def test_history_is_newest_first_and_holds_broadcast_replies_only(call: Call, post: Call, alerts: str) -> None:
    parent = post(text="one")["ts"]
    post(text="quiet", thread_ts=parent)
    post(text="two")
    post(text="loud", thread_ts=parent, reply_broadcast=True)
    reply = call("conversations.history", channel=alerts)
    assert texts(reply) == ["loud", "two", "one"]
    assert (reply["has_more"], reply["pin_count"]) == (False, 0)
    assert (reply["messages"][2]["reply_count"], reply["messages"][2]["thread_ts"]) == (2, parent)
    assert "response_metadata" not in reply


def test_history_pages_until_the_cursor_is_empty(call: Call, post: Call, alerts: str) -> None:
    for number in range(5):
        post(text=str(number))
    pages, cursor = [], ""
    while True:
        reply = call("conversations.history", channel=alerts, limit=2, cursor=cursor)
        pages.append(texts(reply))
        cursor = reply.get("response_metadata", {}).get("next_cursor", "")
        assert reply["has_more"] is bool(cursor)
        if not cursor:
            break
    assert pages == [["4", "3"], ["2", "1"], ["0"]]


@pytest.mark.parametrize(
    ("inclusive", "expected"), [(False, ["1"]), (True, ["2", "1", "0"]), ("1", ["2", "1", "0"]), ("0", ["1"])]
)
def test_history_between_two_timestamps(
    call: Call, post: Call, alerts: str, inclusive: Any, expected: list[str]
) -> None:
    stamps = [post(text=str(number))["ts"] for number in range(3)]
    reply = call("conversations.history", channel=alerts, oldest=stamps[0], latest=stamps[2], inclusive=inclusive)
    assert texts(reply) == expected


def test_timestamps_are_compared_as_numbers_not_as_text(call: Call, post: Call, alerts: str) -> None:
    post(text="x")
    assert texts(call("conversations.history", channel=alerts, oldest="999999999.999999")) == ["x"]
    assert texts(call("conversations.history", channel=alerts, latest="999999999.999999")) == []


def test_the_event_payload_is_kept_back_unless_asked_for(call: Call, post: Call, alerts: str) -> None:
    post(text="x", metadata=META)
    (bare,) = call("conversations.history", channel=alerts)["messages"]
    (full,) = call("conversations.history", channel=alerts, include_all_metadata="1")["messages"]
    assert bare["metadata"] == {"event_type": "alert_notification", "event_payload": {}}
    assert full["metadata"] == META


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"limit": 0}, "invalid_limit"),
        ({"limit": 1000}, "invalid_limit"),
        ({"limit": "many"}, "invalid_limit"),
        ({"cursor": "!!"}, "invalid_cursor"),
        ({"cursor": "bm9wZQ=="}, "invalid_cursor"),
        ({"oldest": "x"}, "invalid_ts_oldest"),
        ({"latest": 1.5}, "invalid_ts_latest"),
        ({"channel": "#alerts"}, "channel_not_found"),
        ({"limit": 999}, None),
        ({"limit": 1}, None),
        ({"limit": "1"}, None),
    ],
)
def test_history_refuses_nonsense_even_of_an_empty_channel(
    call: Call, alerts: str, args: dict[str, Any], error: str | None
) -> None:
    assert call("conversations.history", **{"channel": alerts, **args}).get("error") == error


def test_history_needs_membership_and_the_right_scope(emulator: Emulator, call: Call) -> None:
    public = emulator.add_channel("T1", "public", member=False)
    private = emulator.add_channel("T1", "private", private=True)
    assert call("conversations.history", channel=public)["error"] == "not_in_channel"
    emulator.add_token("xoxb-narrow", "T1", ["channels:history"])
    refused = call("conversations.history", token="xoxb-narrow", channel=private)
    assert (refused["error"], refused["needed"], refused["provided"]) == (
        "missing_scope",
        "groups:history",
        "channels:history",
    )


def test_a_non_marketplace_app_reads_fifteen_at_a_time_once_a_minute(
    emulator: Emulator, call: Call, post: Call, alerts: str
) -> None:
    for _ in range(16):
        post(text="x")
    emulator.limits = Limits(history_per_min=1, history_page=15)
    assert len(call("conversations.history", channel=alerts, limit=100)["messages"]) == 15
    assert call("conversations.history", channel=alerts)["error"] == "ratelimited"


def test_a_page_holds_a_hundred_messages_unless_asked(call: Call, post: Call, alerts: str) -> None:
    for _ in range(101):
        post(text="x")
    assert len(call("conversations.history", channel=alerts)["messages"]) == 100
    assert len(call("conversations.history", channel=alerts, limit=999)["messages"]) == 101


def test_replies_come_after_their_parent_oldest_first(call: Call, post: Call, alerts: str) -> None:
    parent = post(text="parent")["ts"]
    *_, last = [post(text=str(number), thread_ts=parent)["ts"] for number in range(3)]
    assert texts(call("conversations.replies", channel=alerts, ts=parent)) == ["parent", "0", "1", "2"]
    page = call("conversations.replies", channel=alerts, ts=parent, limit=3)
    rest = call("conversations.replies", channel=alerts, ts=parent, cursor=page["response_metadata"]["next_cursor"])
    assert (texts(page), texts(rest)) == (["parent", "0", "1"], ["2"])
    assert call("conversations.replies", channel=alerts, ts=last)["error"] == "thread_not_found"


def test_a_channels_info_says_what_it_is(emulator: Emulator, call: Call, alerts: str) -> None:
    info = call("conversations.info", channel=alerts)["channel"]
    assert (info["id"], info["name"], info["is_private"], info["is_member"]) == (
        alerts,
        "alerts",
        False,
        True,
    )
    assert (info["is_channel"], info["is_group"], info["is_im"], info["is_archived"]) == (
        True,
        False,
        False,
        False,
    )
    hidden = emulator.add_channel("T1", "hidden", private=True, member=False)
    assert call("conversations.info", channel=hidden)["error"] == "channel_not_found"


def test_auth_test_says_who_the_token_speaks_for(emulator: Emulator, call: Call, post: Call) -> None:
    reply = call("auth.test")
    assert (reply["team_id"], reply["team"], reply["is_enterprise_install"]) == ("T1", "acme", False)
    assert reply["bot_id"] == post(text="x")["message"]["bot_id"]
    emulator.add_workspace("T2", "globex")
    emulator.add_token("xoxb-globex", "T2")
    assert call("auth.test", token="xoxb-globex")["bot_id"] != reply["bot_id"]


def validate(emulator: Emulator, **fields: str) -> dict[str, Any]:
    incoming = Incoming(
        "blocks.validate", body=urlencode(fields).encode(), content_type="application/x-www-form-urlencoded"
    )
    body = emulator.api.perform(emulator.api.see(incoming)).body
    assert not isinstance(body, str)
    return dict(body)


def test_blocks_validate_needs_no_token_and_points_into_the_list(emulator: Emulator) -> None:
    good = [{"type": "header", "text": {"type": "plain_text", "text": "x"}}]
    bad = [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]
    assert validate(emulator, blocks=json.dumps(good)) == {"ok": True}
    assert validate(emulator, message=json.dumps({"blocks": good})) == {"ok": True}
    reply = validate(emulator, blocks=json.dumps(bad))
    assert reply["error"] == "invalid_blocks"
    assert reply["errors"] == [
        {
            "code": "failed_constraint",
            "message": "must be a valid enum value",
            "pointer": "/0/text/type",
            "constraint": {"type": "enum", "expected": ["plain_text"]},
        }
    ]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "invalid_arguments"),
        ({"blocks": "[]", "message": "{}"}, "invalid_arguments"),
        ({"view": "{}"}, "invalid_arguments"),
        ({"blocks": "{"}, "invalid_blocks_format"),
        ({"blocks": "{}"}, "invalid_blocks_format"),
        ({"blocks": "[" + " " * 100_000 + "]"}, "invalid_arguments"),
        ({"message": '{"attachments": [{}]}'}, "invalid_attachments"),
    ],
)
def test_blocks_validate_takes_one_subject_of_bounded_size(
    emulator: Emulator, fields: dict[str, str], error: str
) -> None:
    assert validate(emulator, **fields)["error"] == error


def test_blocks_validate_refuses_json(call: Call) -> None:
    assert call("blocks.validate", token=None, blocks=[])["error"] == "invalid_arguments"


def test_every_answer_says_which_scopes_the_token_has(emulator: Emulator) -> None:
    emulator.add_token("xoxb-narrow", "T1", ["groups:read", "chat:write"])
    for method, args in (("auth.test", {}), ("chat.postMessage", {"channel": "nowhere", "text": "x"})):
        assert answer_of(emulator, method, args, "xoxb-narrow").headers["X-OAuth-Scopes"] == "chat:write,groups:read"
    assert "X-OAuth-Scopes" not in answer_of(emulator, "auth.test", {}, "xoxb-unknown").headers
