"""What is known in Alertmanager of an alert that its bodies leave out: who mutes it, or that it has ended."""

from dataclasses import replace

import pytest

from router.core import engine
from router.core.decide.sight import ASK_AGAIN, BELIEVED, CONFIRMED, ask, to_ask
from router.core.fold.missing import GRACE
from router.core.fold.upstream import MAX_WORDS, Findings, change_silence, findings, shortened
from router.core.model.alert import AlertId, Fingerprint, fingerprint, identify
from router.core.model.alert_state import ShownState
from router.core.model.instant import NEVER, Instant
from router.core.model.muted import KnownAlert, Muted, MutedBy, Sight, Upstream
from router.core.model.operation import Op, Reason
from router.core.model.phase import Idle
from tests.bounds import tries
from tests.core.builders import START, Story, a_policy, an_alert, hours, minutes, seconds

A, B = AlertId("A"), AlertId("B")
FIRING, MUTED, UNREPORTED = ShownState.FIRING, ShownState.MUTED, ShownState.UNREPORTED


def left_out() -> Story:
    """A and B were shown; B has been missing from newer bodies for five minutes. Alertmanager may be asked."""
    story = Story(replace(a_policy(), asks_alertmanager=True)).fire("A", "B")
    story.notify_all()
    story.wait(minutes(1)).see(an_alert("A", starts=START)).wait(GRACE)
    return story


def by_ana(until: Instant = NEVER, name: str = "s1") -> Muted:
    return Muted(MutedBy.SILENCED, name, until, "ana", "replacing the disk")


def learn(story: Story, alert: AlertId, muted: Muted | None, sight: Sight = Sight.MUTED) -> Story:
    """Alertmanager was asked, and answers now."""
    if to_ask(story.state, story.policy, story.now):
        story.take(ask(story.state, story.now))
    found = Findings({alert: Upstream(sight, story.now, story.now, muted)}, story.now)
    story.take(engine.learn(story.state, found, story.policy.timing, story.now))
    return story


def muted(until: Instant = NEVER) -> Story:
    story = learn(left_out(), B, by_ana(until))
    story.notify_all()
    return story


def test_alertmanager_is_asked_before_an_alert_is_shown_as_not_reported() -> None:
    story = left_out()
    assert to_ask(story.state, story.policy, story.now) == {B}
    story.take(ask(story.state, story.now))
    assert story.phase is Idle
    assert story.due > story.now
    assert not to_ask(story.state, story.policy, story.now)


def test_without_its_address_nobody_is_asked() -> None:
    story = left_out()
    assert not to_ask(story.state, replace(story.policy, asks_alertmanager=False), story.now)


def test_where_nobody_answers_it_is_shown_as_not_reported_and_asked_about_again() -> None:
    story = left_out()
    story.take(ask(story.state, story.now))
    story.take(engine.learn(story.state, Findings({}, story.now), story.policy.timing, story.now))
    [made] = story.notify_all()
    assert made.shown == {A: FIRING, B: UNREPORTED}
    assert not to_ask(story.state, story.policy, Instant(story.now + minutes(1)))
    assert story.due <= story.now + ASK_AGAIN
    assert to_ask(story.state, story.policy, Instant(story.now + ASK_AGAIN)) == {B}


def test_what_is_silenced_is_shown_so_by_an_edit_alone() -> None:
    story = learn(left_out(), B, by_ana())
    [made] = story.notify_all()
    assert (made.op, made.reason, made.shown) == (Op.EDIT, Reason.MUTED_UPSTREAM, {A: FIRING, B: MUTED})
    assert (story.state.firing, story.state.unreported) == (1, 1)


def test_seen_again_it_is_an_edit_in_the_same_message() -> None:
    story = muted().wait(minutes(1)).see(an_alert("A", starts=START), an_alert("B", starts=START))
    [made] = story.notify_all()
    assert (made.op, made.reason) == (Op.EDIT, Reason.REPORTED_AGAIN)
    assert story.state.alerts[B].upstream is None


def test_another_end_of_the_silence_is_shown() -> None:
    story = muted()
    learn(story.wait(minutes(1)), B, by_ana(Instant(story.now + hours(1))))
    [made] = story.notify_all()
    assert (made.op, made.reason, made.shown[B]) == (Op.EDIT, Reason.REFRESH, MUTED)


def test_the_same_again_is_not() -> None:
    story = muted()
    learn(story.wait(minutes(1)), B, by_ana())
    assert story.notify_all() == []


def test_once_the_silence_has_ended_and_no_body_has_it_it_is_not_reported() -> None:
    story = left_out()
    learn(story, B, by_ana(Instant(story.now + minutes(2))))
    story.notify_all()
    story.policy = a_policy()
    story.wait(minutes(2) + GRACE)
    assert story.notify_all() == []
    story.wait(seconds(1))
    [made] = story.notify_all()
    assert made.shown[B] is UNREPORTED


