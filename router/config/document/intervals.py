"""Time intervals as a tenant writes them down."""

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from router.config.document.appearance import Section
from router.config.pace import check_time
from router.config.ranges import days_of_month_of, minute_of, months_of, weekdays_of, years_of
from router.config.suggestion import quoted
from router.config.values import TimeZoneText, WordText, digits

MAX_ENTRIES: Final = 100
"""Entries of one list of an interval, such as its weekdays."""

MAX_NAMES: Final = 20
"""Time intervals of one list of a route."""

_TEXT_OR_NUMBER: Final = WithJsonSchema({"type": ["string", "integer"]})
_HERE: Final = "local"


def _readable_by(read: Callable[[str], object]) -> AfterValidator:
    """Take what can be read; it stays the text that was written."""

    def validated(text: str) -> str:
        read(text)
        return text

    return AfterValidator(validated)


def _entries(entries: tuple[object, ...]) -> tuple[object, ...]:
    check_time()
    if not entries:
        raise ValueError("an empty list is never fulfilled; name at least one, or remove the key, which means any")
    if len(entries) > MAX_ENTRIES:
        raise ValueError(f"has {len(entries)} entries; at most {MAX_ENTRIES} are allowed; use ranges")
    return entries


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > MAX_NAMES:
        raise ValueError(f"has {len(names)} entries; at most {MAX_NAMES} are allowed; put several into one interval")
    return names


def _somewhere(zone: object) -> object:
    """Refuse `Local`, which Alertmanager takes."""
    if isinstance(zone, str) and zone.lower() == _HERE:
        raise ValueError(f"{quoted(zone)} is wherever a worker runs; name the place, for example Europe/Paris")
    return zone


TimeText = Annotated[str, _readable_by(minute_of)]
WeekdaysText = Annotated[str, BeforeValidator(digits), _readable_by(weekdays_of)]
DaysOfMonthText = Annotated[str, BeforeValidator(digits), _readable_by(days_of_month_of), _TEXT_OR_NUMBER]
MonthsText = Annotated[str, BeforeValidator(digits), _readable_by(months_of), _TEXT_OR_NUMBER]
YearsText = Annotated[str, BeforeValidator(digits), _readable_by(years_of), _TEXT_OR_NUMBER]
LocationText = Annotated[TimeZoneText, BeforeValidator(_somewhere)]
IntervalNames = Annotated[tuple[WordText, ...], AfterValidator(_names)]
_Entries = AfterValidator(_entries)


class TimeRange(Section):
    """From one time of the day to another; it ends on the day on which it begins."""

    start_time: TimeText = Field(examples=["22:00"])
    """The first minute, as HH:MM."""
    end_time: TimeText = Field(examples=["24:00"])
    """The first minute that is not in it any more; 24:00 is the end of the day."""

    @model_validator(mode="after")
    def _in_order(self) -> "TimeRange":
        start, end = self.start_time, self.end_time
        if minute_of(start) >= minute_of(end):
            night = f"for a night write two ranges: {start} to 24:00, and 00:00 to {end}"
            remedy = night if minute_of(end) else "the end of the day is 24:00"
            raise ValueError(f"{start} is not before {end}; {remedy}")
        return self


class IntervalSpecEntry(Section):
    """Moments that fulfil every key that is given, each by any of its entries; without keys it is every moment."""

    times: Annotated[tuple[TimeRange, ...], _Entries] | None = Field(
        default=None, examples=[[{"start_time": "09:00", "end_time": "17:00"}]]
    )
    """Times of the day."""
    weekdays: Annotated[tuple[WeekdaysText, ...], _Entries] | None = Field(
        default=None, examples=[["monday:friday"], ["saturday", "sunday"]]
    )
    """Days of the week by their full names, or ranges of them, which may go over its end: friday:monday."""
    days_of_month: Annotated[tuple[DaysOfMonthText, ...], _Entries] | None = Field(
        default=None, examples=[["1:7", "-3:-1"]]
    )
    """Days of the month, or ranges of them; negative ones are counted from its end, -1 is the last."""
    months: Annotated[tuple[MonthsText, ...], _Entries] | None = Field(
        default=None, examples=[["june:august", "december"], ["1:3"]]
    )
    """Months by name or number, or ranges of them within a year."""
    years: Annotated[tuple[YearsText, ...], _Entries] | None = Field(default=None, examples=[["2026", "2028:2030"]])
    """Years, or ranges of them."""
    location: LocationText | None = Field(default=None, examples=["Europe/Paris"])
    """Whose calendar and clock all this is read from, by its IANA name. Default: UTC, not the tenant's time_zone."""


class TimeIntervalEntry(Section):
    """A named interval, for the routes that are muted or active in it."""

    name: WordText = Field(examples=["nights"])
    """What routes call it."""
    time_intervals: tuple[IntervalSpecEntry, ...] = ()
    """Its parts: a moment lies in the interval if it lies in any of them. Without any it never does."""
