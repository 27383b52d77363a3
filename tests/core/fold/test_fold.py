"""Records may come twice, late, in any order and cut into any calls: the state they end in is one and the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.engine import fold
from router.core.fold.fold import MAX_CONTENTS, alert_ids, observe, without_surplus
from router.core.fold.missing import GRACE, missing_due
from router.core.fold.senders import MAX_SENDERS
from router.core.model.alert import Alert, AlertId, Status
from router.core.model.alert_state import AlertContent, AlertState, LastShown, ShownState
from router.core.model.group import AlertGroup
from router.core.model.instant import HOUR, NEVER, Instant, earliest
from router.core.model.ledger import LedgerEntry
from router.core.model.observation import Observations
from router.core.model.phase import Idle, Rank, Waiting
from router.core.model.registers import Registers
from tests.bounds import tries
from tests.core.builders import (
    SEVERITY,
    START,
    Story,
    a_group,
    a_policy,
    a_resolve,
    a_timing,
    an_alert,
    at,
    hours,
    minutes,
    observed,
    seconds,
    total,
)
from tests.examples import examples

PROMISE = examples(120)
TIMING = a_timing()
NAMES = ("A", "B", "C")
LATER = at(hours(1))


def folded(records: Sequence[Observations], into: AlertGroup | None = None) -> tuple[AlertGroup, list[LedgerEntry]]:
    state, entries = into or a_group(), list[LedgerEntry]()
    for seen in records:
        step = fold(state, seen, TIMING, SEVERITY, LATER)
        state = step.after
        entries.append(step.entry)
    return state, entries


# Any history, sane or not: the algebra must hold for all.

TIMES = st.integers(0, 12).map(lambda minute: at(minutes(minute)))


@st.composite
def any_alert(draw: st.DrawFn) -> Alert:
    name, starts, ends = draw(st.sampled_from(NAMES)), draw(TIMES), draw(TIMES)
    status = draw(st.sampled_from(Status))
    alert = an_alert(name, status, starts=starts, ends=ends, annotations={"n": draw(st.sampled_from("xyz"))})
    links, values = st.sampled_from([{}, {"silence": "s"}, {"panel": "p"}]), st.sampled_from([{}, {"A": 1.0}])
    return replace(alert, links=draw(links), values=draw(values))


ANY_RECORD = st.builds(
    Observations,
    alerts=st.lists(any_alert(), min_size=1, max_size=4).map(tuple),
    observed=TIMES,
    sender_group=st.sampled_from(["", "g", "h"]),
    truncated=st.booleans(),
    unsent=st.sampled_from([0, 3, 7]),
)
ANY_HISTORY = st.lists(ANY_RECORD, max_size=6)


def cut(seen: Observations) -> list[Observations]:
    return [replace(seen, alerts=(alert,)) for alert in seen.alerts]


def merits(state: AlertGroup) -> object:
    """All that must not depend on order or repetition (times to look are set by the clock and may)."""
    alerts = {
        fp: (alert.registers, alert.content, alert.firing, alert.pending, alert.sender_group)
        for fp, alert in state.alerts.items()
    }
    return alerts, state.firing, state.pending, state.contents


@st.composite
def scrambled(draw: st.DrawFn) -> tuple[list[Observations], list[Observations]]:
    """A history, and the same in another order, with repetitions, some records cut into one call an alert."""
    history = draw(ANY_HISTORY)
    again = draw(st.lists(st.sampled_from(history), max_size=4)) if history else []
    mixed = draw(st.permutations(history + again))
    return history, [part for seen in mixed for part in (cut(seen) if draw(st.booleans()) else [seen])]


@PROMISE
@given(scrambled())
def test_order_repetition_and_cutting_do_not_matter(histories: tuple[list[Observations], list[Observations]]) -> None:
    straight, mixed = histories
    assert merits(folded(straight)[0]) == merits(folded(mixed)[0])


@PROMISE
@given(scrambled())
def test_since_when_an_alert_is_pending_does_not_depend_on_order(
    histories: tuple[list[Observations], list[Observations]],
) -> None:
    straight, mixed = (
        {fp: alert.pending_since for fp, alert in folded(history)[0].alerts.items()} for history in histories
    )
    assert straight == mixed


@PROMISE
@given(ANY_HISTORY)
def test_a_history_seen_twice_brings_no_change_the_second_time(history: list[Observations]) -> None:
    state, _ = folded(history)
    again, books = folded(history, into=state)
    assert merits(again) == merits(state)
    sums = total(books)
    assert sums.get("changes", 0) == 0
    assert sums.get("duplicates", 0) == sum(len(seen.alerts) for seen in history)


@PROMISE
@given(ANY_HISTORY, st.sets(st.sampled_from(NAMES)))
def test_every_fold_balances_and_counts_what_its_alerts_state(history: list[Observations], shown: set[str]) -> None:
    state, _ = folded(history[: len(history) // 2])
    state = shown_as_they_are(state, shown)
    for seen in history[len(history) // 2 :]:
        step = fold(state, seen, TIMING, SEVERITY, LATER)
        assert step.entry.balance == 0
        assert step.entry.superseded >= 0
        assert step.entry.pending == step.after.pending - state.pending
        assert step.entry.pending >= 0, "pending never falls by folding"
        assert step.entry.changes + step.entry.duplicates == step.entry.accepted == len(seen.alerts)
        state = step.after
        assert state.pending == sum(alert.pending for alert in state.alerts.values())
        assert state.firing == sum(alert.shown_firing for alert in state.alerts.values())
        assert state.contents == sum(alert.content is not None for alert in state.alerts.values())


def shown_as_they_are(state: AlertGroup, names: set[str]) -> AlertGroup:
    """The state as if these alerts had been shown just as they are."""
    alerts = {
        fp: replace(
            alert,
            last_shown=LastShown(ShownState.FIRING if alert.firing else ShownState.RESOLVED, alert.registers),
            pending_since=NEVER,
        )
        if fp in names
        else alert
        for fp, alert in state.alerts.items()
    }
    pending = sum(alert.pending for alert in alerts.values())
    firing = sum(alert.shown_firing for alert in alerts.values())
    return replace(state, alerts=alerts, pending=pending, firing=firing)


@PROMISE
@given(ANY_HISTORY, ANY_RECORD, st.sets(st.sampled_from(NAMES)))
def test_loading_only_the_bodys_alerts_gives_the_same_counts_as_loading_all(
    history: list[Observations], seen: Observations, shown: set[str]
) -> None:
    whole = shown_as_they_are(folded(history)[0], shown)
    wanted = set(alert_ids([seen]))
    part = replace(whole, alerts={fp: alert for fp, alert in whole.alerts.items() if fp in wanted})
    by_whole, by_part = (fold(one, seen, TIMING, SEVERITY, LATER) for one in (whole, part))
    assert by_part.entry == by_whole.entry
    after, same = by_part.after, by_whole.after
    assert (after.firing, after.pending, after.contents) == (same.firing, same.pending, same.contents)
    assert {fp: same.alerts[fp] for fp in wanted} == after.alerts
    if isinstance(after.phase, Waiting) and isinstance(same.phase, Waiting):
        assert after.phase == same.phase


# Histories of one sane sender (or a pair of its replicas that see the same): then the state is the truth.


@dataclass(frozen=True)
class Event:
    """What happened, as the sender tells it in all its later bodies."""

    name: str
    alert: Alert
    seen: Instant


@st.composite
def sane(draw: st.DrawFn) -> tuple[dict[str, bool], list[Observations]]:
    """Alerts that fire, end, come back (also with the old start), each shown in order, some notified again."""
    truth: dict[str, bool] = {}
    starts: dict[str, Instant] = {}
    records: list[Observations] = []
    now = START
    for _ in range(draw(st.integers(1, 10))):
        now = Instant(now + draw(st.integers(1, 600)) * seconds(1))
        name = draw(st.sampled_from(NAMES))
        if draw(st.booleans()):
            if not truth.get(name):
                keeps_start = name in starts and draw(st.booleans())
                starts[name] = (
                    starts[name] if keeps_start else Instant(now - draw(st.integers(0, 20)) * seconds(0.04))
                )
            truth[name] = True
            alert = an_alert(name, starts=starts[name])
        elif name in starts:
            truth[name] = False
            alert = a_resolve(name, starts=starts[name], ends=Instant(now - seconds(0.01)))
        else:
            continue
        records.append(observed(alert, when=now, truncated=draw(st.booleans())))
        if draw(st.booleans()):  # the other replica, a moment later, which noticed the alert earlier
            now = Instant(now + seconds(0.5))
            earlier = replace(alert, starts_at=Instant(alert.starts_at - seconds(15)))
            records.append(observed(earlier, when=now))
    return truth, records


@PROMISE
@given(st.data())
def test_an_alert_fires_if_and_only_if_the_newest_event_is_a_firing(data: st.DataObject) -> None:
    truth, records = data.draw(sane())
    again = data.draw(st.lists(st.sampled_from(records), max_size=3)) if records else []
    mixed = data.draw(st.permutations(records + again))
    state, _ = folded(mixed)
    assert {fp: alert.firing for fp, alert in state.alerts.items()} == truth
    assert state.firing == sum(truth.values())


@PROMISE
@given(sane())
def test_an_pending_alert_is_pending_since_it_was_first_seen_firing(
    history: tuple[dict[str, bool], list[Observations]],
) -> None:
    _, records = history
    state, _ = folded(records)
    for fp, alert in state.alerts.items():
        firings = [r.observed for r in records for a in r.alerts if a.alert_id == fp and a.status == "firing"]
        assert alert.pending_since == earliest(*firings)


@PROMISE
@given(ANY_HISTORY)
def test_the_content_is_the_newest(history: list[Observations]) -> None:
    state, _ = folded(history)
    for fp, alert in state.alerts.items():
        seen = [(r.observed, a.annotations["n"]) for r in history for a in r.alerts if a.alert_id == fp]
        assert alert.content is not None
        assert (alert.content.seen, alert.content.annotations["n"]) == max(seen)


# Examples, for people.


def test_a_comeback_with_the_old_start_fires() -> None:
    story = Story().fire("A").wait(minutes(1)).end("A").wait(minutes(1)).see(an_alert("A", starts=START))
    assert story.state.firing == 1


def test_an_earlier_start_from_the_other_replica_does_not_make_a_change() -> None:
    story = Story().fire("A")
    story.see(an_alert("A", starts=at(-minutes(1))), when=at(seconds(1)))
    assert story.sums["changes"] == 1


def test_a_late_resolve_of_an_earlier_firing_ends_nothing() -> None:
    story = Story().wait(minutes(5)).fire("A")
    story.see(a_resolve("A", starts=START, ends=at(minutes(1))), when=at(minutes(1)))
    assert story.state.firing == 1


@PROMISE
@given(TIMES, TIMES, st.integers(1, 60))
def test_a_resolve_ends_the_start_that_it_names_whatever_the_clocks_show(
    starts: Instant, ends: Instant, apart: int
) -> None:
    """The rule's clock made the start, the sender's the end; only the order of arrival is ours."""
    fired = observed(an_alert("A", starts=starts), when=at(minutes(20)))
    resolved = observed(a_resolve("A", starts=starts, ends=ends), when=at(minutes(20 + apart)))
    for history in ([fired, resolved], [resolved, fired]):
        state, _ = folded(history)
        assert not state.firing


@PROMISE
@given(TIMES, TIMES, st.integers(1, 60))
def test_a_lagging_peer_never_ends_a_newer_firing(starts: Instant, ends: Instant, newer_by: int) -> None:
    """Its resolve is of an earlier firing, however late it comes."""
    again = Instant(max(starts, ends) + minutes(newer_by))
    fires = observed(an_alert("A", starts=again), when=at(minutes(80)))
    late = observed(a_resolve("A", starts=starts, ends=ends), when=at(minutes(90)))
    state, _ = folded([fires, late])
    assert state.firing == 1


def test_firing_and_resolved_in_one_body_is_decided_by_start_and_end() -> None:
    fires, ends = an_alert("A", starts=at(seconds(10))), a_resolve("A", ends=at(seconds(5)))
    for body in ([fires, ends], [ends, fires]):
        assert Story().see(*body).state.firing == 1


def test_an_end_and_a_new_start_since_the_notification_is_pending_although_it_fires_as_shown() -> None:
    story = Story()
    story.fire("A").notify()
    story.wait(minutes(1)).end("A").wait(minutes(1)).fire("A")
    alert = story.state.alerts[AlertId("A")]
    assert alert.firing
    assert alert.pending


def test_a_redelivered_firing_record_does_not_change_since_of_an_pending_resolve() -> None:
    story = Story()
    story.fire("A").notify()
    story.wait(minutes(1)).end("A")
    since = story.state.alerts[AlertId("A")].pending_since
    assert since == at(minutes(1))
    story.see(an_alert("A", starts=START), when=START)
    assert story.state.alerts[AlertId("A")].pending_since == since


@tries("labels and annotations kept in a group")
def test_of_more_than_the_kept_alerts_only_the_registers_are_stored(beyond: int) -> None:
    story = Story().see(*(an_alert(str(n)) for n in range(MAX_CONTENTS + beyond)))
    assert story.state.contents == min(MAX_CONTENTS, MAX_CONTENTS + beyond)
    assert story.state.firing == MAX_CONTENTS + beyond
    assert sum(alert.content is None for alert in story.state.alerts.values()) == max(beyond, 0)


def many_that_ended(count: int) -> Story:
    """A group whose alerts fired, ended, and were shown so, a while ago."""
    names = [str(number) for number in range(count)]
    story = Story().see(*(an_alert(name) for name in names))
    story.notify_all()
    story.wait(minutes(1)).see(*(a_resolve(name) for name in names))
    story.notify_all()
    return story.wait(minutes(1))


def test_what_fires_takes_the_place_of_what_ended() -> None:
    story = many_that_ended(MAX_CONTENTS)
    story.fire("payments-7")
    assert story.state.contents == MAX_CONTENTS + 1

    story.notify_all()

    fires = story.state.alerts[AlertId("payments-7")]
    assert fires.content is not None
    assert story.state.contents == MAX_CONTENTS
    assert sum(alert.content is None for alert in story.state.alerts.values()) == 1


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_what_ended_makes_room_for_as_many_as_may_be_kept(beyond: int) -> None:
    story = many_that_ended(MAX_CONTENTS)
    story.see(*(an_alert(f"new-{number}") for number in range(MAX_CONTENTS + beyond)))
    story.notify_all()

    without = [one for one in story.state.alerts.values() if one.shown_firing and one.content is None]
    assert len(without) == max(0, beyond)
    assert story.state.contents == MAX_CONTENTS


def test_of_what_ended_the_oldest_makes_room_first() -> None:
    alerts = many_that_ended(MAX_CONTENTS).state.alerts
    newer = replace(
        alerts[AlertId("3")], registers=replace(alerts[AlertId("3")].registers, seen_resolved=at(hours(9)))
    )
    crowded = {**alerts, AlertId("3"): newer, AlertId("x"): alerts[AlertId("4")]}

    left = without_surplus(without_surplus({**crowded, AlertId("y"): alerts[AlertId("5")]}))

    assert sum(alert.content is None for alert in left.values()) == 2
    assert left[AlertId("3")].content is not None


def test_an_unseen_alert_waits_for_group_wait_and_a_later_one_for_group_interval() -> None:
    story = Story(a_policy(timing=a_timing(group_wait=seconds(7))))
    story.fire("A")
    assert (story.phase, story.due) == (Waiting, at(seconds(7)))
    story.notify()
    story.wait(seconds(1)).fire("B")
    assert (story.phase, story.due) == (Waiting, at(seconds(7 + 30)))
    story.notify_all()
    story.wait(minutes(5)).fire("C")
    assert (story.phase, story.due) == (Waiting, story.now)


def test_an_unchanged_group_is_not_touched() -> None:
    story = Story()
    story.fire("A").notify()
    before = story.state
    story.wait(minutes(1)).see(an_alert("A", starts=START))
    assert story.phase is Idle
    assert story.state.message == before.message
    assert story.sums["duplicates"] == 1


def test_changed_annotations_are_kept_and_cause_nothing() -> None:
    story = Story()
    story.fire("A").notify()
    story.wait(minutes(1)).see(an_alert("A", starts=START, annotations={"summary": "new"}))
    content = story.state.alerts[AlertId("A")].content
    assert content is not None
    assert content.annotations == {"summary": "new"}
    assert story.phase is Idle
    assert story.sums["changes"] == 1


def test_a_critical_that_joins_a_waiting_lane_goes_to_the_front() -> None:
    story = Story().fire("A").look()
    before = story.queued.rank
    story.fire("B", severity="critical")
    assert (before, story.queued.rank) == (Rank.NORMAL, Rank.URGENT)


def test_registers_know_nothing_before_the_first_observation() -> None:
    assert not Registers().firing
    assert not a_group().firing
    assert a_group().closed


# Missing from a newer body of the sender's group.


def test_an_alert_missing_from_a_newer_full_body_is_looked_for_after_a_while() -> None:
    story = Story()
    story.fire("A", "B").notify_all()
    story.wait(minutes(1)).see(an_alert("A", starts=START))
    assert story.due == story.now + GRACE


@pytest.mark.parametrize("body", [{"truncated": True}, {"sender_group": ""}, {"sender_group": "other"}])
def test_a_body_that_need_not_hold_an_alert_makes_it_miss_nothing(body: dict[str, str | bool]) -> None:
    story = Story()
    story.fire("A", "B").notify_all()
    story.wait(minutes(1))
    seen = Observations(
        (an_alert("A", starts=START),), story.now, str(body.get("sender_group", "g")), bool(body.get("truncated"))
    )
    story.take(fold(story.state, seen, TIMING, SEVERITY, story.now))
    story.wait(minutes(6)).see(an_alert("A", starts=START), truncated=True)
    while story.due <= story.now + HOUR and story.phase is Idle:
        story.look()
    assert story.phase is Idle
    assert story.state.firing == 2


def test_an_alert_that_comes_back_in_time_is_not_missed() -> None:
    story = Story()
    story.fire("A", "B").notify_all()
    story.wait(minutes(1)).see(an_alert("A", starts=START))
    story.wait(minutes(2)).see(an_alert("A", starts=START), an_alert("B", starts=START))
    assert missing_due(story.state) == NEVER
    story.look()
    assert story.phase is Idle
    assert story.state.firing == 2


@pytest.mark.parametrize("beyond", [-1, 0])
def test_all_sender_groups_are_watched_up_to_their_bound(beyond: int) -> None:
    state = a_group()
    for number in range(MAX_SENDERS + beyond):
        seen = observed(an_alert("A"), when=at(number), sender_group=f"g{number}")
        state = fold(state, seen, TIMING, SEVERITY, LATER).after

    assert set(state.senders) == {f"g{number}" for number in range(MAX_SENDERS + beyond)}


@tries("sender groups that are watched in a group")
def test_of_very_many_sender_groups_those_heard_from_last_are_watched(beyond: int) -> None:
    state = a_group()
    for number in range(MAX_SENDERS + beyond):
        seen = observed(an_alert("A"), when=at(number), sender_group=f"g{number}")
        state = fold(state, seen, TIMING, SEVERITY, LATER).after

    assert set(state.senders) == {f"g{number}" for number in range(max(beyond, 0), MAX_SENDERS + beyond)}


def test_the_alerts_to_load_are_those_of_all_bodies_each_once() -> None:
    bodies = [
        Observations([an_alert("A"), an_alert("B")], START),
        Observations([an_alert("B"), an_alert("C")], START),
    ]
    assert alert_ids(bodies) == ("A", "B", "C")


def test_all_that_its_sender_says_of_an_alert_is_kept() -> None:
    alert = replace(
        an_alert("A", annotations={"summary": "s"}),
        generator_url="http://p",
        links={"silence": "http://s"},
        values={"B": 2.5},
    )
    seen = Observations([alert], START, "g", group_labels={"alertname": "A"})
    content = observe(AlertState(), alert, seen, may_keep=True).content

    assert content == AlertContent(
        labels=alert.labels,
        annotations={"summary": "s"},
        generator_url="http://p",
        seen=START,
        group_labels={"alertname": "A"},
        links={"silence": "http://s"},
        values={"B": 2.5},
    )


def test_it_is_pending_since_the_first_news_of_it_in_any_order() -> None:
    first, second = Observations([an_alert("A")], at(minutes(1))), Observations([an_alert("A")], at(minutes(2)))
    for bodies in ((first, second), (second, first)):
        state = AlertState()
        for seen in bodies:
            state = observe(state, seen.alerts[0], seen, may_keep=True)
        assert state.pending_since == at(minutes(1))
