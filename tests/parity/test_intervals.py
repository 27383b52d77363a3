"""A time interval is accepted or refused, and contains the moments, as in Alertmanager's newest release."""

import json
import random
from typing import Any, Final

import pytest
from pydantic import ValidationError

from router.config.compile.intervals import intervals_of
from router.config.document.intervals import TimeIntervalEntry
from router.core.model.instant import SECOND, Instant
from router.core.model.rules.interval import TimeInterval
from router.core.mute.intervals import contains
from tests.parity.alertmanager import ORACLE, ask

pytestmark = [
    pytest.mark.parity,
    pytest.mark.skipif(not ORACLE.exists(), reason="Go is not found"),
]

INTERVALS: Final = 3_000
MOMENTS: Final = 40
YEARS: Final = (1_577_836_800, 1_893_456_000)
"""2020 to 2030."""
ZONES: Final = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo",
                "Africa/Casablanca", "Pacific/Apia", "UTC", "Europe/Pari")  # fmt: skip
WEEKDAYS: Final = ("sunday", "Monday", "tuesday", "WEDNESDAY", "thursday", "friday", "saturday", "fri", "1", "")
MONTHS: Final = ("january", "March", "june", "AUGUST", "october", "december", "may", "dec", *map(str, range(14)))
TIMES: Final = ("00:00", "01:30", "02:00", "02:30", "03:00", "08:00", "12:00", "23:59", "24:00", "9:00", "24:01")


def interval(draw: random.Random) -> dict[str, Any]:
    """A part of an interval; now and then one that nobody accepts."""
    fields: dict[str, Any] = {
        "times": [{"start_time": draw.choice(TIMES[:-2]), "end_time": draw.choice(TIMES)} for _ in "ab"],
        "weekdays": [ranged(draw, draw.choice(WEEKDAYS[:7]), draw.choice(WEEKDAYS)) for _ in "ab"],
        "days_of_month": [ranged(draw, day(draw), day(draw)) for _ in "abc"],
        "months": [ranged(draw, draw.choice(MONTHS), draw.choice(MONTHS)) for _ in "ab"],
        "years": [ranged(draw, str(draw.randint(2019, 2028)), str(draw.randint(2023, 2031)))],
    }
    named = draw.sample(sorted(fields), draw.randint(1, 2))
    cut = {name: fields[name][: draw.randint(1, 3)] for name in named}
    return cut | ({"location": draw.choice(ZONES)} if draw.random() < 0.8 else {})


def ranged(draw: random.Random, first: str, last: str) -> str:
    return draw.choices([first, f"{first}:{last}", f"{first}:{last}:{last}"], [4, 6, 0.1])[0]


def day(draw: random.Random) -> str:
    return str(draw.choice([draw.randint(1, 31), draw.randint(-31, -1), draw.randint(-33, 33)]))


def ours(asked: dict[str, Any]) -> TimeInterval | None:
    """The interval as we compile it; None where it is refused."""
    try:
        entry = TimeIntervalEntry.model_validate_json(json.dumps({"name": "asked", "time_intervals": [asked]}))
    except ValidationError:
        return None
    return intervals_of([entry])["asked"]


def test_three_thousand_intervals_mean_the_same() -> None:
    draw = random.Random(35)
    asked = [interval(draw) for _ in range(INTERVALS)]
    moments = [[draw.randrange(*YEARS) for _ in range(MOMENTS)] for _ in asked]
    answers = ask({"interval": one, "moments": when} for one, when in zip(asked, moments, strict=True))
    differences, accepted, inside = [], 0, 0
    for one, when, answer in zip(asked, moments, answers, strict=True):
        mine, theirs = ours(one), answer.get("contained")
        found = None if mine is None else [contains(mine, Instant(moment * SECOND)) for moment in when]
        if found != theirs:
            differences.append((one, answer))
        accepted += theirs is not None
        inside += sum(theirs or ())
    assert differences == []
    assert INTERVALS // 5 < accepted < INTERVALS * 4 // 5
    assert accepted * MOMENTS // 20 < inside < accepted * MOMENTS // 2
