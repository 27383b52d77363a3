"""Every error that Slack documents for posting and editing has one class, and no class guesses."""

from typing import Final

import pytest

from router.adapters.slack import answers
from router.adapters.slack.answers import classify
from router.core.model.instant import HOUR, MINUTE, SECOND, Span
from router.core.slack.answer import (
    Ambiguous,
    Answer,
    ChannelDead,
    Gone,
    HoldScope,
    Limited,
    Refused,
    TokenDead,
    Unanswerable,
    Uneditable,
    Unreached,
)

# Written from Slack's documentation (chat.postMessage, chat.update, auth.test), not from the module.
DOCUMENTED: Final[dict[type[Answer], str]] = {
    Limited: "ratelimited rate_limited message_limit_exceeded",
    Unreached: "service_unavailable team_added_to_org org_login_required external_channel_migrating update_failed",
    Ambiguous: "internal_error fatal_error request_timeout",
    TokenDead: (
        "invalid_auth not_authed account_inactive token_revoked token_expired missing_scope not_allowed_token_type "
        "no_permission access_denied accesslimited enterprise_is_restricted two_factor_setup_required "
        "ekm_access_denied app_access_restricted team_not_found team_access_not_granted as_user_not_supported is_bot "
        "deprecated_endpoint method_deprecated unknown_method"
    ),
    ChannelDead: (
        "channel_not_found not_in_channel is_archived is_inactive restricted_action "
        "restricted_action_read_only_channel restricted_action_thread_only_channel messages_tab_disabled "
        "user_not_in_channel slack_connect_canvas_sharing_blocked "
        "slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked "
        "slack_connect_lists_sharing_blocked slack_connect_something_new_blocked send_on_behalf_not_allowed "
        "posting_to_channel_denied"
    ),
    Gone: "message_not_found thread_not_found",
    Uneditable: "cant_update_message cant_delete_message edit_window_closed streaming_state_conflict",
    Unanswerable: (
        "restricted_action_thread_locked restricted_action_non_threadable_channel cannot_reply_to_message "
        "cant_broadcast_message"
    ),
    Refused: (
        "invalid_blocks invalid_blocks_format invalid_attachments too_many_attachments "
        "attachment_payload_limit_exceeded msg_too_long msg_blocks_too_long no_text markdown_text_conflict "
        "block_mismatch metadata_too_large invalid_metadata_format invalid_metadata_schema "
        "metadata_must_be_sent_from_app too_many_contact_cards invalid_arguments invalid_arg_name invalid_array_arg "
        "invalid_charset invalid_form_data invalid_post_type missing_post_type invalid_json json_not_object "
        "bad_timestamp invalid_name duplicate_channel_not_found duplicate_message_not_found"
    ),
}
CASES: Final = [(code, answer) for answer, codes in DOCUMENTED.items() for code in codes.split()]


@pytest.mark.parametrize(("code", "answer"), CASES)
def test_every_documented_error_has_its_class_and_keeps_its_name(code: str, answer: type[Answer]) -> None:
    found = classify(200, code, {})

    assert type(found) is answer
    assert getattr(found, "error", None) == code


def test_no_code_is_in_two_classes() -> None:
    classes = [
        answers.LIMITED,
        answers.UNREACHED,
        answers.AMBIGUOUS,
        answers.TOKEN,
        answers.CHANNEL,
        answers.GONE,
        answers.UNEDITABLE,
        answers.UNANSWERABLE,
        answers.REFUSED,
    ]
    everything = [code for one in classes for code in one]

    assert len(everything) == len(set(everything))
    assert set(everything) <= {code for code, _ in CASES}, "a class holds a code that is not documented"


@pytest.mark.parametrize("code", ["something_new", "", "draft_already_exists", "x" * 5000])
def test_an_unknown_error_is_a_refusal_and_no_reason_to_try_for_ever(code: str) -> None:
    assert type(classify(200, code, {})) in ({Refused} if code else {Refused, Ambiguous})


@pytest.mark.parametrize("error", [None, "invalid_auth", "internal_error", "channel_not_found", "anything"])
def test_a_429_is_a_limit_whatever_it_says(error: str | None) -> None:
    assert isinstance(classify(429, error, {"Retry-After": "4"}), Limited)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
@pytest.mark.parametrize("error", [None, "internal_error", "channel_not_found", "invalid_blocks"])
def test_a_server_error_is_ambiguous_whatever_it_says(status: int, error: str | None) -> None:
    assert isinstance(classify(status, error, {}), Ambiguous)


def test_a_503_that_says_so_itself_was_not_reached() -> None:
    assert classify(503, "service_unavailable", {}) == Unreached("service_unavailable")


@pytest.mark.parametrize("header", ["Retry-After", "retry-after", "RETRY-AFTER"])
def test_a_headers_case_does_not_matter(header: str) -> None:
    assert classify(429, "rate_limited", {header: "4"}) == Limited(
        Span(4 * SECOND), HoldScope.CHANNEL, "rate_limited"
    )


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "-inf", "1e999", "Wed, 21 Oct 2026 07:28:00 GMT", "0x10"])
def test_a_time_that_cannot_be_read_is_half_a_minute(text: str) -> None:
    found = classify(429, "rate_limited", {"Retry-After": text})

    assert isinstance(found, Limited)
    assert found.retry_after == 30 * SECOND


@pytest.mark.parametrize(
    ("until", "span"),
    [
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30 * SECOND),
        ("Wed, 21 Oct 2026 10:28:00 GMT", 3 * HOUR),
        ("Wed, 21 Oct 2026 07:27:00 GMT", SECOND),
        ("Fri, 23 Oct 2026 07:28:00 GMT", 24 * HOUR),
        ("Wed, 21 Oct 2026 07:28:30", 30 * SECOND),
    ],
)
def test_a_date_counts_from_the_date_of_the_answer(until: str, span: int) -> None:
    date = "Wed, 21 Oct 2026 07:28:00" + " GMT" * until.endswith("GMT")

    found = classify(429, "rate_limited", {"Retry-After": until, "Date": date})

    assert isinstance(found, Limited)
    assert found.retry_after == span


@pytest.mark.parametrize(("seconds", "span"), [("7200", 2 * HOUR), ("86400", 24 * HOUR), ("86401", 24 * HOUR)])
def test_slack_may_ask_for_a_day(seconds: str, span: int) -> None:
    found = classify(429, "rate_limited", {"Retry-After": seconds})

    assert isinstance(found, Limited)
    assert found.retry_after == span


def test_a_workspace_that_is_full_waits_for_minutes_unless_shown() -> None:
    without, shown = (classify(200, "message_limit_exceeded", headers) for headers in ({}, {"Retry-After": "5"}))

    assert (without, shown) == (
        Limited(Span(10 * MINUTE), HoldScope.METHOD, "message_limit_exceeded"),
        Limited(Span(5 * SECOND), HoldScope.METHOD, "message_limit_exceeded"),
    )
