"""One message a kind: posted once, edited while it changes, ended, and shown again by the same message."""

from dataclasses import replace

import pytest

from router.core.model.group import MessageRef
from router.core.model.instant import NEVER, SECOND, Instant, Span
from router.core.operators.notice import (
    EDIT_EVERY,
    NEWS_EVERY,
    REFUSED,
    REOPENS_WITHIN,
    UNREACHED,
    Decision,
    Notice,
    Phase,
    Reply,
    Step,
    Why,
    Wrong,
    begun,
    decide,
    settled,
)
from router.core.slack.answer import (
    Accepted,
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
from tests.adapters.builders import NOON, after

MESSAGE = MessageRef("C1", "7.0")
SHOWN = Notice(Phase.SHOWN, MESSAGE, NOON, NOON, shown="a", announced=1, announced_at=NOON)
OVER = replace(SHOWN, phase=Phase.OVER)
POSTING = Notice(Phase.POSTING, began=NOON, changed_at=NOON, delivery_id="d", announced=1, announced_at=NOON)
THEN = Instant(NOON + NEWS_EVERY)
LEASE = Span(30 * SECOND)
LIMITED = Limited(Span(9 * SECOND), HoldScope.CHANNEL)
SOON, LATER = after(1), Instant(NOON + REOPENS_WITHIN)


@pytest.mark.parametrize(
    ("notice", "wrong", "now", "step", "why"),
    [
        (Notice(), "", NOON, Step.NOTHING, Why.QUIET),
        (Notice(), "a", NOON, Step.POST, Why.BEGINS),
        (Notice(not_before=SOON), "a", NOON, Step.NOTHING, Why.WAITS),
        (Notice(not_before=SOON), "a", SOON, Step.POST, Why.BEGINS),
        (POSTING, "a", NOON, Step.LOOK, Why.CALL_LOST),
        (POSTING, "", NOON, Step.LOOK, Why.CALL_LOST),
        (SHOWN, "a", LATER, Step.NOTHING, Why.UNCHANGED),
        (SHOWN, "b", SOON, Step.NOTHING, Why.TOO_SOON),
        (SHOWN, "b", Instant(NOON + EDIT_EVERY), Step.EDIT, Why.CHANGED),
        (SHOWN, "", SOON, Step.END, Why.IS_OVER),
        (replace(OVER, owed=Reply.OVER), "b", SOON, Step.REPLY, Why.OWED),
        (OVER, "", LATER, Step.NOTHING, Why.QUIET),
        (OVER, "a", SOON, Step.EDIT, Why.AGAIN),
        (OVER, "a", LATER, Step.POST, Why.BEGINS),
        (replace(SHOWN, owed=Reply.AGAIN), "a", SOON, Step.REPLY, Why.OWED),
    ],
)
def test_what_is_done_next_and_why(notice: Notice, wrong: str, now: Instant, step: Step, why: Why) -> None:
    decision = decide(notice, Wrong(wrong, 1) if wrong else Wrong(), now)

    assert (decision.step, decision.why, decision.reply) == (step, why, notice.owed)


def test_that_more_tenants_are_concerned_is_news_now_and_then() -> None:
    assert decide(SHOWN, Wrong("a", 9), Instant(THEN - 1)).why is Why.UNCHANGED
    decision = decide(SHOWN, Wrong("a", 9), THEN)
    assert decision == Decision(Step.REPLY, Why.NEWS, Reply.MORE)

    before = begun(SHOWN, decision, Wrong("a", 9), "d", THEN, LEASE)
    assert (before.announced, before.announced_at, before.owed) == (9, THEN, None)
    assert settled(before, decision, LIMITED, Wrong("a", 9), THEN).owed is Reply.MORE
    after_it = settled(before, decision, DONE, Wrong("a", 9), THEN)
    assert decide(after_it, Wrong("a", 9), Instant(THEN + NEWS_EVERY)).why is Why.UNCHANGED


def test_with_an_edit_that_shows_more_tenants_a_reply_is_owed_and_with_fewer_none() -> None:
    more = settled(SHOWN, EDITED, DONE, Wrong("b", 2), THEN)
    soon = settled(SHOWN, EDITED, DONE, Wrong("b", 2), SOON)
    fewer = settled(replace(SHOWN, announced=5), EDITED, DONE, Wrong("b", 3), THEN)

    assert (more.owed, more.announced) == (Reply.MORE, 2)
    assert (soon.owed, soon.announced) == (None, 1)
    assert (fewer.owed, fewer.announced) == (None, 3)


def test_before_a_post_it_is_stored_that_it_may_be_made_and_until_when_nobody_else_looks() -> None:
    before = begun(Notice(), Decision(Step.POST, Why.BEGINS), Wrong("a", 1), "d", NOON, LEASE)

    assert before == replace(POSTING, not_before=after(30))
    assert decide(before, Wrong("a", 1), after(29)).why is Why.WAITS
    assert decide(before, Wrong("a", 1), after(30)).step is Step.LOOK


def test_before_a_reply_it_is_owed_no_more_so_that_none_is_made_twice() -> None:
    owing = replace(OVER, owed=Reply.OVER)

    assert begun(owing, REPLIED, Wrong("a", 1), "d", NOON, LEASE) == OVER
    assert begun(SHOWN, EDITED, Wrong("b", 1), "d", NOON, LEASE) == SHOWN


POSTED = Decision(Step.POST, Why.BEGINS)
LOOKED = Decision(Step.LOOK, Why.CALL_LOST)
EDITED = Decision(Step.EDIT, Why.CHANGED)
REOPENED = Decision(Step.EDIT, Why.AGAIN)
ENDED = Decision(Step.END, Why.IS_OVER)
REPLIED = Decision(Step.REPLY, Why.OWED, Reply.OVER)
REPLIED_AGAIN = Decision(Step.REPLY, Why.OWED, Reply.AGAIN)
DONE = Accepted("C1", "7.0")


@pytest.mark.parametrize(
    ("notice", "decision", "answer", "then"),
    [
        (POSTING, POSTED, DONE, replace(SHOWN, changed_at=SOON, shown="b")),
        (POSTING, POSTED, LIMITED, replace(POSTING, phase=Phase.NONE, not_before=after(10))),
        (POSTING, POSTED, TokenDead("x"), replace(POSTING, phase=Phase.NONE, not_before=Instant(SOON + REFUSED))),
        (POSTING, POSTED, ChannelDead("x"), replace(POSTING, phase=Phase.NONE, not_before=Instant(SOON + REFUSED))),
        (POSTING, POSTED, Unreached("x"), replace(POSTING, phase=Phase.NONE, not_before=Instant(SOON + UNREACHED))),
        (POSTING, POSTED, Ambiguous("x"), replace(POSTING, not_before=Instant(SOON + UNREACHED))),
        (POSTING, LOOKED, DONE, replace(SHOWN, changed_at=NEVER, shown="")),
        (POSTING, LOOKED, Gone("x"), Notice()),
        (POSTING, LOOKED, TokenDead("missing_scope"), Notice()),
        (POSTING, LOOKED, LIMITED, replace(POSTING, not_before=after(10))),
        (SHOWN, EDITED, DONE, replace(SHOWN, changed_at=SOON, shown="b")),
        (SHOWN, EDITED, Ambiguous("x"), replace(SHOWN, not_before=Instant(SOON + UNREACHED))),
        (SHOWN, EDITED, Gone("x"), Notice()),
        (SHOWN, EDITED, Uneditable("x"), Notice()),
        (SHOWN, EDITED, Refused("x"), replace(SHOWN, not_before=Instant(SOON + REFUSED))),
        (OVER, REOPENED, DONE, replace(SHOWN, changed_at=SOON, shown="b", owed=Reply.AGAIN, announced_at=SOON)),
        (SHOWN, ENDED, DONE, replace(OVER, changed_at=SOON, shown="b", owed=Reply.OVER)),
        (SHOWN, ENDED, Uneditable("x"), replace(OVER, changed_at=SOON, owed=Reply.OVER)),
        (SHOWN, ENDED, Gone("x"), Notice()),
        (OVER, REPLIED, DONE, OVER),
        (OVER, REPLIED, Ambiguous("x"), OVER),
        (OVER, REPLIED, Unanswerable("x"), OVER),
        (OVER, REPLIED, LIMITED, replace(OVER, owed=Reply.OVER, not_before=after(10))),
        (
            SHOWN,
            REPLIED_AGAIN,
            Unreached("x"),
            replace(SHOWN, owed=Reply.AGAIN, not_before=Instant(SOON + UNREACHED)),
        ),
    ],
)
def test_what_is_stored_after_a_call(notice: Notice, decision: Decision, answer: Answer, then: Notice) -> None:
    assert settled(notice, decision, answer, Wrong("b", 1), SOON) == then
