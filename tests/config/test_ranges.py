"""The fields of a time interval are read as Alertmanager reads them; what is refused stands in `mistakes.txt`."""

from collections.abc import Callable

import pytest

from router.config.ranges import days_of_month_of, minute_of, months_of, weekdays_of, years_of
from router.core.model.rules.interval import Range


@pytest.mark.parametrize(
    ("read", "text", "meaning"),
    [
        (minute_of, "00:00", 0),
        (minute_of, "09:30", 570),
        (minute_of, "23:59", 1439),
        (minute_of, "24:00", 1440),
        (weekdays_of, "Sunday", {0}),
        (weekdays_of, "monday:FRIDAY", {1, 2, 3, 4, 5}),
        (weekdays_of, "friday:monday", {5, 6, 0, 1}),
        (weekdays_of, "saturday:sunday", {6, 0}),
        (months_of, "3", {3}),
        (months_of, "June:august", {6, 7, 8}),
        (months_of, "11:december", {11, 12}),
        (days_of_month_of, "15", Range(15, 15)),
        (days_of_month_of, "1:31", Range(1, 31)),
        (days_of_month_of, "-3:-1", Range(-3, -1)),
        (days_of_month_of, "3:-25", Range(3, -25)),
        (years_of, "2026", Range(2026, 2026)),
        (years_of, "2026:2028", Range(2026, 2028)),
    ],
)
def test_what_alertmanager_takes_is_read(read: Callable[[str], object], text: str, meaning: object) -> None:
    assert read(text) == meaning


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (minute_of, "9:00"),
        (minute_of, "24:01"),
        (minute_of, "09:60"),
        (minute_of, "09:00\n"),
        (minute_of, "\u0660\u0669:00"),
        (weekdays_of, ""),
        (weekdays_of, "0"),
        (weekdays_of, "monday:"),
        (weekdays_of, "monday : friday"),
        (months_of, "0"),
        (months_of, "13"),
        (months_of, "2:1"),
        (months_of, "1.5"),
        (days_of_month_of, "0"),
        (days_of_month_of, "-32"),
        (days_of_month_of, "-1:1"),
        (days_of_month_of, "4:-25"),
        (days_of_month_of, "-1:-2"),
        (years_of, "2026:2025"),
        (years_of, "2 026"),
        (years_of, "1:2:3"),
    ],
)
def test_what_alertmanager_refuses_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|ends before|and so must end"):
        read(text)
