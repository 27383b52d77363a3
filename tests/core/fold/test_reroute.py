"""A newer configuration: alerts are notified where they now belong, and the old message says so and ends."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.deliver.settle import lapse
from router.core.engine import arrive, leave
from router.core.fold.reroute import route_again
from router.core.match.labels import Labels
from router.core.model.alert import Alert, AlertId, Status
from router.core.model.alert_state import ShownState
from router.core.model.event import Event, EventKind
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER
from router.core.model.key import GroupKey
from router.core.model.ledger import Suppressed
from router.core.model.observation import Observations
from router.core.model.operation import Op, Reason
from router.core.model.phase import Sending, Waiting
from router.core.model.rules.receiver import OnChange
from router.core.model.rules.route import Route
from router.core.model.rules.tenant import Tenant
from router.core.model.transition import Transition
from router.core.slack.answer import Accepted, Ambiguous, Gone, Unreached
from tests.core.builders import (
    SEVERITY,
    START,
    Story,
    a_policy,
    a_receiver,
    a_resolve,
    a_route,
    a_tenant,
    a_timing,
    an_alert,
    at,
    minutes,
    seconds,
    total,
)

GROUP: Labels = {"alertname": "Disk"}
ROOT = a_tenant(a_route())
TO_ONCALL = a_tenant(a_route(routes=[a_route('severity="critical"', receiver="oncall")]))
ALL_AWAY = a_tenant(a_route(routes=[a_route('severity=~".+"', receiver="oncall")]))
TEAM = a_route('severity=~".+"', receiver="team")
BESIDE = a_route('alertname=~".+"', receiver="oncall", continue_=True)
BOTH = a_tenant(a_route(routes=[BESIDE, TEAM]))
BY_NAME = a_tenant(a_route(group_by=["alertname"]))


def sent(*alerts: Alert, when: int = 0) -> Observations:
    return Observations(alerts, at(when), "g", group_labels=GROUP)


def key_of(tree: Route, group: Labels = GROUP) -> GroupKey:
    return GroupKey(tree.receiver, tree.path, tuple(sorted(group.items())))


def a_story(**alerts: str) -> Story:
    """A notification of the root route with these alerts and severities, shown."""
    story = Story(state=AlertGroup(key_of(ROOT.route)))
    story.see(*(an_alert(name, severity=severity) for name, severity in alerts.items()), group_labels=GROUP)
    return story


def notified(**alerts: str) -> Story:
    story = a_story(**alerts)
    story.notify_all()
    return story


def move(story: Story, tenant: Tenant) -> Story:
    """Let what does not belong there leave."""
    story.take(leave(story.state, route_again(story.state, tenant).leaving, story.now))
    return story


def fold_arrivals(before: AlertGroup, story: Story, tenant: Tenant) -> Transition:
    """What has come to a notification, all of it."""
    step = Transition(before)
    for one in route_again(story.state, tenant).arrivals:
        if one.key == before.key:
            merged = arrive(step.after, one.seen, one.timing, SEVERITY, story.now)
            step = Transition(merged.after, step.entry + merged.entry)
    return step


def test_under_the_same_tree_nothing_leaves_and_nothing_arrives() -> None:
    again = route_again(notified(A="warning", B="critical").state, ROOT)

    assert (again.arrivals, again.leaving) == ((), frozenset())


def test_an_alert_that_another_route_takes_now_leaves_and_arrives_there() -> None:
    story = notified(A="warning", B="critical")
    again = route_again(story.state, TO_ONCALL)

    assert again.leaving == {"B"}
    [arrival] = again.arrivals
    assert arrival.key == key_of(TO_ONCALL.route.routes[0])
    assert [alert.alert_id for alert in arrival.seen.alerts] == ["B"]
    assert arrival.seen.observed == START


def test_an_alert_arrives_with_all_that_is_kept_of_it() -> None:
    alert = replace(
        an_alert("B", severity="critical", annotations={"summary": "s"}),
        generator_url="http://p",
        links={"alertmanager": "http://am"},
        values={"A": 1.5},
    )
    story = Story(state=AlertGroup(key_of(ROOT.route))).see(alert, group_labels=GROUP)

    [arrival] = route_again(story.state, TO_ONCALL).arrivals

    assert arrival.seen.alerts == (alert,)
    assert (arrival.seen.sender_group, arrival.seen.truncated) == ("g", True)


def test_an_end_arrives_with_the_time_that_it_ended_at() -> None:
    story = notified(B="critical").wait(minutes(1))
    story.see(a_resolve("B", ends=story.now, severity="critical"), group_labels=GROUP)

    [arrival] = route_again(story.state, TO_ONCALL).arrivals

    [alert] = arrival.seen.alerts
    assert (alert.status, alert.ends_at, arrival.seen.observed) == (Status.RESOLVED, story.now, story.now)


def test_nothing_is_suppressed_where_nothing_was_pending() -> None:
    assert leave(notified(A="warning").state, frozenset({AlertId("A")}), START).events == ()


def test_what_has_left_is_no_longer_pending_since_any_time() -> None:
    left = leave(a_story(A="warning").state, frozenset({AlertId("A")}), START).after
    assert left.alerts[AlertId("A")].pending_since == NEVER


def test_an_alert_that_one_more_route_takes_arrives_there_and_stays() -> None:
    oncall, team = BOTH.route.routes
    story = Story(state=AlertGroup(key_of(team))).see(an_alert("A"), group_labels=GROUP)
    again = route_again(story.state, BOTH)

    assert again.leaving == frozenset()
    assert [arrival.key for arrival in again.arrivals] == [key_of(oncall)]


def test_what_was_grouped_by_its_sender_is_grouped_again_and_back() -> None:
    """The sender's grouping is remembered beside each alert, so that no configuration loses it."""
    story = notified(A="warning")
    [there] = route_again(story.state, BY_NAME).arrivals
    arrived = fold_arrivals(AlertGroup(there.key), story, BY_NAME).after
    [back] = route_again(arrived, ROOT).arrivals

    assert dict(there.key.group) == {"alertname": "A"}
    assert back.key == story.state.key


