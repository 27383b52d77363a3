"""Which alerts are taken where a tenant has little room: the known and the ended always, new ones in order."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from router.core.fold.admit import Admission, Admitted, Refusal, Room, size_of
from router.core.fold.fold import fold
from router.core.fold.regroup import expect
from router.core.model.alert import AlertId
from router.core.model.group import AlertGroup
from router.core.model.instant import Instant
from router.core.model.key import GroupKey
from router.core.model.rules.limits import Caps
from router.core.model.rules.names import ReceiverName
from tests.core.builders import START, a_resolve, an_alert, at, minutes, observed
from tests.examples import examples

PLENTY = 1 << 30
KEY = GroupKey(ReceiverName("default"), ("{}",), (("alertname", "A"),))
PROMISE = examples(120)


def room(alerts: int = PLENTY, groups: int = PLENTY, stored_bytes: int = PLENTY) -> Room:
    return Room(alerts, groups, stored_bytes)


def a_group(*names: str) -> AlertGroup:
    """A group in which these fire."""
    empty = AlertGroup(KEY)
    if not names:
        return empty
    return replace(fold(empty, observed(*(an_alert(one) for one in names)), START).after, rev=1)


def admit(group: AlertGroup, names: str, left: Room) -> Admitted:
    return Admission(group, left).admit(observed(*(an_alert(one) for one in names)))


def taken(admitted: Admitted) -> list[str]:
    return [alert.alert_id for alert in admitted.seen.alerts]


def test_new_alerts_are_taken_in_order_while_there_is_room() -> None:
    admitted = admit(a_group("A"), "BCDE", room(alerts=2))

    assert taken(admitted) == ["B", "C"]
    assert admitted.refused == {AlertId(one): Refusal.OVER_ACTIVE_ALERTS for one in "DE"}
    assert (admitted.seen.refused, admitted.has_new) == (2, True)


def test_known_alerts_are_taken_whatever_there_is_room_for() -> None:
    admitted = admit(a_group("A", "B"), "AXB", room(alerts=0, groups=0, stored_bytes=-1))

    assert taken(admitted) == ["A", "B"]
    assert not admitted.has_new


def test_what_has_ended_is_taken_even_where_nobody_knows_it() -> None:
    ended = observed(a_resolve("X", ends=START))

    admitted = Admission(a_group(), room(alerts=0, groups=0, stored_bytes=0)).admit(ended)

    assert taken(admitted) == ["X"]
    assert admitted.seen.alerts[0].annotations == {}
    assert not admitted.has_new


def test_a_new_group_is_opened_once() -> None:
    left = room(groups=1)

    assert taken(admit(a_group(), "AB", left)) == ["A", "B"]
    assert left.groups == 0
    assert admit(a_group(), "C", left).refused == {AlertId("C"): Refusal.OVER_GROUPS}
    assert taken(admit(a_group("A"), "B", left)) == ["B"], "a group that is open takes no place"


def test_bytes_are_taken_by_each_alert_with_its_texts() -> None:
    alert = replace(an_alert("B"), annotations={"text": "x" * 10_000})
    assert size_of(alert) > 10_000

    exactly = room(stored_bytes=size_of(alert))
    assert taken(Admission(a_group("A"), exactly).admit(observed(alert))) == ["B"]
    less = room(stored_bytes=size_of(alert) - 1)
    assert Admission(a_group("A"), less).admit(observed(alert)).refused == {AlertId("B"): Refusal.OVER_BYTES}


def test_beyond_the_bytes_a_known_alert_keeps_the_texts_that_it_has() -> None:
    group = a_group("A")
    louder = replace(an_alert("A"), annotations={"text": "x" * 10_000})

    admitted = Admission(group, room(stored_bytes=0)).admit(observed(louder))
    after = fold(group, admitted.seen, START).after

    assert after.alerts[AlertId("A")].firing
    content = after.alerts[AlertId("A")].content
    assert content is not None
    assert "text" not in content.annotations


def test_of_one_alert_that_comes_twice_the_second_is_known() -> None:
    assert taken(admit(a_group("A"), "BB", room(alerts=1))) == ["B", "B"]


def test_the_card_counts_what_was_refused_of_the_newest_body_of_each_sender() -> None:
    group = a_group("A")
    first = replace(observed(an_alert("A")), refused=3)
    after = fold(group, replace(first, refused=3), START).after
    assert after.refused == 3

    later = replace(observed(an_alert("A"), when=at(minutes(1))), refused=1)
    assert fold(after, later, START).after.refused == 1
    assert fold(after, replace(later, refused=0), START).after.refused == 0


def test_parts_of_one_body_add_up_and_older_ones_count_for_nothing() -> None:
    part = replace(observed(an_alert("A"), when=at(minutes(1))), refused=3)
    after = fold(fold(a_group("A"), part, START).after, part, START).after
    assert after.refused == 6

    assert fold(after, replace(observed(an_alert("A")), refused=9), START).after.refused == 6


def test_alerts_without_a_sender_group_are_counted_as_well() -> None:
    alone = replace(observed(an_alert("A"), sender_group=""), refused=1)

    assert fold(a_group("A"), alone, START).after.refused == 1


def test_room_that_was_found_too_large_again_and_again_is_given_up() -> None:
    assert [Room(8, 8, 800).shrunk(times).alerts for times in range(6)] == [8, 4, 2, 1, 0, 0]
    assert Room.left(Caps(5, 6, 7), Caps(6, 6, 1)) == Room(-1, 0, 6)


@PROMISE
@given(st.lists(st.sampled_from("ABCDEFGH"), max_size=20), st.integers(-2, 9), st.integers(-2, 2))
def test_nothing_is_taken_beyond_the_room_and_nothing_is_lost(names: list[str], alerts: int, groups: int) -> None:
    left = room(alerts=alerts, groups=groups)
    group = a_group("A", "B")

    admitted = admit(group, "".join(names), left)

    assert {*taken(admitted), *admitted.refused} == set(names)
    assert not set(taken(admitted)) & set(admitted.refused)
    new = set(taken(admitted)) - {"A", "B"}
    assert len(new) <= max(0, alerts)
    assert left.alerts == alerts - len(new)


def test_an_end_that_nobody_knew_makes_nothing_known() -> None:
    """Else ends would open the way for whatever fires later."""
    ended = fold(AlertGroup(KEY), observed(a_resolve("X", ends=START)), START).after

    later = observed(an_alert("X", starts=at(minutes(1))), when=at(minutes(1)))
    admitted = Admission(ended, room(alerts=0)).admit(later)

    assert admitted.refused == {AlertId("X"): Refusal.OVER_ACTIVE_ALERTS}


def test_ends_that_nobody_knew_are_kept_without_texts_once_there_is_no_room_for_them() -> None:
    ends = observed(a_resolve("X", ends=START), a_resolve("Y", ends=START))

    [first, second] = Admission(a_group(), room(stored_bytes=size_of(ends.alerts[0]))).admit(ends).seen.alerts

    assert first.labels
    assert (second.alert_id, second.labels) == ("Y", {})


def test_what_a_body_brings_from_another_group_is_known_to_that_body_alone() -> None:
    expecting = expect(a_group(), {AlertId("A"): START}).after

    def admitted(when: Instant) -> list[str]:
        return taken(
            Admission(expecting, room(alerts=0, groups=0, stored_bytes=0)).admit(
                observed(an_alert("A"), an_alert("B"), when=when)
            )
        )

    assert admitted(START) == ["A"]
    assert admitted(at(1)) == admitted(at(-1)) == []


def test_the_count_of_a_sender_that_is_heard_of_no_more_lapses_with_the_next_body_of_another() -> None:
    group = fold(a_group(), replace(observed(an_alert("A")), sender_group="old", refused=2), START).after
    assert group.refused == 2

    over = observed(a_resolve("A", ends=at(minutes(1))), when=at(minutes(1)))
    assert fold(group, replace(over, sender_group="new"), at(minutes(1))).after.refused == 0
