"""How a request is read and whom it is from, before any method runs."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_emulator import Emulator, Limits, TokenStatus
from slack_emulator.wire import Answer, Incoming

Call = Callable[..., dict[str, Any]]
FORM = "application/x-www-form-urlencoded"
JSON = "application/json; charset=utf-8"
BEARER = "Bearer xoxb-acme"


def ask(emulator: Emulator, method: str = "auth.test", **request: Any) -> Answer:
    return emulator.api.perform(emulator.api.see(Incoming(method, **request)))


def body_of(answer: Answer) -> dict[str, Any]:
    assert not isinstance(answer.body, str)
    return dict(answer.body)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"authorization": BEARER}, None),
        ({"query": "token=xoxb-acme"}, None),
        ({"body": b"token=xoxb-acme", "content_type": FORM}, None),
        ({"body": b'{"token": "xoxb-acme"}', "content_type": JSON}, "not_authed"),
        ({}, "not_authed"),
        ({"authorization": "Basic xoxb-acme"}, "not_authed"),
        ({"authorization": "Bearer "}, "not_authed"),
        ({"authorization": "Bearer xoxb-nobody"}, "invalid_auth"),
        ({"authorization": BEARER, "body": b"{", "content_type": JSON}, "invalid_json"),
        ({"authorization": BEARER, "body": b"[]", "content_type": JSON}, "json_not_object"),
        ({"authorization": BEARER, "body": b"\xff{}", "content_type": JSON}, "invalid_charset"),
        (
            {"authorization": BEARER, "body": b"{}", "content_type": "application/json; charset=latin-1"},
            "invalid_charset",
        ),
        ({"authorization": BEARER, "body": b"a=%ff", "content_type": FORM}, "invalid_form_data"),
        ({"authorization": BEARER, "body": b"{}", "content_type": "text/plain"}, "invalid_post_type"),
        (
            {"authorization": BEARER, "body": b"x", "content_type": "multipart/form-data; boundary=x"},
            "invalid_post_type",
        ),
        ({"authorization": BEARER, "body": b"{}"}, "missing_post_type"),
        ({"authorization": BEARER, "body": b"[" * 100_000, "content_type": JSON}, "invalid_json"),
    ],
)
def test_a_request_is_read_or_refused(emulator: Emulator, request_: dict[str, Any], error: str | None) -> None:
    answer = ask(emulator, **request_)
    assert answer.status == 200
    assert body_of(answer).get("error") == error


@pytest.mark.parametrize(
    ("content_type", "body", "warning"),
    [
        ("application/json", b"{}", "missing_charset"),
        (JSON, b"{}", None),
        (f"{FORM}; charset=utf-8", b"a=b", "superfluous_charset"),
        (FORM, b"a=b", None),
    ],
)
def test_a_charset_where_it_does_not_belong_is_warned_of(
    emulator: Emulator, content_type: str, body: bytes, warning: str | None
) -> None:
    reply = body_of(ask(emulator, authorization=BEARER, content_type=content_type, body=body))
    assert reply.get("warning") == warning
    assert reply.get("response_metadata") == ({"warnings": [warning]} if warning else None)


def test_structured_values_are_text_in_forms_and_queries(emulator: Emulator) -> None:
    form = b'channel=%23alerts&text=x&blocks=[{"type":"divider"}]&unfurl_links=0&unfurl_media=false'
    assert body_of(ask(emulator, "chat.postMessage", authorization=BEARER, body=form, content_type=FORM))["ok"]
    query = "channel=%23alerts&text=x&blocks=[&unfurl_links=0&unfurl_media=0"
    refused = body_of(ask(emulator, "chat.postMessage", authorization=BEARER, query=query))
    assert refused["error"] == "invalid_blocks_format"
    assert [len(shown.blocks) for shown in emulator.visible("T1", "alerts")] == [1]


def test_an_unknown_method_is_answered_not_missing(call: Call) -> None:
    assert call("chat.shout")["error"] == "unknown_method"
    assert call("files.upload")["error"] == "unknown_method"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (TokenStatus.REVOKED, "token_revoked"),
        (TokenStatus.INACTIVE, "account_inactive"),
        (TokenStatus.EXPIRED, "token_expired"),
        (TokenStatus.ACTIVE, None),
    ],
)
def test_a_dead_token_opens_nothing(emulator: Emulator, call: Call, status: TokenStatus, error: str | None) -> None:
    emulator.set_token_status("xoxb-acme", status)
    assert call("auth.test").get("error") == error


@pytest.mark.parametrize(
    ("method", "needed"),
    [
        ("chat.postMessage", "chat:write"),
        ("chat.update", "chat:write"),
        ("chat.delete", "chat:write"),
        ("chat.postEphemeral", "chat:write"),
        ("reactions.add", "reactions:write"),
        ("reactions.remove", "reactions:write"),
        ("conversations.history", "channels:history"),
        ("conversations.replies", "channels:history"),
        ("conversations.info", "channels:read"),
    ],
)
def test_a_missing_scope_is_named_with_those_there_are(
    emulator: Emulator, call: Call, method: str, needed: str
) -> None:
    emulator.add_token("xoxb-narrow", "T1", ["users:read"])
    reply = call(method, token="xoxb-narrow")
    assert (reply["error"], reply["needed"], reply["provided"]) == ("missing_scope", needed, "users:read")


def test_an_answer_to_a_known_token_lists_its_scopes(emulator: Emulator) -> None:
    emulator.add_token("xoxb-narrow", "T1", ["b", "a"])
    assert ask(emulator, authorization="Bearer xoxb-narrow").headers["X-OAuth-Scopes"] == "a,b"
    assert ask(emulator).headers == {}


def test_a_call_is_logged_with_its_arguments_but_never_shows_its_token(emulator: Emulator, call: Call) -> None:
    call("chat.postMessage", channel="#alerts", text="x", thread_ts="1.000001")
    (logged,) = emulator.calls
    assert (logged.method, logged.team_id, logged.token) == ("chat.postMessage", "T1", "xoxb-acme")
    assert logged.args["thread_ts"] == "1.000001"
    assert "xoxb" not in str(logged.as_json())


def test_an_unreadable_body_is_kept_for_inspection(emulator: Emulator) -> None:
    ask(emulator, authorization=BEARER, body=b"{broken", content_type=JSON)
    assert emulator.calls[0].unreadable == b"{broken"


def test_rate_limits_come_after_scopes_and_before_arguments(emulator: Emulator, call: Call) -> None:
    emulator.add_token("xoxb-narrow", "T1", ["users:read"])
    emulator.limits = Limits(updates_per_min=0)
    assert call("chat.update", token="xoxb-narrow")["error"] == "missing_scope"
    assert call("chat.update")["error"] == "ratelimited"