def test_an_end_stays_in_its_message_and_is_news_to_nobody() -> None:
    story = notified(A="warning", B="warning")
    story.see(a_resolve("A", ends=story.now), group_labels=GROUP)
    there = AlertGroup(key_of(ALL_AWAY.route.routes[0]))

    assert route_again(story.state, ALL_AWAY).leaving == {"B"}
    arrived = fold_arrivals(there, story, ALL_AWAY)
    assert {fp: alert.pending for fp, alert in arrived.after.alerts.items()} == {"A": False, "B": True}


def test_an_end_is_known_where_the_alert_was_firing_when_it_left() -> None:
    """Else an old record that comes once more would make it fire there for ever."""
    story, away = notified(A="warning"), Story()
    away.take(fold_arrivals(AlertGroup(key_of(ALL_AWAY.route.routes[0])), story, ALL_AWAY))
    move(story, ALL_AWAY).notify_all()
    away.wait(minutes(2)).see(a_resolve("A", ends=away.now), group_labels=GROUP)
    story.take(fold_arrivals(story.state, away, ROOT))
    story.see(an_alert("A"), when=at(minutes(1)), group_labels=GROUP)

    assert not story.state.firing
    assert not any(ShownState.FIRING in notification.shown.values() for notification in story.notify_all())


def test_what_moved_and_ended_before_the_rules_were_taken_back_is_shown_as_ended() -> None:
    """Else a message of which nothing fires would name another one with what still does, for ever."""
    story, away = notified(A="warning", B="critical"), Story()
    away.take(fold_arrivals(AlertGroup(key_of(TO_ONCALL.route.routes[0])), story, TO_ONCALL))
    move(story, TO_ONCALL).notify_all()
    away.wait(minutes(2)).see(a_resolve("B", ends=away.now), group_labels=GROUP)
    story.wait(minutes(3)).take(fold_arrivals(story.state, away, ROOT))
    story.end("A")

    edit, reply = story.notify_all()
    assert (edit.op, edit.reason) == (Op.EDIT, Reason.ALL_RESOLVED)
    assert edit.shown == {"A": ShownState.RESOLVED, "B": ShownState.RESOLVED}
    assert (reply.op, reply.shown) == (Op.REPLY_THREAD, {"A": ShownState.RESOLVED})
    assert not story.state.has_rerouted_alerts


