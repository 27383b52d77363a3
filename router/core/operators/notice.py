"""The life of one message to the operators: what is stored of it, and what is done next.

`decide` names the next call and why; `begun` is stored before that call and `settled` after it, so that whoever takes
over from a process that was killed knows what may have been done. One call at a time: a reply is its own step.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from router.core.model.group import MessageRef
from router.core.model.instant import MINUTE, NEVER, SECOND, Instant, Span
from router.core.slack.answer import (
    Accepted,
    Ambiguous,
    Answer,
    ChannelDead,
    Gone,
    Limited,
    Refused,
    TokenDead,
    Unanswerable,
    Uneditable,
)

EDIT_EVERY: Final = Span(15 * SECOND)
"""A message that changes all the time is edited so often at most."""
REOPENS_WITHIN: Final = Span(10 * MINUTE)
"""What is wrong again so soon is shown by the same message."""
UNREACHED: Final = Span(15 * SECOND)
REFUSED: Final = Span(5 * MINUTE)
"""A call that a person must make possible is tried again after so long."""


class Phase(StrEnum):
    """Where the message is."""

    NONE = "none"
    POSTING = "posting"
    """A post was begun, and nobody knows yet what became of it."""
    SHOWN = "shown"
    OVER = "over"


class Reply(StrEnum):
    """What the thread is answered, since an edit notifies nobody."""

    OVER = "over"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is stored of one kind: `shown` is the digest of what the message shows, `owed` the reply still to be made.

    `changed_at` is when the message was posted or edited last, `not_before` until when no call is made.
    """

    phase: Phase = Phase.NONE
    message: MessageRef | None = None
    began: Instant = NEVER
    changed_at: Instant = NEVER
    not_before: Instant = NEVER
    shown: str = ""
    owed: Reply | None = None
    delivery_id: str = ""


class Step(StrEnum):
    """What is done next."""

    NOTHING = "nothing"
    LOOK = "look"
    """Look in Slack for the post that may have been made."""
    POST = "post"
    EDIT = "edit"
    END = "end"
    REPLY = "reply"


class Why(StrEnum):
    """The reason for it."""

    QUIET = "quiet"
    WAITS = "waits"
    UNCHANGED = "unchanged"
    TOO_SOON = "too_soon"
    BEGINS = "begins"
    CHANGED = "changed"
    AGAIN = "again"
    IS_OVER = "is_over"
    OWED = "owed"
    CALL_LOST = "call_lost"


@dataclass(frozen=True, slots=True)
class Decision:
    """The next step, and why."""

    step: Step
    why: Why


def decide(notice: Notice, wrong: str, now: Instant) -> Decision:
    """What to do; `wrong` is the digest of what is wrong now, "" when nothing is."""
    if now < notice.not_before:
        return Decision(Step.NOTHING, Why.WAITS)
    if notice.phase is Phase.POSTING:
        return Decision(Step.LOOK, Why.CALL_LOST)
    if notice.owed is not None:
        return Decision(Step.REPLY, Why.OWED)
    if notice.phase is Phase.SHOWN:
        return _while_shown(notice, wrong, now)
    if not wrong:
        return Decision(Step.NOTHING, Why.QUIET)
    if notice.phase is Phase.OVER and now - notice.changed_at < REOPENS_WITHIN:
        return Decision(Step.EDIT, Why.AGAIN)
    return Decision(Step.POST, Why.BEGINS)


def _while_shown(notice: Notice, wrong: str, now: Instant) -> Decision:
    if not wrong:
        return Decision(Step.END, Why.IS_OVER)
    if wrong == notice.shown:
        return Decision(Step.NOTHING, Why.UNCHANGED)
    if now - notice.changed_at < EDIT_EVERY:
        return Decision(Step.NOTHING, Why.TOO_SOON)
    return Decision(Step.EDIT, Why.CHANGED)


def begun(notice: Notice, decision: Decision, delivery_id: str, now: Instant, lease: Span) -> Notice:
    """What is stored before the call: of a post that it may be made, of a reply that it is owed no more.

    A post can be looked for; a reply that may have been made is never repeated; an edit can always be made again.
    """
    if decision.step is Step.POST:
        return Notice(
            Phase.POSTING, began=now, changed_at=now, not_before=_after(now, lease), delivery_id=delivery_id
        )
    return replace(notice, owed=None) if decision.step is Step.REPLY else notice


def settled(notice: Notice, decision: Decision, answer: Answer, shown: str, now: Instant) -> Notice:
    """What is stored after the call; `notice` is what `begun` made of it, `shown` the digest of what is shown."""
    if isinstance(answer, Accepted):
        return _accepted(notice, decision, answer, shown, now)
    match decision.step:
        case Step.POST if not isinstance(answer, Ambiguous):
            return replace(notice, phase=Phase.NONE, not_before=_after(now, _wait(answer)))
        case Step.POST:
            return replace(notice, phase=Phase.POSTING, not_before=_after(now, _wait(answer)))
        case Step.LOOK if isinstance(answer, Limited):
            return replace(notice, not_before=_after(now, answer.retry_after))
        case Step.LOOK:
            return Notice()
        case Step.REPLY:
            return _not_replied(notice, answer, now)
        case Step.END if isinstance(answer, Uneditable):
            return replace(notice, phase=Phase.OVER, changed_at=now, owed=Reply.OVER)
        case _ if isinstance(answer, Gone | Uneditable):
            return Notice()
        case _:
            return replace(notice, not_before=_after(now, _wait(answer)))


def _accepted(notice: Notice, decision: Decision, answer: Accepted, shown: str, now: Instant) -> Notice:
    message = MessageRef(answer.channel, answer.ts)
    done = replace(notice, changed_at=now, not_before=NEVER, shown=shown, delivery_id="")
    match decision.step:
        case Step.POST:
            return replace(done, phase=Phase.SHOWN, message=message)
        case Step.LOOK:
            return replace(done, phase=Phase.SHOWN, message=message, changed_at=NEVER, shown="")
        case Step.END:
            return replace(done, phase=Phase.OVER, owed=Reply.OVER)
        case Step.REPLY:
            return replace(notice, owed=None, not_before=NEVER)
        case _:
            return replace(done, phase=Phase.SHOWN, owed=Reply.AGAIN if decision.why is Why.AGAIN else None)


def _not_replied(notice: Notice, answer: Answer, now: Instant) -> Notice:
    """Made again only where it was surely not made, and can be."""
    if isinstance(answer, Ambiguous | Gone | Refused | Unanswerable):
        return replace(notice, owed=None)
    owed = Reply.OVER if notice.phase is Phase.OVER else Reply.AGAIN
    return replace(notice, owed=owed, not_before=_after(now, _wait(answer)))


def _wait(answer: Answer) -> Span:
    if isinstance(answer, Limited):
        return answer.retry_after
    return REFUSED if isinstance(answer, ChannelDead | TokenDead | Refused) else UNREACHED


def _after(now: Instant, span: Span) -> Instant:
    return Instant(now + span)
