"""Times are whole microseconds, read as Alertmanager and Prometheus write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.model.instant import (
    HOUR,
    MILLISECOND,
    MINUTE,
    NEVER,
    SECOND,
    Instant,
    earliest,
    from_datetime,
    parse_duration,
    parse_rfc3339,
    to_datetime,
    to_rfc3339,
)

NOON = from_datetime(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("0", 0),
        ("0s", 0),
        ("1ms", MILLISECOND),
        ("30s", 30 * SECOND),
        ("5m", 5 * MINUTE),
        ("1h30m", 90 * MINUTE),
        ("4h", 4 * HOUR),
        ("1d", 24 * HOUR),
        ("2w", 14 * 24 * HOUR),
        ("1y", 365 * 24 * HOUR),
        ("1y2w3d4h5m6s7ms", (365 + 14 + 3) * 24 * HOUR + 4 * HOUR + 5 * MINUTE + 6 * SECOND + 7 * MILLISECOND),
        ("90s", 90 * SECOND),
    ],
)
def test_a_duration_is_read_as_prometheus_writes_it(text: str, span: int) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize(
    "text", ["", " ", "5", "00", "-5m", "1.5h", "5 m", "30s1m", "1h1h", "5M", "1us", "m", "5m ", "٣s", "5m\n"]
)
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="30s, 5m or 1h30m"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23T12:00:00Z", NOON),
        ("2026-11-23T12:00:00.5Z", NOON + 500_000),
        ("2026-11-23T12:00:00.123456Z", NOON + 123_456),
        ("2026-11-23T12:00:00.123456789Z", NOON + 123_456),
        ("2026-11-23T12:00:00.999999999Z", NOON + 999_999),
        ("2026-11-23T13:00:00+01:00", NOON),
        ("2026-11-23T06:30:00.000001-05:30", NOON + 1),
        ("0001-01-01T00:00:00Z", NEVER),
        ("0001-01-01T00:00:00+05:00", NEVER),
        ("0001-01-01T00:00:00-05:00", NEVER),
        ("1969-12-31T23:59:59Z", NEVER),
        ("1970-01-01T00:00:00+05:00", NEVER),
        ("1970-01-01T00:00:00.000001Z", 1),
    ],
)
def test_a_time_is_read_to_the_microsecond_and_the_year_1_is_never(text: str, instant: int) -> None:
    assert parse_rfc3339(text) == instant


def test_a_time_at_the_end_of_the_calendar_can_be_read() -> None:
    assert parse_rfc3339("9999-12-31T23:59:59-12:00") > NOON


@pytest.mark.parametrize(
    "text", ["", "now", "2026-11-23", "12:00:00Z", "2026-13-01T00:00:00Z", "2026-11-23T25:00:00Z", "1763899200"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_rfc3339(text)


def test_a_time_without_an_offset_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="2026-11-23T12:00:00Z"):
        parse_rfc3339("2026-11-23T12:00:00")


@given(
    st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001 - zone below
    st.integers(-12 * 60, 14 * 60),
)
def test_a_time_survives_writing_and_reading_in_any_zone(naive: datetime, offset: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=offset)))
    instant = from_datetime(moment)
    assert to_datetime(instant) == moment
    assert parse_rfc3339(moment.isoformat()) == instant
    assert parse_rfc3339(to_rfc3339(instant)) == instant


def test_a_time_is_written_in_utc_with_six_digits() -> None:
    assert to_rfc3339(NOON) == "2026-11-23T12:00:00.000000Z"


def test_the_earliest_overlooks_what_never_comes() -> None:
    assert earliest(NEVER, Instant(5), Instant(3), NEVER) == 3
    assert earliest(NEVER) == NEVER
    assert earliest() == NEVER