def test_a_message_all_of_which_has_moved_is_edited_once_more_and_closed() -> None:
    story = move(notified(A="warning", B="critical"), ALL_AWAY)

    assert story.due == story.now
    last = story.notify()
    assert (last.op, last.reason) == (Op.EDIT, Reason.REROUTED)
    assert set(last.shown.values()) == {ShownState.REROUTED}
    assert not last.mentions
    assert story.state.closed
    assert story.due == NEVER


def test_of_a_message_a_part_of_which_has_moved_the_rest_goes_on() -> None:
    story = move(notified(A="warning", B="critical"), TO_ONCALL)
    shown = story.notify()
    assert (shown.op, shown.reason, shown.shown) == (
        Op.EDIT,
        Reason.REFRESH,
        {"A": ShownState.FIRING, "B": ShownState.REROUTED},
    )

    story.wait(minutes(1)).end("A")
    assert story.notify().reason is Reason.ALL_RESOLVED


def test_the_last_edit_says_nothing_in_the_thread() -> None:
    story = move(notified(A="warning"), ALL_AWAY)

    assert [notification.op for notification in story.notify_all()] == [Op.EDIT]


def test_a_receiver_that_posts_each_change_edits_its_last_message() -> None:
    story = Story(policy=a_policy(a_receiver(on_change=OnChange.POST)), state=AlertGroup(key_of(ROOT.route)))
    story.see(an_alert("A"), group_labels=GROUP).notify_all()

    assert move(story, ALL_AWAY).notify().op is Op.EDIT


def test_a_reply_is_still_made_while_one_of_its_alerts_stays() -> None:
    story = notified(A="warning").wait(minutes(1)).fire("B").fire("C")
    story.notify()  # the edit; its reply about both waits
    story.take(leave(story.state, frozenset({AlertId("B")}), story.now))
    assert story.state.pending_reply is not None
    story.take(leave(story.state, frozenset({AlertId("C")}), story.now))
    assert story.state.pending_reply is None


def test_what_was_not_shown_yet_is_shown_only_where_it_now_belongs() -> None:
    story = move(a_story(A="warning"), ALL_AWAY)

    assert story.notify_all() == []
    assert story.state.closed
    assert story.sums == {"changes": 1, "accepted": 1, "suppressed:rerouted": 1, "pending": 0}
    assert story.events == [Event(EventKind.SUPPRESSED, Suppressed.REROUTED, "suppressed", decided_at=story.now)]


def test_what_fired_and_ended_behind_our_limits_before_it_moved_is_suppressed() -> None:
    story = a_story(A="warning").look()
    story.see(a_resolve("A", ends=story.now), group_labels=GROUP)

    assert move(story, ALL_AWAY).notify_all() == []
    assert story.sums["suppressed:rerouted"] == 1


def test_an_end_that_a_message_still_has_to_show_is_shown_there() -> None:
    story = notified(A="warning").wait(seconds(1))
    story.see(a_resolve("A", ends=story.now), group_labels=GROUP)

    assert route_again(story.state, ALL_AWAY).leaving == frozenset()
    assert story.notify().reason is Reason.ALL_RESOLVED


def test_where_it_arrives_it_is_a_change_once_however_often_it_arrives() -> None:
    story = notified(A="warning")
    there = AlertGroup(key_of(ALL_AWAY.route.routes[0]))
    once = fold_arrivals(there, story, ALL_AWAY)
    twice = fold_arrivals(once.after, story, ALL_AWAY)

    assert once.entry.fields() == {"changes": 1, "pending": 1}
    assert isinstance(once.after.phase, Waiting)
    assert (twice.after, twice.entry.fields()) == (once.after, {})


def test_an_end_that_arrived_before_the_alert_is_not_undone() -> None:
    story = notified(A="warning")
    there = Story(state=AlertGroup(key_of(ALL_AWAY.route.routes[0])), now=story.now)
    there.wait(minutes(1)).see(a_resolve("A", ends=there.now), group_labels=GROUP)
    there.take(fold_arrivals(there.state, story, ALL_AWAY))

    assert there.notify_all() == []
    assert not there.state.firing


