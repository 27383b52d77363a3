"""A synthetic month with known answers; nothing is assumed of what is not known."""

from dataclasses import replace
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.model.event import Numbered
from router.core.model.instant import HOUR, MINUTE, SECOND, Instant, Span, parse_rfc3339, to_rfc3339
from router.core.model.key import GroupId
from router.core.model.rules.names import ReceiverName
from router.core.slo.gaps import Lack
from router.core.slo.noted import Cause, Counts, Measured, Noted
from router.core.slo.objective import DELIVERY
from router.core.slo.report import DAY, NAMED, WORST, Day, Report, report

BEGIN: Final = parse_rfc3339("2026-11-01T00:00:00Z")
END: Final = parse_rfc3339("2026-12-01T00:00:00Z")


def measured(
    due: Instant, own_s: float = 1, imposed_s: float = 0, call_s: float = 0.2, attempts: int = 1
) -> Measured:
    """One that took so long, budgets aside, of which the call itself took a part."""
    delivered = Instant(due + round((own_s + imposed_s) * SECOND))
    decided = Instant(delivered - round(call_s * SECOND))
    place = (GroupId("g"), ReceiverName("team"), "first", "d1")
    return Measured(*place, due, decided, delivered, Span(round(imposed_s * SECOND)), attempts)


def numbered(shown: list[Measured], first: int = 1) -> list[Noted]:
    return [
        Noted(one.delivered_at, Counts.MEASURED, Numbered(BEGIN, number), one)
        for number, one in enumerate(shown, first)
    ]


def reported(noted: list[Noted], last: int | None = None) -> Report:
    return report(DELIVERY, noted, Numbered(BEGIN, len(noted) if last is None else last), BEGIN, END)


def a_month() -> list[Measured]:
    """Each hour of November one notification in time; on the 12th at 10:03 four that are late, on the 20th one."""
    hourly = [measured(Instant(at)) for at in range(BEGIN, END, HOUR)]
    bad = parse_rfc3339("2026-11-12T10:03:00Z")
    four = [measured(Instant(bad + number * 10 * SECOND), own_s=6 + number) for number in range(4)]
    return sorted(
        [*hourly, *four, measured(parse_rfc3339("2026-11-20T07:00:30Z"), 9)], key=lambda one: one.delivered_at
    )


def test_a_month_of_which_all_is_known() -> None:
    found = reported(numbered(a_month()))

    assert (found.notifications, found.late, found.is_complete) == (725, 5, True)
    assert found.attained == Fraction(720, 725)
    assert found.budget_left == 1 - Fraction(5) / Fraction(725, 200)
    assert [to_rfc3339(day.at)[:10] for day in found.days] == [f"2026-11-{day:02}" for day in range(1, 31)]
    assert {day.notifications for day in found.days} == {24, 25, 28}
    assert [(to_rfc3339(day.at)[8:10], day.late) for day in found.days if day.late] == [("12", 4), ("20", 1)]
    assert [(to_rfc3339(one.at)[8:16], one.late) for one in found.worst] == [("12T10:03", 4), ("20T07:00", 1)]
    assert [one.own for one in found.worst[0].longest] == [9 * SECOND, 8 * SECOND, 7 * SECOND, 6 * SECOND]


def test_an_event_that_comes_twice_counts_once() -> None:
    month = numbered(a_month())

    assert reported(month + month[::-1], last=len(month)) == reported(month)


def test_a_day_of_which_events_are_missing_is_named_and_not_filled_up() -> None:
    month = numbered(a_month())
    fifth = parse_rfc3339("2026-11-05T00:00:00Z")
    known = [one for one in month if not fifth <= one.at < fifth + DAY]

    found = reported(known, last=len(month))

    assert [(day.at, day.lacks) for day in found.days if not day.is_complete] == [
        (fifth - DAY, [Lack.EVENTS_MISSING]),
        (fifth, [Lack.EVENTS_MISSING]),
        (fifth + DAY, [Lack.EVENTS_MISSING]),
    ]
    assert found.notifications == len(known)
    assert not found.is_complete


