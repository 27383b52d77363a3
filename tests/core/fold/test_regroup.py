"""An alert in two groups of a receiver: it leaves the old one for the new, or ends in both."""

from dataclasses import replace

import pytest

from router.core import engine
from router.core.fold.regroup import ended_elsewhere, expect, regrouped
from router.core.model.alert import AlertId
from router.core.model.alert_state import ShownState
from router.core.model.group import AlertGroup
from router.core.model.key import GroupKey
from router.core.model.observation import Observations
from router.core.model.operation import Reason
from router.core.model.rules.names import ReceiverName
from tests.core.builders import (
    SEVERITY,
    START,
    Story,
    a_resolve,
    a_timing,
    an_alert,
    at,
    minutes,
)

BY_NAME = (("alertname", "Lag"),)
BY_CLUSTER = (("alertname", "Lag"), ("cluster", "eu"))
A = AlertId("A")


def key(group: tuple[tuple[str, str], ...] = BY_NAME, receiver: str = "default", path: str = "{}") -> GroupKey:
    return GroupKey(ReceiverName(receiver), (path,), group)


def seen(*alerts: object, when: int = minutes(5), route: str = "root", sender: str = "new") -> Observations:
    return Observations(alerts, at(when), sender, sender_route=route)  # type: ignore[arg-type]


def an_old_group(*names: str, route: str = "root") -> AlertGroup:
    """A group by alert name, shown; its alerts came by that route of the sender."""
    alerts = [an_alert(name) for name in names or ("A",)]
    body = Observations(alerts, START, "old", sender_route=route)
    story = Story(state=AlertGroup(key()))
    story.take(engine.fold(story.state, body, a_timing(), SEVERITY, START))
    story.notify_all()
    return story.state


def test_an_alert_leaves_for_the_group_by_other_labels_that_the_same_route_of_its_sender_sends() -> None:
    assert regrouped(an_old_group("A", "B"), AlertGroup(key(BY_CLUSTER)), seen(an_alert())) == {A}
    assert regrouped(an_old_group(), AlertGroup(key(BY_CLUSTER)), seen(an_alert(), when=0)) == {A}


@pytest.mark.parametrize(
    ("new", "body"),
    [
        pytest.param(key(BY_CLUSTER), seen(an_alert(), route="other"), id="two routes of the sender (continue)"),
        pytest.param(key(BY_CLUSTER), seen(an_alert(), route=""), id="a sender that names no route"),
        pytest.param(key(BY_CLUSTER, receiver="oncall"), seen(an_alert()), id="another receiver"),
        pytest.param(key(BY_CLUSTER, path='{a="b"}'), seen(an_alert()), id="another route of ours"),
        pytest.param(key((("alertname", "Late"),)), seen(an_alert()), id="the same label names"),
        pytest.param(key(BY_CLUSTER), seen(an_alert(), when=-minutes(1)), id="an older body that came late"),
        pytest.param(key(BY_CLUSTER), seen(a_resolve()), id="an end"),
        pytest.param(key(BY_CLUSTER), seen(an_alert("B")), id="another alert"),
    ],
)
def test_else_it_stays_where_it_is(new: GroupKey, body: Observations) -> None:
    assert regrouped(an_old_group(), AlertGroup(new), body) == frozenset()


def test_what_the_new_group_has_known_before_stays_in_both() -> None:
    """The second of a pair of senders is reloaded later than the first: nothing goes back and forth."""
    new = engine.fold(AlertGroup(key(BY_CLUSTER)), seen(an_alert()), a_timing(), SEVERITY, at(minutes(5))).after
    left = engine.leave(new, frozenset({A}), at(minutes(6))).after

    for own in (new, left):
        assert regrouped(an_old_group(), own, seen(an_alert(), when=minutes(7))) == frozenset()


