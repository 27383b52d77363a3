"""Read what the fields of a time interval hold: times of day, and ranges such as `monday:friday` or `-3:-1`.

Takes and refuses what Alertmanager 0.35 does (timeinterval/timeinterval.go); every function raises ValueError with a
sentence that becomes a diagnostic's message.
"""

import re
from collections.abc import Callable
from typing import Final

from router.config.suggestion import guess, quoted
from router.core.model.rules.interval import Range

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}")
_WEEKDAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORTEST_MONTH: Final = 28
_LAST_DAY: Final = 31


def minute_of(text: str) -> int:
    """The minute of the day of a time such as `09:30`; 1440 for `24:00`.

    Raises:
        ValueError: it is not such a time.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{quoted(text)} is not a time of day; use HH:MM with two digits each, such as 09:00, up to 24:00"
        )
    hours, minutes = (int(one) for one in match.groups() if one is not None)
    return 60 * hours + minutes


def weekdays_of(text: str) -> frozenset[int]:
    """The days of `saturday`, `monday:friday` or `friday:monday`, which goes over the end of the week; Sunday is 0.

    Raises:
        ValueError: a name is not one of a weekday.
    """
    first, last = _range(text, _weekday, "monday:friday")
    return frozenset(range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)])


def months_of(text: str) -> frozenset[int]:
    """The months of `december`, `3` or `june:august`.

    Raises:
        ValueError: there is no such month, or the range ends before it begins.
    """
    first, last = _range(text, _month, "june:august")
    if first > last:
        two = f"{_MONTHS[first - 1]}:december and january:{_MONTHS[last - 1]}"
        raise ValueError(f"{quoted(text)} ends before it begins; over the end of a year write two: {two}")
    return frozenset(range(first, last + 1))


def days_of_month_of(text: str) -> Range:
    """The days of `15`, `1:7` or `-3:-1`, counted from the end of the month where they are negative.

    Raises:
        ValueError: there is no such day, or no month in which the range ends after it begins.
    """
    first, last = _range(text, _day_of_month, "1:7 or -3:-1")
    if first < 0 < last:
        raise ValueError(
            f"{quoted(text)} begins as counted from the end of the month, and so must end: use for example {first}:-1"
        )
    if _at_the_earliest(first) > _at_the_earliest(last):
        raise ValueError(f"{quoted(text)} ends before it begins; in a month of 28 days there is no such day")
    return Range(first, last)


def years_of(text: str) -> Range:
    """The years of `2026` or `2026:2028`.

    Raises:
        ValueError: it is not a year, or the range ends before it begins.
    """
    first, last = _range(text, _year, "2026:2028")
    if first > last:
        raise ValueError(f"{quoted(text)} ends before it begins; write the earlier year first")
    return Range(first, last)


def _range(text: str, member: Callable[[str], int], example: str) -> tuple[int, int]:
    first, *others = text.lower().split(":")
    if len(others) > 1:
        raise ValueError(f"{quoted(text)} is not a range; use one, or two with : between them, such as {example}")
    return member(first), member(others[0] if others else first)


def _weekday(name: str) -> int:
    if name not in _WEEKDAYS:
        raise ValueError(f"{quoted(name)} is not a weekday{guess(name, _WEEKDAYS) or '; use names, such as monday'}")
    return _WEEKDAYS.index(name)


def _month(name: str) -> int:
    number = _MONTHS.index(name) + 1 if name in _MONTHS else int(name) if _NUMBER.fullmatch(name) else 0
    if not 1 <= number <= len(_MONTHS):
        raise ValueError(f"{quoted(name)} is not a month{guess(name, _MONTHS) or '; use a name, or 1 to 12'}")
    return number


def _day_of_month(text: str) -> int:
    number = int(text) if _NUMBER.fullmatch(text) else 0
    if not 1 <= abs(number) <= _LAST_DAY:
        raise ValueError(f"{quoted(text)} is not a day of the month; use 1 to 31, or -1 to -31 from its end")
    return number


def _year(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f"{quoted(text)} is not a year; use for example 2026")
    return int(text)


def _at_the_earliest(day: int) -> int:
    """As Alertmanager compares them: from the end of the shortest month."""
    return day if day > 0 else _SHORTEST_MONTH + day