def test_what_is_not_measured_makes_its_day_incomplete_and_what_a_digest_shows_does_not() -> None:
    noon = Instant(BEGIN + 12 * HOUR)
    events = [
        Noted(noon, Counts.UNMEASURED, Numbered(BEGIN, 1)),
        Noted(Instant(noon + DAY), Counts.IN_DIGEST, Numbered(BEGIN, 2)),
        Noted(Instant(noon + DAY), Counts.OTHER, Numbered(BEGIN, 3)),
    ]

    first, second, *_ = reported(events).days

    assert first == Day(BEGIN, 0, 0, 0, 1, [])
    assert second == Day(Instant(BEGIN + DAY), 0, 0, 1, 0, [])
    assert (first.is_complete, second.is_complete) == (False, True)


def test_where_nothing_was_due_nothing_is_attained_and_nothing_missed() -> None:
    found = reported([], last=0)

    assert (found.attained, found.budget_left, found.worst) == (None, None, [])


def test_the_budget_is_used_up_and_then_overdrawn() -> None:
    month = [measured(Instant(BEGIN + number * MINUTE)) for number in range(1000)]
    late = [measured(Instant(BEGIN + number * HOUR), own_s=60) for number in range(10)]

    assert reported(numbered(month[:995] + late[:5])).budget_left == 0
    assert reported(numbered(month[:990] + late[:10])).budget_left == -1


def test_it_is_late_above_the_bound_alone_and_what_budgets_imposed_is_not_in_it() -> None:
    due = Instant(BEGIN + HOUR)

    found = reported(numbered([measured(due, 5), measured(due, 5.001), measured(due, 5, imposed_s=600)]))

    assert (found.notifications, found.late) == (3, 1)


def test_it_counts_for_when_it_was_due_however_late_it_came() -> None:
    just_before_midnight = Instant(BEGIN + DAY - SECOND)

    first, second, *_ = reported(numbered([measured(just_before_midnight, own_s=3600)])).days

    assert (first.late, second.late) == (1, 0)


def test_a_report_has_so_many_minutes_and_of_each_so_many_notifications() -> None:
    late = [
        measured(Instant(BEGIN + minute * MINUTE + number), own_s=10)
        for minute in range(WORST + 1)
        for number in range(NAMED + 1)
    ]

    found = reported(numbered(late))

    assert [len(one.longest) for one in found.worst] == [NAMED] * WORST
    assert {one.late for one in found.worst} == {NAMED + 1}
    assert [one.at for one in found.worst] == [BEGIN + minute * MINUTE for minute in range(WORST)]


@pytest.mark.parametrize(
    ("shown", "cause"),
    [
        (measured(BEGIN, own_s=9, call_s=0.2), Cause.WORKER),
        (measured(BEGIN, own_s=9, call_s=8), Cause.SLACK),
        (measured(BEGIN, own_s=9, call_s=8, attempts=2), Cause.FAILED_CALLS),
        (measured(BEGIN, own_s=9, imposed_s=60, call_s=0.2), Cause.WORKER),
    ],
)
def test_the_cause_is_what_took_most_of_it(shown: Measured, cause: Cause) -> None:
    assert shown.cause is cause


NOTED: Final = st.lists(
    st.tuples(st.integers(0, 30 * 24 * 60 - 1), st.integers(0, 20), st.integers(0, 20)), max_size=40
)


@given(NOTED, st.randoms(use_true_random=False))
def test_the_order_of_events_changes_nothing_and_days_add_up(
    drawn: list[tuple[int, int, int]], chance: object
) -> None:
    shown = [measured(Instant(BEGIN + at * MINUTE), own, imposed) for at, own, imposed in drawn]
    events = numbered(sorted(shown, key=lambda one: one.delivered_at))
    mixed = list(events)
    chance.shuffle(mixed)  # type: ignore[attr-defined]

    found = reported(events)

    assert replace(reported(mixed), worst=[]) == replace(found, worst=[])
    assert found.notifications == len(shown)
    assert found.late == sum(own > 5 for _, own, _ in drawn)
    assert sum(one.late for one in found.worst) <= found.late
