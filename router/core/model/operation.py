"""The ways to call Slack for an alert group, the budgets they draw on, and why a call is made."""

from dataclasses import dataclass
from enum import StrEnum


class Method(StrEnum):
    """The Slack methods that have budgets, named as in the keys of Redis."""

    POST = "post"
    UPDATE = "update"
    HISTORY = "history"
    """To read what a channel or a thread shows: no lane asks for it."""
    DIGEST = "digest"
    """No method of Slack: what is shown by a digest waits for that."""


class Op(StrEnum):
    """One way to call Slack for an alert group."""

    POST = "post"
    EDIT = "edit"
    REPLY_BROADCAST = "reply_broadcast"
    REPLY_THREAD = "reply_thread"
    REPLY_FOR_EDIT = "reply_for_edit"
    """A broadcast in place of an edit of a message that is there and takes none."""
    THREAD_FOR_EDIT = "thread_for_edit"
    """The same in the thread alone, where nobody wants to hear of it."""
    DIGEST = "digest"
    """No call of its own: shown by the next call of the digest that it is in."""

    @property
    def method(self) -> Method:
        """The budget the call draws on."""
        if self is Op.DIGEST:
            return Method.DIGEST
        return Method.UPDATE if self is Op.EDIT else Method.POST

    @property
    def is_reply(self) -> bool:
        """Whether the call answers in the thread of the message."""
        return self not in {Op.POST, Op.EDIT, Op.DIGEST}

    @property
    def shows_group(self) -> bool:
        """Whether the call shows the group as it is; any other reply reports what its message shows already."""
        return self not in {Op.REPLY_BROADCAST, Op.REPLY_THREAD}


class Reason(StrEnum):
    """Why a notification is sent."""

    FIRST = "first"
    NEW_ALERTS = "new_alerts"
    ALL_RESOLVED = "all_resolved"
    SOME_RESOLVED = "some_resolved"
    STALE = "stale"
    UNREPORTED = "unreported"
    REPORTED_AGAIN = "reported_again"
    MUTED_UPSTREAM = "muted_upstream"
    ENDED_UPSTREAM = "ended_upstream"
    REROUTED = "rerouted"
    REPEAT = "repeat"
    REFRESH = "refresh"
    QUIET = "quiet"
    """A message that flapped does so no more."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue within a tenant: what waits for the same budget of the same channel, or for the same digest.

    For a digest `channel` is its id.
    """

    channel: str
    method: Method