def test_an_alert_that_comes_back_to_the_message_it_left_is_shown_there_again() -> None:
    """A configuration taken back within minutes: no new observation has come meanwhile."""
    story = notified(A="warning")
    away = Story(state=fold_arrivals(AlertGroup(key_of(ALL_AWAY.route.routes[0])), story, ALL_AWAY).after)
    move(story, ALL_AWAY).notify_all()
    back = route_again(away.state, ROOT)
    [arrival] = back.arrivals
    story.take(arrive(story.state, arrival.seen, arrival.timing, SEVERITY, story.now))

    again = story.notify()
    assert (again.op, again.shown, again.reopens) == (Op.EDIT, {"A": ShownState.FIRING}, True)
    assert back.leaving == {"A"}


def test_long_after_it_left_it_gets_a_new_message() -> None:
    story = move(notified(A="warning"), ALL_AWAY)
    story.notify_all()
    story.wait(minutes(30))
    away = AlertGroup(key_of(ALL_AWAY.route.routes[0]))
    again = arrive(away, sent(an_alert("A")), a_timing(), SEVERITY, story.now).after
    [arrival] = route_again(again, ROOT).arrivals
    story.take(arrive(story.state, arrival.seen, arrival.timing, SEVERITY, story.now))

    assert story.notify().op is Op.POST


@pytest.mark.parametrize("answer", [None, Unreached("x"), Ambiguous("x")], ids=["shown", "unreached", "ambiguous"])
def test_what_moves_during_a_call_is_shown_as_moved_after_it(answer: Unreached | Ambiguous | None) -> None:
    story = notified(A="warning").wait(minutes(1)).fire("B")
    story.look()
    made = story.begin()
    move(story, ALL_AWAY)
    assert story.phase is Sending
    story.finish(made, answer)

    assert set(story.notify().shown.values()) == {ShownState.REROUTED}
    assert story.notify_all() == []
    assert story.state.closed


@pytest.mark.parametrize("answer", [Unreached("x"), Ambiguous("x")], ids=["unreached", "ambiguous"])
def test_a_first_post_that_failed_while_all_moved_is_not_made_again(answer: Unreached | Ambiguous) -> None:
    story = a_story(A="warning").look()
    made = story.begin()
    move(story, ALL_AWAY).finish(made, answer)

    assert story.notify_all() == []
    assert story.state.closed


def test_a_first_post_that_succeeded_while_all_moved_is_edited_once() -> None:
    story = a_story(A="warning").look()
    made = story.begin()
    move(story, ALL_AWAY).finish(made, Accepted("C1", "1.0"))

    assert [notification.reason for notification in story.notify_all()] == [Reason.REROUTED]


def test_a_lease_that_lapses_while_all_moved_ends_in_the_truth() -> None:
    story = notified(A="warning").wait(minutes(1)).fire("B")
    story.look()
    story.begin()
    move(story, ALL_AWAY).wait(minutes(1))
    story.take(lapse(story.state, story.sending, story.policy, story.now))

    assert set(story.notify().shown.values()) == {ShownState.REROUTED}


def test_a_message_that_is_gone_needs_no_last_edit() -> None:
    story = move(notified(A="warning"), ALL_AWAY)
    story.notify(Gone("message_not_found"))

    assert story.notify_all() == []
    assert story.state.closed


def test_alerts_whose_labels_are_not_kept_leave_with_the_last_known_one() -> None:
    story = notified(A="warning", B="critical", C="warning")
    nameless = AlertId("C")
    known = story.state.alerts
    story.state = replace(story.state, alerts={**known, nameless: replace(known[nameless], content=None)}, contents=2)

    assert route_again(story.state, TO_ONCALL).leaving == {"B"}
    assert route_again(story.state, ALL_AWAY).leaving == {"A", "B", "C"}


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["fire", "end", "move", "notify"])), max_size=12),
)
def test_whatever_happens_meanwhile_books_balance_and_it_comes_to_rest(deeds: list[tuple[str, str]]) -> None:
    story = Story(state=AlertGroup(key_of(ROOT.route)))
    for name, deed in deeds:
        story.wait(seconds(40))
        match deed:
            case "fire":
                story.see(an_alert(name, starts=story.now), group_labels=GROUP)
            case "end":
                story.see(a_resolve(name, ends=story.now), group_labels=GROUP)
            case "move":
                leaving = route_again(story.state, ALL_AWAY).leaving
                story.take(leave(story.state, leaving, story.now) if leaving else Transition(story.state))
            case _:
                story.notify_all()
    move(story, ALL_AWAY)
    story.notify_all()

    assert story.state.closed
    assert total(story.entries).get("pending", 0) == 0
