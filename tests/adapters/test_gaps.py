"""A record that a broker hands out late is waited for; a place that stays empty is passed."""

from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

from aiokafka import TopicPartition

from router.adapters.kafka.gaps import Gaps
from tests.waiting import eventually

P0, P1 = TopicPartition("alerts.inbound", 0), TopicPartition("alerts.inbound", 1)
WAIT_S = 0.25


def batch(partition: TopicPartition, *offsets: int) -> tuple[Any, ...]:
    return tuple(
        SimpleNamespace(topic=partition.topic, partition=partition.partition, offset=offset) for offset in offsets
    )


def offsets(found: tuple[Any, ...]) -> list[tuple[int, int]]:
    return [(one.partition, one.offset) for one in found]


def gaps() -> Gaps:
    """Of two partitions the first three records were handed out."""
    found = Gaps(WAIT_S)
    assert found.split((*batch(P0, 5, 6, 7), *batch(P1, 0, 1, 2)), 0.0)[1] == {}
    return found


def test_what_follows_is_handed_on_and_what_is_behind_a_gap_is_fetched_again() -> None:
    kept, again = gaps().split((*batch(P0, 8, 10, 11), *batch(P1, 3)), 1.0)

    assert (offsets(kept), again) == ([(0, 8), (1, 3)], {P0: 9})


def test_what_comes_late_is_handed_on_in_its_place() -> None:
    one = gaps()
    one.split(batch(P0, 9), 1.0)

    kept, again = one.split(batch(P0, 8, 9), 1.1)

    assert (offsets(kept), again) == ([(0, 8), (0, 9)], {})


def test_a_place_that_stays_empty_is_passed_after_a_while() -> None:
    one = gaps()

    assert one.split(batch(P0, 20), 1.0)[1] == {P0: 8}
    assert one.split(batch(P0, 20), 1.0 + WAIT_S / 2)[1] == {P0: 8}
    kept, again = one.split(batch(P0, 20, 21, 30), 1.0 + WAIT_S)

    assert (offsets(kept), again) == ([(0, 20), (0, 21)], {P0: 22}), "each gap is waited for by itself"


def test_what_is_read_again_from_further_back_is_no_gap() -> None:
    one = gaps()

    assert one.split(batch(P0, 2, 3), 1.0)[1] == {}
    assert one.split(batch(P0, 5), 1.0)[1] == {P0: 4}


def test_of_partitions_that_were_given_to_us_the_first_record_is_no_gap() -> None:
    one = gaps()
    one.forget()

    assert one.split(batch(P0, 90), 1.0) == (batch(P0, 90), {})


async def test_partitions_that_are_not_ours_any_more_are_left_alone_and_others_are_looked_at_again() -> None:
    consumer = Mock(assignment=lambda: {P1})

    kept = gaps().without_late(cast("Any", consumer), (*batch(P0, 9), *batch(P1, 4)), 1.0)

    assert kept == ()
    assert (consumer.seek.call_args_list, consumer.pause.call_args_list) == ([((P1, 3),)], [((P1,),)])
    await eventually(lambda: consumer.resume.call_args_list == [((P1,),)])


def test_where_nothing_is_waited_for_all_is_taken_as_it_comes() -> None:
    one, all_of_it = Gaps(0), batch(P0, 1, 9, 30)

    assert one.without_late(Mock(), all_of_it, 0.0) is all_of_it