def test_a_mute_of_which_nobody_hears_any_more_is_not_believed_for_ever() -> None:
    story = muted().wait(BELIEVED + seconds(1))
    story.policy = a_policy()
    story.notify_all()
    assert story.state.alerts[B].last_shown.state is UNREPORTED


def test_when_its_mute_is_over_the_group_rests_until_its_next_timer() -> None:
    story = muted().wait(BELIEVED + seconds(1))
    story.policy = a_policy()
    story.notify_all()
    assert story.due > story.now + hours(1)


def test_a_mute_that_is_heard_of_during_a_call_is_shown_after_it() -> None:
    story = left_out()
    story.policy = a_policy()
    story.wait(minutes(1)).fire("C").look()
    made = story.begin()
    learn(story.wait(seconds(1)), B, by_ana())
    story.finish(made)
    story.notify_all()
    story.wait(minutes(1))
    story.notify_all()
    assert story.state.alerts[B].last_shown.state is MUTED
    assert story.due > story.now


def test_while_it_is_muted_there_it_is_not_given_up() -> None:
    story = muted()
    for _ in range(200):
        learn(story.wait(minutes(10)), B, by_ana())
        story.see(an_alert("A", starts=START)).notify_all()
    assert story.now > START + hours(24)
    assert story.state.alerts[B].last_shown.state is MUTED


def test_what_alertmanager_does_not_know_twice_has_ended_and_is_never_green() -> None:
    story = learn(left_out(), B, None, Sight.GONE)
    [first] = story.notify_all()
    assert first.shown[B] is UNREPORTED
    learn(story.wait(CONFIRMED), B, None, Sight.GONE)
    [second] = story.notify_all()
    assert (second.op, second.reason, second.shown[B]) == (Op.EDIT, Reason.ENDED_UPSTREAM, ShownState.ENDED)
    assert (story.state.firing, story.state.unreported) == (1, 0)


def test_known_again_between_two_answers_it_has_not_ended() -> None:
    story = learn(left_out(), B, None, Sight.GONE)
    story.notify_all()
    learn(story.wait(minutes(1)), B, None, Sight.ACTIVE)
    learn(story.wait(minutes(1)), B, None, Sight.GONE)
    assert story.notify_all() == []


def test_an_answer_older_than_the_newest_body_says_nothing() -> None:
    story = left_out()
    asked = story.now
    story.wait(seconds(1)).see(an_alert("A", starts=START), an_alert("B", starts=START))
    found = Findings({B: Upstream(Sight.MUTED, asked, asked, by_ana())}, asked)
    story.take(engine.learn(story.state, found, story.policy.timing, story.now))
    assert story.state.alerts[B].upstream is None


def test_a_body_and_an_answer_end_alike_in_both_orders() -> None:
    def after(*, first_answer: bool) -> Story:
        story = left_out()
        early = Instant(story.now - seconds(30))
        found = Findings({B: Upstream(Sight.MUTED, story.now, story.now, by_ana())}, story.now)
        bodies = [an_alert("A", starts=START), an_alert("B", starts=START)]
        if first_answer:
            story.take(engine.learn(story.state, found, story.policy.timing, story.now))
            story.see(*bodies, when=early)
        else:
            story.see(*bodies, when=early)
            story.take(engine.learn(story.state, found, story.policy.timing, story.now))
        return story

    assert (
        after(first_answer=True).state.alerts[B].upstream
        == after(first_answer=False).state.alerts[B].upstream
        is not None
    )


def test_a_silence_that_ends_early_mutes_only_until_then() -> None:
    story = muted(Instant(START + hours(9)))
    ended = change_silence(story.state, by_ana(story.now), story.now)
    known = ended.alerts[B].upstream
    assert known is not None
    assert known.muted is not None
    assert known.muted.until == story.now
    assert ended.refresh_due
    assert change_silence(story.state, by_ana(name="another"), story.now) == story.state
    assert change_silence(story.state, by_ana(story.now), Instant(known.at - 1)) == story.state


@pytest.mark.parametrize("ignored", [frozenset[str](), frozenset({"replica"})])
def test_alerts_are_found_by_what_tells_them_apart_here(ignored: frozenset[str]) -> None:
    labels = {"alertname": "A", "replica": "1"}
    left = {name: value for name, value in labels.items() if name not in ignored}
    wanted = engine_id(left, ignored)
    found = findings([wanted, B], [KnownAlert(Fingerprint("f"), labels, by_ana())], ignored, START)
    assert found.alerts[wanted].sight is Sight.MUTED
    assert found.alerts[B].sight is Sight.GONE


def engine_id(labels: dict[str, str], ignored: frozenset[str]) -> AlertId:
    return identify(fingerprint(labels) if ignored else Fingerprint("f"), labels)


@tries("words of a mute in Alertmanager")
def test_what_a_person_wrote_there_is_kept_up_to_a_bound(beyond: int) -> None:
    text = "x" * (MAX_WORDS + beyond)
    kept = shortened(Muted(MutedBy.SILENCED, text, NEVER, text, text))
    assert kept is not None
    assert {len(kept.name), len(kept.author), len(kept.comment)} == {min(len(text), MAX_WORDS)}
