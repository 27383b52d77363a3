"""At any time a recorded value is the newest by then, unless it is too old."""

from collections.abc import Mapping
from typing import Final

from router.core.context.recorded import RecordedLine
from router.core.model.instant import MINUTE, Instant

NOW: Final = Instant(1_795_435_200_000_000)


def series(values: Mapping[int, float]) -> RecordedLine:
    """Values by so many minutes before or after now."""
    return RecordedLine({}, tuple((Instant(NOW + at * MINUTE), value) for at, value in sorted(values.items())))


def at(line: RecordedLine, *minutes: int) -> tuple[float | None, ...]:
    return line.at([Instant(NOW + one * MINUTE) for one in minutes]).values


def test_a_value_is_known_for_five_minutes() -> None:
    assert at(series({0: 1.0, 1: 2.0, 30: 3.0}), -1, 0, 5, 6, 30) == (None, 1.0, 2.0, None, 3.0)


def test_what_was_recorded_further_apart_has_no_gaps() -> None:
    assert at(series({0: 1.0, 20: 2.0, 40: 3.0}), 0, 10, 30, 60) == (1.0, 1.0, 2.0, None)


def test_of_nothing_nothing_is_known() -> None:
    assert at(series({}), 0, 1) == (None, None)
