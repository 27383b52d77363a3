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
NEWS_EVERY: Final = Span(5 * MINUTE)
"""An edit notifies nobody: that more tenants are concerned is news, so often at most."""
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
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong now: the digest of what is to be shown, "" when nothing is, and how many tenants it concerns."""

    digest: str = ""
    tenants: int = 0

    def __bool__(self) -> bool:
        return bool(self.digest)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is stored of one kind: `shown` is the digest of what the message shows, `owed` the reply still to be made.

    `changed_at` is when the message was posted or edited last, `not_before` until when no call is made.
    `announced` is the number of tenants that the channel was notified of, and when.
    """

    phase: Phase = Phase.NONE
    message: MessageRef | None = None
    began: Instant = NEVER
    changed_at: Instant = NEVER
    not_before: Instant = NEVER
    shown: str = ""
    owed: Reply | None = None
    delivery_id: str = ""
    announced: int = 0
    announced_at: Instant = NEVER


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
    NEWS = "news"
    CALL_LOST = "call_lost"


@dataclass(frozen=True, slots=True)
class Decision:
    """The next step, and why; of a reply, which."""

    step: Step
    why: Why
    reply: Reply | None = None


def decide(notice: Notice, wrong: Wrong, now: Instant) -> Decision:
    """What to do."""
    if now < notice.not_before:
        return Decision(Step.NOTHING, Why.WAITS)
    if notice.phase is Phase.POSTING:
        return Decision(Step.LOOK, Why.CALL_LOST)
    if notice.owed is not None:
        return Decision(Step.REPLY, Why.OWED, notice.owed)
    if notice.phase is Phase.SHOWN:
        return _while_shown(notice, wrong, now)
    if not wrong:
        return Decision(Step.NOTHING, Why.QUIET)
    if notice.phase is Phase.OVER and now - notice.changed_at < REOPENS_WITHIN:
        return Decision(Step.EDIT, Why.AGAIN)
    return Decision(Step.POST, Why.BEGINS)


def _while_shown(notice: Notice, wrong: Wrong, now: Instant) -> Decision:
    if not wrong:
        return Decision(Step.END, Why.IS_OVER)
    if wrong.digest == notice.shown:
        is_news = _is_news(notice, wrong, now)
        return Decision(Step.REPLY, Why.NEWS, Reply.MORE) if is_news else Decision(Step.NOTHING, Why.UNCHANGED)
    if now - notice.changed_at < EDIT_EVERY:
        return Decision(Step.NOTHING, Why.TOO_SOON)
    return Decision(Step.EDIT, Why.CHANGED)


def begun(notice: Notice, decision: Decision, wrong: Wrong, delivery_id: str, now: Instant, lease: Span) -> Notice:
    """What is stored before the call: of a post that it may be made, of a reply that it is owed no more.

    A post can be looked for; a reply that may have been made is never repeated; an edit can always be made again.
    """
    if decision.step is Step.POST:
        posting = Notice(Phase.POSTING, began=now, changed_at=now, delivery_id=delivery_id)
        return _announced(replace(posting, not_before=_after(now, lease)), wrong, now)
    if decision.why is Why.NEWS:
        return _announced(notice, wrong, now)
    return replace(notice, owed=None) if decision.step is Step.REPLY else notice


def settled(notice: Notice, decision: Decision, answer: Answer, wrong: Wrong, now: Instant) -> Notice:
    """What is stored after the call; `notice` is what `begun` made of it."""
    if isinstance(answer, Accepted):
        return _accepted(notice, decision, answer, wrong, now)
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
            return _not_replied(notice, decision, answer, now)
        case Step.END if isinstance(answer, Uneditable):
            return replace(notice, phase=Phase.OVER, changed_at=now, owed=Reply.OVER)
        case _ if isinstance(answer, Gone | Uneditable):
            return Notice()
        case _:
            return replace(notice, not_before=_after(now, _wait(answer)))


def _accepted(notice: Notice, decision: Decision, answer: Accepted, wrong: Wrong, now: Instant) -> Notice:
    message = MessageRef(answer.channel, answer.ts)
    done = replace(notice, changed_at=now, not_before=NEVER, shown=wrong.digest, delivery_id="")
    match decision.step:
        case Step.POST:
            return replace(done, phase=Phase.SHOWN, message=message)
        case Step.LOOK:
            return replace(done, phase=Phase.SHOWN, message=message, changed_at=NEVER, shown="")
        case Step.END:
            return replace(done, phase=Phase.OVER, owed=Reply.OVER)
        case Step.REPLY:
            return replace(notice, owed=None, not_before=NEVER)
        case _ if decision.why is Why.AGAIN:
            return _announced(replace(done, phase=Phase.SHOWN, owed=Reply.AGAIN), wrong, now)
        case _ if _is_news(notice, wrong, now):
            return _announced(replace(done, owed=Reply.MORE), wrong, now)
        case _:
            return replace(done, announced=min(notice.announced, wrong.tenants))


def _announced(notice: Notice, wrong: Wrong, now: Instant) -> Notice:
    return replace(notice, announced=wrong.tenants, announced_at=now)


def _is_news(notice: Notice, wrong: Wrong, now: Instant) -> bool:
    return wrong.tenants > notice.announced and now - notice.announced_at >= NEWS_EVERY


def _not_replied(notice: Notice, decision: Decision, answer: Answer, now: Instant) -> Notice:
    """Made again only where it was surely not made, and can be."""
    if isinstance(answer, Ambiguous | Gone | Refused | Unanswerable):
        return replace(notice, owed=None)
    return replace(notice, owed=decision.reply, not_before=_after(now, _wait(answer)))


def _wait(answer: Answer) -> Span:
    if isinstance(answer, Limited):
        return answer.retry_after
    return REFUSED if isinstance(answer, ChannelDead | TokenDead | Refused) else UNREACHED


def _after(now: Instant, span: Span) -> Instant:
    return Instant(now + span)
