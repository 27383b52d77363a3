"""What the emulator remembers of its callers: every call, and every anomaly.

An anomaly is something that Slack would accept and a reader of the channel would regret: a reply that lost its
thread, a mention that is not allowed, a call before `Retry-After` had passed. Tests assert that there are none.
Nothing is removed or rewritten, except that a call gains its answer.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class AnomalyKind(StrEnum):
    """The kinds of anomalies."""

    TEXT_SPLIT = "text_split"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_MISSING = "text_missing"
    UNTHREADED = "unthreaded"
    REPLY_TO_REPLY = "reply_to_reply"
    IGNORED_RETRY_AFTER = "ignored_retry_after"
    SUPPRESSED = "suppressed"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a token of markup
    MENTION_NOT_ALLOWED = "mention_not_allowed"
    AUTO_MENTION = "auto_mention"
    UNBALANCED = "unbalanced"
    RAW_AMPERSAND = "raw_ampersand"
    DOUBLE_ESCAPE = "double_escape"
    LINK_SCHEME = "link_scheme"
    UNFURL_UNSET = "unfurl_unset"
    FOREIGN_CHANNEL = "foreign_channel"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something that went wrong without an error; `channel` is an id, or what the caller wrote if it is unknown."""

    kind: AnomalyKind
    detail: str
    team_id: str | None
    channel: str | None


@dataclass(slots=True)
class Call:
    """One request to `/api/{method}` and how it was answered.

    `ok`, `status` and `error` are the answer; `accepted` is what really happened, which differs under a fault such as
    "process, then answer 500". `status` stays None when the call was never answered.
    """

    method: str
    arrived_s: float
    team_id: str | None = None
    channel: str | None = None
    token: str | None = None
    args: dict[str, Any] = field(default_factory=dict)
    unreadable: bytes = b""
    fault: str | None = None
    accepted: bool = False
    message_ts: str | None = None
    answered_s: float | None = None
    status: int | None = None
    ok: bool | None = None
    error: str | None = None
    retry_after: str | None = None

    @property
    def ts_s(self) -> float:
        """The time of the call on the emulator's clock, in seconds."""
        return self.arrived_s

    def as_json(self) -> dict[str, Any]:
        """The call without its token and raw body, which never leave the process."""
        return {
            "method": self.method,
            "team_id": self.team_id,
            "channel": self.channel,
            "ts_s": self.ts_s,
            "arrived_s": self.arrived_s,
            "answered_s": self.answered_s,
            "status": self.status,
            "ok": self.ok,
            "error": self.error,
            "retry_after": self.retry_after,
            "accepted": self.accepted,
            "message_ts": self.message_ts,
            "fault": self.fault,
            "args": self.args,
        }


@dataclass(slots=True)
class Journal:
    """The two lists, in order of arrival."""

    calls: list[Call] = field(default_factory=list)
    anomalies: list[Anomaly] = field(default_factory=list)

    def note(self, kind: AnomalyKind, detail: str, team_id: str | None, channel: str | None) -> None:
        """Add one anomaly."""
        self.anomalies.append(Anomaly(kind, detail, team_id, channel))
