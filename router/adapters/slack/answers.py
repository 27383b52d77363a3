"""What Slack's answer means for the sender: one class for every documented error of posting and editing.

Slack answers nearly every failure with HTTP 200 and an error code; 429 counts whatever the body says. A code that is
in no class is taken as a refusal of this message, and logged: never as a reason to try for ever.
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from router.adapters.slack.forms import code_of
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

_NO_HINT: Final = Span(30 * SECOND)
_FREE_PLAN: Final = Span(10 * MINUTE)
_LONGEST: Final = Span(24 * HOUR)

LIMITED: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
UNREACHED: Final = frozenset(
    {"service_unavailable", "team_added_to_org", "org_login_required", "external_channel_migrating", "update_failed"}
)
AMBIGUOUS: Final = frozenset({"internal_error", "fatal_error", "request_timeout"})
TOKEN: Final = frozenset(
    {
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
        "not_allowed_token_type", "no_permission", "access_denied", "accesslimited", "enterprise_is_restricted",
        "two_factor_setup_required", "ekm_access_denied", "app_access_restricted", "team_not_found",
        "team_access_not_granted", "as_user_not_supported", "is_bot", "deprecated_endpoint", "method_deprecated",
        "unknown_method",
    }
)  # fmt: skip
CHANNEL: Final = frozenset(
    {
        "channel_not_found", "not_in_channel", "is_archived", "is_inactive", "restricted_action",
        "restricted_action_read_only_channel", "restricted_action_thread_only_channel", "messages_tab_disabled",
        "user_not_in_channel", "send_on_behalf_not_allowed", "posting_to_channel_denied",
        "slack_connect_canvas_sharing_blocked", "slack_connect_file_link_sharing_blocked",
        "slack_connect_file_upload_sharing_blocked", "slack_connect_lists_sharing_blocked",
    }
)  # fmt: skip
GONE: Final = frozenset({"message_not_found", "thread_not_found"})
UNEDITABLE: Final = frozenset(
    {"cant_update_message", "cant_delete_message", "edit_window_closed", "streaming_state_conflict"}
)
UNANSWERABLE: Final = frozenset(
    {
        "restricted_action_thread_locked", "restricted_action_non_threadable_channel", "cannot_reply_to_message",
        "cant_broadcast_message",
    }
)  # fmt: skip
REFUSED: Final = frozenset(
    {
        "invalid_blocks", "invalid_blocks_format", "invalid_attachments", "too_many_attachments",
        "attachment_payload_limit_exceeded", "msg_too_long", "msg_blocks_too_long", "no_text",
        "markdown_text_conflict", "block_mismatch", "metadata_too_large", "invalid_metadata_format",
        "invalid_metadata_schema", "metadata_must_be_sent_from_app", "too_many_contact_cards", "invalid_arguments",
        "invalid_arg_name", "invalid_array_arg", "invalid_charset", "invalid_form_data", "invalid_post_type",
        "missing_post_type", "invalid_json", "json_not_object", "bad_timestamp", "invalid_name",
        "duplicate_channel_not_found", "duplicate_message_not_found",
    }
)  # fmt: skip

_SERVER_ERROR: Final = 500
_TOO_MANY: Final = 429


def classify(status: int, error: str | None, headers: Mapping[str, str]) -> Answer:
    """The class of an answer that is not `ok`.

    Args:
        status: the HTTP status, which goes first: a 429 may have any body.
        error: Slack's code; None where the body was not Slack's JSON.
        headers: of the response; `Retry-After` counts in seconds.
    """
    code = code_of(error or f"http_{status}")
    if status == _TOO_MANY or code in LIMITED:
        return Limited(_retry_after(code, headers), _scope(code), code)
    if code in UNREACHED:
        return Unreached(code)
    if status >= _SERVER_ERROR or code in AMBIGUOUS or error is None:
        return Ambiguous(code)
    if code in TOKEN:
        return TokenDead(code)
    if code in CHANNEL or code.startswith("slack_connect_"):
        return ChannelDead(code)
    return next((known(code) for known, codes in _ABOUT_THE_MESSAGE if code in codes), Refused(code))


_ABOUT_THE_MESSAGE: Final = ((Gone, GONE), (Uneditable, UNEDITABLE), (Unanswerable, UNANSWERABLE))


def _scope(code: str) -> HoldScope:
    return HoldScope.METHOD if code in {"ratelimited", "message_limit_exceeded"} else HoldScope.CHANNEL


def _retry_after(code: str, headers: Mapping[str, str]) -> Span:
    text = _header("retry-after", headers)
    try:
        asked = Span(int(float(text) * SECOND))
    except (ValueError, OverflowError):
        until = _until(text, headers)
        if until is None:
            return _FREE_PLAN if code == "message_limit_exceeded" else _NO_HINT
        asked = until
    return Span(min(max(asked, SECOND), _LONGEST))


def _until(text: str, headers: Mapping[str, str]) -> Span | None:
    """The time to a date as RFC 9110 allows it, by the clock of whoever sent it."""
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(_header("date", headers))
    except (ValueError, TypeError, OverflowError):
        return None
    return Span(round(wait.total_seconds() * SECOND))


def _header(wanted: str, headers: Mapping[str, str]) -> str:
    return next((value for name, value in headers.items() if name.lower() == wanted), "")
