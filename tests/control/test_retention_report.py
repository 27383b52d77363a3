"""What is older than promised is named, what nobody deletes is not, and an empty topic breaks no promise."""

import pytest

from router.control.retention_report import Kept, KindAge, silences_age, topic_ages
from router.core.model.instant import HOUR, NEVER, Instant, Span
from tests.adapters.builders import NOON

DAY = Span(24 * HOUR)


@pytest.mark.parametrize(
    ("hours", "is_least", "standing"),
    [
        (23, False, Kept.IN_TIME),
        (24, False, Kept.IN_TIME),
        (25, False, Kept.LONGER),
        (25, True, Kept.AT_LEAST),
    ],
)
def test_a_kind_stands_to_its_promise_by_the_oldest_of_it(hours: int, is_least: bool, standing: Kept) -> None:
    one = KindAge("Kafka:kafka.held_topic", "alerts.held", DAY, Instant(NOON - hours * HOUR), is_least)

    assert (one.standing(NOON), one.age(NOON)) == (standing, hours * HOUR)


def test_where_there_is_nothing_no_promise_is_broken() -> None:
    [one] = topic_ages({"alerts.held": ("kafka.held_topic", DAY)}, {})

    assert (one.oldest, one.age(NOON), one.standing(NOON)) == (NEVER, None, Kept.NOTHING)


def test_each_topic_has_the_promise_of_its_setting() -> None:
    topics = {"a": ("kafka.held_topic", DAY), "b": ("kafka.events_topic", Span(2 * DAY))}

    found = topic_ages(topics, {"b": NOON})

    assert [(one.kind, one.place, one.promised, one.oldest) for one in found] == [
        ("Kafka:kafka.held_topic", "a", DAY, NEVER),
        ("Kafka:kafka.events_topic", "b", 2 * DAY, NOON),
    ]


@pytest.mark.parametrize(
    ("hours", "standing"), [((1, 119), Kept.IN_TIME), ((1, 121), Kept.LONGER), ((), Kept.NOTHING)]
)
def test_silences_stand_by_the_one_that_ended_first(hours: tuple[int, ...], standing: Kept) -> None:
    assert silences_age(Instant(NOON - one * HOUR) for one in hours).standing(NOON) is standing
