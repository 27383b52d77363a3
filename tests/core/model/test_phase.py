"""The table of transitions in `model/phase.py`, row by row: what it promises is what the engine does."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from router.core import engine
from router.core.decide.notification import Notification
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from router.core.model.phase import Held, Idle, Parked, Phase, Queued, Sending, Uncertain, Waiting
from router.core.model.transition import Transition
from router.core.slack.answer import (
    Accepted,
    Ambiguous,
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
from tests.core.builders import (
    Story,
    a_key,
    a_policy,
    a_receiver,
    a_timing,
    an_alert,
    hours,
    minutes,
    rows_of_the_table,
    seconds,
)

Tale = Callable[[], Story]
PHASES: Final = {one.__name__: one for one in (Idle, Waiting, Queued, Sending, Uncertain, Parked, Held)}


def shown(*names: str) -> Story:
    """Alerts that fire and are shown, replies included."""
    story = Story().fire(*(names or ("A",)))
    story.notify_all()
    return story


def sending_an_edit() -> Story:
    story = shown().wait(minutes(1)).fire("B").look()
    story.begin()
    return story


def a_reply_in_hand(*, of_an_end: bool) -> tuple[Story, engine.Claim]:
    story = shown().wait(minutes(1))
    story = story.end("A") if of_an_end else story.fire("B")
    story.notify()
    return story, story.begin()


def after_claim(story: Story, answer: object) -> Story:
    story.look()
    story.finish(story.begin(), answer)  # type: ignore[arg-type]
    return story


def illustrated(story: Story) -> Story:
    """A chart has come for its message."""
    story.take(engine.illustrate(story.state, story.policy, story.now))
    return story


def parked(story: Story) -> Story:
    """Parked at the head of its lane."""
    story.take(engine.park(story.state, "secret_not_found", story.policy, story.now))
    return story


def leaving(story: Story) -> Story:
    """Every alert now belongs to another group."""
    story.take(engine.leave(story.state, frozenset(map(AlertId, story.state.alerts)), story.now))
    return story


def changes_lane() -> Story:
    story = shown().wait(minutes(1)).fire("B")
    story.notify()  # the edit; its reply waits in the lane of posts
    story.wait(minutes(1)).fire("C")
    story.decide()  # by now the edit comes first again
    return story


def gave_way() -> Story:
    """An edit for which there was no budget, of a message that was edited a moment ago."""
    story = shown().wait(minutes(1)).fire("B").look()
    until = engine.gives_way_until(story.state, story.decide(), story.policy, story.now)
    story.take(engine.give_way(story.state, until, story.now))
    return story


def claimed() -> Story:
    story = Story().fire("A").look()
    story.begin()
    return story


def changed_meanwhile() -> Story:
    story = Story().fire("A").look()
    made = story.begin()
    story.wait(seconds(1)).fire("B").finish(made)
    return story


def reply_pending() -> Story:
    story = shown().wait(minutes(1)).fire("B").look()
    story.finish(story.begin())
    return story


def stale_in_its_lane() -> Story:
    """An alert that nobody has reported for half a day, queued to be shown as such."""
    story = Story(a_policy(timing=a_timing(repeat_interval=hours(100)))).fire("A")
    story.notify_all()
    return story.wait(hours(13)).look()


def reported_again(story: Story) -> Story:
    return story.see(an_alert("A"))


def nothing_left_at_the_head() -> Story:
    story = reported_again(stale_in_its_lane())
    decision = engine.advance(story.state, story.policy, story.now)
    assert isinstance(decision, Transition)
    story.take(decision)
    return story


def answered(answer: object, *, edit: bool = False, twice: bool = False) -> Tale:
    def tale() -> Story:
        story = shown().wait(minutes(1)).fire("B") if edit else Story().fire("A")
        after_claim(story, answer)
        if twice:
            story.finish(story.begin(), answer)  # type: ignore[arg-type]
        return story

    return tale


def reply_answered(answer: object, *, of_an_end: bool) -> Tale:
    def tale() -> Story:
        story, made = a_reply_in_hand(of_an_end=of_an_end)
        story.finish(made, answer)  # type: ignore[arg-type]
        return story

    return tale


def reply_ambiguous_and_changed() -> Story:
    story, made = a_reply_in_hand(of_an_end=True)
    story.wait(seconds(1)).fire("C").finish(made, Ambiguous("timeout"))
    return story


def left_during_the_first_post() -> Story:
    story = Story().fire("A").look()
    made = story.begin()
    leaving(story).finish(made, Unreached("dns"))
    return story


def taken_back() -> Story:
    story = Story().fire("A").look()
    made = story.begin()
    story.take(engine.unclaim(story.state, made, story.policy, story.now))
    return story


def edited_too_late() -> Story:
    """The edit was made again by somebody else before its first answer came."""
    story = sending_an_edit()
    late = story.last_claim
    story.look()
    story.notify_all()
    story.finish(late)
    return story


def neither_edited_nor_answered() -> Story:
    story = sending_an_edit()
    story.finish(story.last_claim, Uneditable("edit_window_closed"))
    story.finish(story.begin(), Unanswerable("restricted_action_thread_locked"))
    return story


def in_doubt(*, reply: bool = False) -> Story:
    if reply:
        return reply_answered(Ambiguous("timeout"), of_an_end=False)()
    return answered(Ambiguous("timeout"))()


def after_its_lease(answer: object) -> Story:
    story = claimed()
    late = story.last_claim
    story.look()
    story.finish(late, answer)  # type: ignore[arg-type]
    return story


def gone_and_ended() -> Story:
    return after_claim(shown().wait(minutes(1)).end("A"), Gone("message_not_found"))


def absorbed() -> tuple[Story, AlertGroup]:
    """A group that has gone into a digest, and the digest."""
    story = Story(policy=a_policy(replace(a_receiver(), digest_above=1))).fire("A").look()
    waiting = [story.state, replace(story.state, key=a_key(group="other"))]
    found = engine.absorb(engine.new_digest(story.policy.receiver), waiting, story.policy, story.now)
    assert found is not None
    story.take(found.members[0][1])
    return story, found.digest.after


def shown_by_a_digest() -> Story:
    story, digest = absorbed()
    gathered = engine.gather(digest, [engine.Member(story.state, story.policy)], {}, 1, story.now)
    decision = engine.advance(gathered.digest.after, story.policy, story.now)
    assert isinstance(decision, Notification)
    _, call = engine.claim(gathered.digest.after, decision, "d1", story.policy, story.now)
    settled = engine.settle_member(story.state, gathered.shown[0], call, Accepted("C1", "1.0"), story.now)
    assert settled is not None
    story.take(settled)
    return story


def held() -> Story:
    """A new alert that is silenced."""
    return Story().silence("A").fire("A").look()


def held_at_the_head() -> Story:
    """Silenced while it waited in its lane."""
    return Story().fire("A").look().silence("A").step()


ROWS: Final[dict[tuple[str, str], list[Tale]]] = {
    ("Idle", "a change was folded"): [lambda: Story().fire("A"), lambda: shown().wait(minutes(1)).fire("B")],
    ("Idle, Waiting, Queued, Parked", "due or at the head, all is held back"): [
        lambda: shown().silence("A").wait(hours(5)).fire("A").look(),
        lambda: held(),
        lambda: held_at_the_head(),
        lambda: parked(Story().fire("A").look()).silence("A").look(),
    ],
    ("Held", "a change was folded"): [lambda: held().fire("A", "B")],
    ("Idle, Waiting, Parked, Held", "due, something to notify"): [
        lambda: held().unsilence(),
        lambda: shown().wait(hours(5)).fire("A").look(),
        lambda: Story().fire("A").look(),
        lambda: parked(Story().fire("A").look()).look(),
    ],
    ("Idle, Waiting, Parked, Held", "due, nothing to notify"): [
        lambda: held().end("A").look(),
        lambda: Story(a_policy(timing=a_timing(group_wait=seconds(9)))).fire("A").wait(seconds(1)).end("A").look(),
        lambda: reported_again(parked(stale_in_its_lane())).look(),
    ],
    ("Queued", "at the head, nothing left to notify"): [nothing_left_at_the_head],
    ("Queued", "at the head, the next call is of another kind"): [changes_lane],
    ("Queued", "at the head, edits run short and it was edited a moment ago"): [gave_way],
    ("Queued", "at the head, turn and budget granted"): [claimed, sending_an_edit],
    ("Queued", "more wait than the digest's threshold"): [lambda: absorbed()[0]],
    ("Queued", "shown by its digest"): [shown_by_a_digest],
    ("Queued", "at the head, no token or a dead one"): [lambda: parked(Story().fire("A").look())],
    ("Sending, Uncertain", "accepted, nothing left"): [shown, lambda: after_its_lease(Accepted("C1", "1.0"))],
    ("Sending, Uncertain", "accepted, changed meanwhile"): [changed_meanwhile],
    ("Sending, Uncertain", "accepted, a reply is pending"): [reply_pending],
    ("Sending, Uncertain", "limited, unreached, or refused"): [
        answered(Limited(seconds(1), HoldScope.CHANNEL)),
        lambda: after_its_lease(Limited(seconds(1), HoldScope.CHANNEL)),
        answered(Unreached("dns")),
        answered(Refused("invalid_blocks")),
    ],
    ("Sending", "edit ambiguous, lapsed or unreached"): [
        answered(Ambiguous("timeout"), edit=True),
        answered(Unreached("dns"), edit=True),
        lambda: sending_an_edit().look(),
    ],
    ("Sending", "post or broadcast ambiguous or lapsed"): [
        answered(Ambiguous("timeout")),
        lambda: claimed().look(),
        reply_answered(Ambiguous("timeout"), of_an_end=False),
    ],
    ("Uncertain", "due, Slack is asked"): [lambda: in_doubt().look(), lambda: in_doubt(reply=True).look()],
    ("Uncertain", "found in Slack"): [
        lambda: in_doubt().ask(Accepted("C1", "1.0")),
        lambda: in_doubt(reply=True).ask(Accepted("C1", "3.0")),
    ],
    ("Uncertain", "not found, or Slack cannot be asked"): [
        lambda: in_doubt().ask(Gone("not_in_history")),
        lambda: in_doubt(reply=True).ask(TokenDead("missing_scope")),
    ],
    ("Sending", "thread reply ambiguous or lapsed, nothing pending"): [
        reply_answered(Ambiguous("timeout"), of_an_end=True)
    ],
    ("Sending", "thread reply ambiguous or lapsed, something pending"): [reply_ambiguous_and_changed],
    ("Sending", "reply accepted without its thread, alerts fire"): [
        reply_answered(Accepted("C1", "9.9", threaded=False), of_an_end=False)
    ],
    ("Sending, Uncertain", "not made, and nothing is left to show"): [left_during_the_first_post],
    ("Sending", "not begun: nobody knows whether its claim was stored"): [taken_back],
    ("Sending", "edit refused, the message stands"): [answered(Uneditable("edit_window_closed"), edit=True)],
    ("Sending", "broadcast in its place refused for good"): [neither_edited_nor_answered],
    ("Sending", "reply refused for good, nothing pending"): [
        reply_answered(Unanswerable("restricted_action_thread_locked"), of_an_end=True)
    ],
    ("Sending", "message gone, alerts fire"): [answered(Gone("message_not_found"), edit=True)],
    ("Sending", "message gone, nothing fires"): [gone_and_ended],
    ("Sending, Uncertain", "refused as plain text, channel or token dead"): [
        answered(Refused("invalid_blocks"), twice=True),
        answered(ChannelDead("is_archived")),
        answered(TokenDead("token_revoked")),
    ],
    ("Idle, Waiting, Queued, Parked, Held", "alerts left for another group"): [
        lambda: leaving(shown().silence("B").wait(minutes(1)).fire("B").look()),
        lambda: leaving(shown()),
        lambda: leaving(shown().wait(seconds(1)).fire("B")),
        lambda: leaving(shown().wait(minutes(1)).fire("B").look()),
        lambda: leaving(parked(shown().wait(minutes(1)).fire("B").look())),
    ],
    ("Idle", "a chart has come that its message lacks"): [lambda: illustrated(shown())],
    ("Idle, Waiting, Held", "an answer came after its lease was lost"): [edited_too_late],
}


def table() -> list[tuple[str, str, type[Phase]]]:
    """The rows of the docstring: phases before, what happens, the phase after."""
    return [(before, when, PHASES[after]) for before, when, after in rows_of_the_table()]


def test_every_row_of_the_table_is_tried() -> None:
    assert {(before, when) for before, when, _ in table()} == set(ROWS)


@pytest.mark.parametrize(("before", "when", "after"), table(), ids=lambda part: getattr(part, "__name__", part))
def test_a_row_of_the_table_holds(before: str, when: str, after: type[Phase]) -> None:
    for tale in ROWS[before, when]:
        story = tale()
        assert story.phase is after
        assert story.phase_before.__name__ in before.split(", ")


def test_a_group_without_a_call_in_flight_cannot_be_claimed() -> None:
    story = Story().fire("A").look()
    notification = story.decide()
    story.begin()

    with pytest.raises(ValueError, match="out of a lane"):
        engine.claim(story.state, notification, "d2", story.policy, story.now)