def test_what_has_ended_in_the_new_group_and_begins_there_once_more_leaves_the_old_one() -> None:
    new = engine.fold(AlertGroup(key(BY_CLUSTER)), seen(an_alert()), a_timing(), SEVERITY, at(minutes(5))).after
    over = engine.fold(new, seen(a_resolve(), when=minutes(6)), a_timing(), SEVERITY, at(minutes(6))).after

    assert regrouped(an_old_group(), over, seen(an_alert(starts=at(minutes(7))), when=minutes(7))) == {A}


def test_what_is_expected_is_still_new_and_becomes_what_it_would_have_been() -> None:
    """Noted where it comes, it is not pending, fires nowhere and is counted by nothing."""
    body = seen(an_alert("A"), an_alert("B"))
    expecting = expect(AlertGroup(key(BY_CLUSTER)), {A: body.observed}).after

    assert regrouped(an_old_group(), expecting, body) == {A}
    assert expecting.closed
    assert (expecting.firing, expecting.pending, expecting.contents) == (0, 0, 0)
    assert not expecting.alerts[A].in_message
    groups = [expecting, AlertGroup(key(BY_CLUSTER))]
    first, second = (engine.fold(one, body, a_timing(), SEVERITY, body.observed) for one in groups)
    assert first == second


def test_what_is_expected_once_more_changes_nothing() -> None:
    expecting = expect(AlertGroup(key(BY_CLUSTER)), {A: at(minutes(5))})

    assert expect(expecting.after, {A: at(minutes(5))}) == expecting


def test_what_was_never_heard_with_a_route_stays() -> None:
    assert regrouped(an_old_group(route=""), AlertGroup(key(BY_CLUSTER)), seen(an_alert())) == frozenset()
    lost = replace(an_old_group(), senders={})
    assert regrouped(lost, AlertGroup(key(BY_CLUSTER)), seen(an_alert())) == frozenset()


def test_what_no_longer_fires_in_the_old_group_does_not_leave_it() -> None:
    old = an_old_group()
    ended = engine.fold(old, seen(a_resolve(), when=minutes(1), sender="old"), a_timing(), SEVERITY, at(minutes(1)))

    assert regrouped(ended.after, AlertGroup(key(BY_CLUSTER)), seen(an_alert())) == frozenset()


def test_the_old_message_ends_as_rerouted() -> None:
    old = an_old_group()
    story = Story(state=old, now=at(minutes(5)))
    story.take(engine.leave(old, regrouped(old, AlertGroup(key(BY_CLUSTER)), seen(an_alert())), at(minutes(5))))

    assert [one.reason for one in story.notify_all()] == [Reason.REROUTED]
    assert story.state.alerts[A].last_shown.state is ShownState.REROUTED
    assert story.state.closed


def test_an_end_in_one_group_ends_it_in_the_other_and_says_nothing_of_the_rest_there() -> None:
    old = an_old_group("A", "B")
    ended = ended_elsewhere(old, seen(an_alert("B"), a_resolve("A"), a_resolve("C")))

    assert ended is not None
    assert [alert.alert_id for alert in ended.alerts] == ["A"]
    assert ended.truncated
    assert ended.group_labels == dict(BY_NAME)
    assert ended.sender_group == ""
    after = engine.arrive(old, ended, a_timing(), SEVERITY, at(minutes(5)))
    assert (after.after.firing, after.after.pending, after.entry.accepted) == (1, 1, 0)
    assert after.after.senders == old.senders


def test_nothing_ends_where_nothing_fires() -> None:
    assert ended_elsewhere(an_old_group(), seen(an_alert("A"), a_resolve("C"))) is None
    assert ended_elsewhere(AlertGroup(key()), seen(a_resolve())) is None


def test_an_older_end_does_not_end_a_newer_firing() -> None:
    old = an_old_group()
    ended = ended_elsewhere(old, seen(a_resolve(starts=at(-minutes(9)), ends=at(-minutes(8))), when=-minutes(7)))

    assert ended is not None
    assert engine.arrive(old, ended, a_timing(), SEVERITY, at(minutes(5))).after.firing == 1
