"""Times, lengths of time and measured values as readers of one locale expect them.

All follow CLDR, but for the few words of it that nobody reads.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_timezone_name
from babel.numbers import format_decimal

from router.core.model.instant import HOUR, MINUTE, NEVER, SECOND, Instant, Span, to_datetime

_DAY: Final = Span(24 * HOUR)
_Unit = Literal["day", "hour", "minute", "second"]
_UNITS: Final[Mapping[_Unit, Span]] = {"day": _DAY, "hour": HOUR, "minute": MINUTE, "second": SECOND}
_LATEST: Final = Instant(253_370_000_000 * SECOND)
"""In the year 9998: what is later cannot be shown in every zone."""

_NUMBER: Final = re.compile(r"[-+]?\d{1,15}(\.\d{1,17})?(e[-+]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_DIGITS: Final = 6
"""Of a measured value, significant ones; more are noise of floating point."""
_SMALLEST, _LARGEST = 1e-6, 1e15
_O_CLOCK: Final = {"de": " Uhr"}
_Form = tuple[str, Literal["short", "medium"], str]
_FORMS: Final[Sequence[_Form]] = [("", "short", ""), ("", "medium", ""), ("", "short", "zone")]
_DATED_FORMS: Final[Sequence[_Form]] = [("MMMd", "short", ""), ("Md", "medium", ""), ("Md", "short", "zone")]
_MAX_AXIS_LABEL: Final = 20
"""Of a point on the axis of Slack's charts."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How times are written in one place: `moment` a single one, `span` two of the same day, with the date once.

    `name` tells it from others of one localizer.
    """

    name: str
    moment: Callable[[Instant], str]
    span: Callable[[Instant, Instant], str]


def shown(instant: Instant) -> Instant:
    """The nearest instant that every zone can show."""
    return Instant(min(max(instant, NEVER), _LATEST))


def moment(locale: Locale, time_zone: tzinfo, minute: Instant) -> str:
    """Date and time with the zone's name."""
    local = _local(time_zone, minute)
    return f"{_dated(locale, local, time_of_day(locale, local))} {_zone(locale, local)}"


def span(locale: Locale, time_zone: tzinfo, start: Instant, end: Instant) -> str:
    """The date, then the times of day from start to end, AM or PM once if it is the same, with the zone's name."""
    first, last = _local(time_zone, start), _local(time_zone, end)
    began, ended = time_of_day(locale, first), time_of_day(locale, last)
    clock, blank, half = began.partition("\N{NARROW NO-BREAK SPACE}")
    began = clock if blank and ended.endswith(f"{blank}{half}") else began
    times = f"{began}\N{EN DASH}{ended}{_O_CLOCK.get(locale.language, '')}"
    return f"{_dated(locale, first, times)} {_zone(locale, last)}"


def clock_time(locale: Locale, time_zone: tzinfo, minute: Instant) -> str:
    """The time of day with the zone's name."""
    local = _local(time_zone, minute)
    return f"{time_of_day(locale, local)} {_zone(locale, local)}"


def same_day(time_zone: tzinfo, start: Instant, end: Instant) -> bool:
    """Whether both are on one day in this zone."""
    return _local(time_zone, start).date() == _local(time_zone, end).date()


def time_of_day(locale: Locale, local: datetime) -> str:
    """Hours and minutes."""
    return format_time(local.time(), "short", locale=locale)


def value(locale: Locale, text: str) -> str:
    """A measured value with the separators of the language where it is a number, else as it is."""
    if not _NUMBER.fullmatch(text.strip()):
        return text
    number = Decimal(text.strip())
    precise = number if number == number.to_integral_value() else Decimal(f"{number:.{_DIGITS}g}")
    return format_decimal(precise, locale=locale, decimal_quantization=False) if abs(precise) < 10**15 else text


def measured(locale: Locale, number: float) -> str:
    """A measured number with the separators of the language; what is very large or very small by its power of ten."""
    size = abs(number)
    return value(locale, repr(number + 0)) if size == 0 or _SMALLEST <= size < _LARGEST else f"{number:.3g}"


def axis_labels(locale: Locale, time_zone: tzinfo, instants: Sequence[Instant]) -> list[str]:
    """A short label for each of some times, all of them different; nothing where there are none such.

    It is the time of day, with the day and the seconds if need be, and with the zone where the clock was put back.
    """
    local = [_local(time_zone, instant) for instant in instants]
    one_day = len({one.date() for one in local}) == 1
    for form in _FORMS if one_day else _DATED_FORMS:
        labels = [_axis_label(locale, one, form) for one in local]
        if len(set(labels)) == len(labels) and all(len(label) <= _MAX_AXIS_LABEL for label in labels):
            return labels
    return []


def _axis_label(locale: Locale, local: datetime, form: _Form) -> str:
    day, clock, zone = form
    date = format_skeleton(day, local, locale=locale) if day else ""
    parts = (date, _clock(locale, _exact(local.time(), clock), clock), _zone(locale, local) if zone else "")
    return " ".join(part for part in parts if part)


def _exact(at: time, form: Literal["short", "medium"]) -> time:
    """What is written of a time in this form: many times are then the same, and known."""
    return at.replace(second=0, microsecond=0) if form == "short" else at.replace(microsecond=0)


@lru_cache(maxsize=4096)
def _clock(locale: Locale, at: time, form: Literal["short", "medium"]) -> str:
    return format_time(at, form, locale=locale)


def zone_name(locale: Locale, time_zone: tzinfo, instant: Instant) -> str:
    """The short name of the zone at a time."""
    return _zone(locale, _local(time_zone, instant))


@lru_cache(maxsize=4096)
def duration(locale: Locale, seconds: int) -> str:
    """A length of time in its two largest units; empty for nothing."""
    left, amounts = seconds * SECOND, list[tuple[_Unit, int]]()
    for unit, length in _UNITS.items():
        amounts.append((unit, left // length))
        left %= length
    first = next((place for place, (_, amount) in enumerate(amounts) if amount), len(amounts))
    return " ".join(_amount(locale, unit, amount) for unit, amount in amounts[first : first + 2] if amount)


def _amount(locale: Locale, unit: _Unit, amount: int) -> str:
    if unit == "day" and locale.language == "it":
        return f"{amount}\N{NO-BREAK SPACE}g"
    # CLDR's short German day is "Tg.", which nobody writes.
    length: Literal["long", "short"] = "long" if unit == "day" and locale.language == "de" else "short"
    # format_unit has no Spanish "1 h" ("1 horas"), and unit lists lack German and Spanish pairs in Babel 2.18.
    seconds = timedelta(seconds=amount * _UNITS[unit] // SECOND)
    return format_timedelta(seconds, granularity=unit, threshold=10**12, format=length, locale=locale)


def _local(time_zone: tzinfo, instant: Instant) -> datetime:
    return to_datetime(shown(instant)).astimezone(time_zone)


def _dated(locale: Locale, local: datetime, times: str) -> str:
    date = format_date(local, "medium", locale=locale)
    return str(locale.datetime_formats["medium"]).replace("{0}", times).replace("{1}", date).replace("'", "")


def _zone(locale: Locale, local: datetime) -> str:
    name = local.tzname() or ""
    if locale.language == "de":
        german = get_timezone_name(local, "short", locale=locale)
        name = german if german.isalpha() else name
    return f"UTC{name[:3]}{':' if name[3:] else ''}{name[3:]}" if name[:1] in {"+", "-"} else name
