"""Whole lives of digests: whatever comes and whatever fails, the counts are those of the groups, nothing is lost."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from router.core.decide.policy import CallTimes
from router.core.model.instant import MINUTE, SECOND, Span
from router.core.model.operation import Op
from router.core.model.rules.receiver import OnChange
from router.core.slack.answer import Accepted, Ambiguous, ChannelDead, Gone, HoldScope, Limited, Refused, Uneditable
from tests.core.builders import a_policy, a_receiver
from tests.core.digest.storm import Storm
from tests.examples import examples

MANY = range(40)
Deed = Callable[[Storm], object]

some = st.lists(st.integers(0, 30), min_size=1, max_size=30, unique=True)
answers = st.sampled_from([
    Limited(Span(5 * SECOND), HoldScope.CHANNEL),
    Ambiguous("timeout"),
    Gone("message_not_found"),
    Uneditable("edit_window_closed"),
    Refused("invalid_blocks"),
    ChannelDead("is_archived"),
])  # fmt: skip


def criticals(numbers: list[int]) -> list[int]:
    """Other groups: an alert with another severity is another alert."""
    return [100 + number for number in numbers]


deeds = st.one_of(
    some.map(lambda numbers: lambda storm: storm.fire(*numbers)),
    some.map(lambda numbers: lambda storm: storm.fire(*criticals(numbers), severity="critical")),
    some.map(lambda numbers: lambda storm: storm.end(*numbers)),
    some.map(lambda numbers: lambda storm: storm.end(*criticals(numbers), severity="critical")),
    st.integers(1, 700).map(lambda seconds: lambda storm: storm.wait(seconds)),
    st.just(lambda storm: storm.look()),
    st.just(lambda storm: storm.advance()),
    st.just(lambda storm: storm.post_one()),
    st.just(lambda storm: storm.call()),
    st.just(lambda storm: storm.look().advance().call().wait(6)),
    st.just(lambda storm: storm.call(dies="before it settles")),
    st.just(lambda storm: storm.call(dies="before its groups do")),
    st.just(lambda storm: storm.lapse()),
    answers.map(lambda answer: lambda storm: storm.call(answer)),
    st.just(lambda storm: storm.lose()),
    st.just(lambda storm: storm.silence()),
    st.just(lambda storm: storm.inhibit()),
    st.just(lambda storm: storm.quieten()),
    st.just(lambda storm: storm.release()),
)


@examples(150)
@given(st.lists(deeds, max_size=40))
def test_in_the_end_it_counts_what_is_true_and_every_change_has_an_outcome(script: list[Deed]) -> None:
    times = CallTimes(park_retry=MINUTE, channel_retry=MINUTE)
    storm = Storm(policy=replace(a_policy(), times=times))
    for deed in script:
        deed(storm)

    storm.release().calm_down()

    assert storm.books.pending == 0
    assert all(not one.pending for one in storm.groups.values())
    if storm.digest.posted is not None:
        assert storm.shown() == storm.truth()
    for one in storm.groups.values():
        assert one.message is not None or not one.firing
        assert one.shown_by is None or not one.firing or storm.shares[storm.counts.life, one.key.group_id]
    assert storm.digest.firing == sum(count for (_, _, state), count in storm.truth().items() if state == "firing")


def in_a_storm(**changes: object) -> Storm:
    """Forty groups at once, and the first call of their digest."""
    storm = Storm(policy=replace(a_policy(a_receiver()), **changes))  # type: ignore[arg-type]
    return storm.fire(*MANY).look().advance().call()


def test_it_begins_with_one_more_than_its_threshold() -> None:
    few, many = Storm().fire(*range(10)).look(), Storm().fire(*range(11)).look()

    assert few.counts.lane is None
    assert many.counts.lane is not None


def test_its_first_call_shows_all_that_have_come_by_then() -> None:
    storm = Storm().fire(*range(20)).look().fire(*range(20, 40)).look().call()

    assert sum(storm.shown().values()) == 40
    assert (storm.books.notified, storm.books.pending, storm.calls) == (40, 0, 1)


def test_it_is_edited_at_its_pace_and_no_sooner() -> None:
    storm = in_a_storm().fire(41).look().advance().call()
    assert storm.calls == 1

    storm.wait(4.9).advance().call()
    assert storm.calls == 1

    storm.wait(0.2).advance().call()
    assert storm.calls == 2
    assert sum(storm.shown().values()) == 41


def test_it_takes_no_more_once_few_have_come_for_a_while_and_shows_that() -> None:
    many_came = in_a_storm().wait(10).look().counts.lane
    few_came = in_a_storm().wait(10).look().wait(10).look().advance().call()

    assert many_came is not None
    assert (few_came.counts.lane, few_came.calls) == (None, 2)


def test_ends_are_shown_by_an_edit_and_all_over_is_announced_once() -> None:
    storm = in_a_storm().end(*range(20)).calm_down()
    assert storm.shown() == storm.truth()
    assert storm.announced == []

    storm.end(*MANY).calm_down()

    assert {state for _, _, state in storm.shown()} == {"resolved"}
    assert storm.announced == ["over"]
    assert storm.digest.closed


def test_a_new_storm_after_all_was_over_goes_on_in_the_message_and_is_announced() -> None:
    storm = in_a_storm().end(*MANY).calm_down()
    storm.fire(*range(100, 120)).look().advance().call().calm_down()

    assert storm.announced == ["over", "again"]
    assert len(storm.posted) == 1
    assert storm.counts.groups == 60


def test_long_after_all_was_over_a_new_storm_has_a_message_of_its_own_and_counts_from_nothing() -> None:
    storm = in_a_storm().end(*MANY).calm_down().wait(700)
    storm.fire(*range(100, 120)).look().advance().call()

    assert len(storm.posted) == 2
    assert storm.counts.groups == 20
    assert sum(storm.shown().values()) == 20


def test_who_wants_edits_alone_gets_no_announcements() -> None:
    storm = Storm(policy=a_policy(a_receiver(on_change=OnChange.EDIT)))
    storm.fire(*MANY).look().advance().call().end(*MANY).calm_down()
    storm.fire(*range(100, 120)).look().advance().call().calm_down()

    assert storm.announced == []


def test_who_wants_no_ends_is_not_notified_that_all_is_over() -> None:
    storm = Storm(policy=a_policy(a_receiver(send_resolved=False)))
    storm.fire(*MANY).look().advance().call().end(*MANY).calm_down()

    assert {state for _, _, state in storm.shown()} == {"resolved"}
    assert storm.announced == []


def test_what_fires_again_when_it_takes_no_more_leaves_it_for_a_message_of_its_own() -> None:
    storm = in_a_storm().calm_down()
    storm.end(3).calm_down().fire(3).calm_down()

    [alone] = [one for one in storm.groups.values() if one.posted is not None]
    assert alone.firing == 1
    assert storm.counts.groups == 39
    assert storm.shown() == storm.truth()


def test_what_it_counted_for_a_call_that_was_not_made_stays_in_it() -> None:
    storm = Storm().fire(*MANY).look().call(Limited(Span(30 * SECOND), HoldScope.CHANNEL))
    storm.wait(10).look().wait(20).look().advance().call()

    assert storm.counts.lane is None
    assert sum(storm.shown().values()) == 40
    assert [one for one in storm.groups.values() if one.shown_by is None] == []


def test_where_it_is_not_edited_any_more_who_wants_no_ends_is_not_notified_of_them_either() -> None:
    storm = Storm(policy=a_policy(a_receiver(send_resolved=False)))
    storm.fire(*MANY).look().advance().call()
    storm.end(1).wait(6).advance().call(Uneditable("edit_window_closed")).calm_down()
    storm.end(*MANY).calm_down()

    assert storm.ops == [Op.POST, Op.REPLY_FOR_EDIT, Op.THREAD_FOR_EDIT]


def test_what_changes_while_it_is_called_is_shown_by_the_next_call() -> None:
    storm = Storm().fire(*MANY).look()
    storm.call(dies="before its groups do")
    assert (storm.books.pending, sum(storm.shown().values())) == (40, 40)

    storm.end(5).wait(6).advance().call()

    assert storm.books.pending == 0
    assert storm.shown() == storm.truth()


def test_members_have_no_repeats() -> None:
    storm = in_a_storm().calm_down()
    calls = storm.calls
    for _ in range(30):
        storm.wait(3_600).fire(*MANY)
        storm.advance().call()

    assert storm.calls == calls


def test_an_accepted_answer_is_what_it_goes_on_from() -> None:
    storm = Storm().fire(*MANY).look().call(Accepted("C9", "9.0"))

    assert storm.digest.posted is not None
    assert (storm.digest.posted.channel, storm.digest.posted.ts) == ("C9", "9.0")


def test_what_was_lost_goes_on_in_its_message_with_what_is_true() -> None:
    storm = in_a_storm().calm_down().end(*range(10)).calm_down()
    shown = storm.shown()
    storm.end(*range(10, 15)).lose()

    storm.calm_down()

    assert len(storm.posted) == 1
    assert storm.shown() == storm.truth() != shown
    assert storm.counts.groups == 40
    assert storm.announced == []
