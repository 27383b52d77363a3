"""`alert-router slo`: what was attained, as people and as programs read it."""

import json
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

import pytest

from router.core.model.event import Numbered
from router.core.model.instant import HOUR, SECOND, Instant
from router.core.slo.noted import Counts, Noted
from router.core.slo.objective import DELIVERY
from router.core.slo.report import DAY, Report, report
from tests.adapters.builders import NOON
from tests.cli.running import refused, run
from tests.core.slo.test_report import measured

BEGAN = Instant(NOON - DAY)


class FakeControl:
    """A tenant with ten notifications, of which one came late, and one event that is missing."""

    def __init__(self) -> None:
        self.asked: list[tuple[Instant, Instant]] = []
        self.shown = [measured(Instant(NOON - HOUR + number * SECOND), own_s=1) for number in range(9)]
        self.shown.append(measured(Instant(NOON - 1800 * SECOND), own_s=7.5, imposed_s=2, attempts=2))

    async def now(self) -> Instant:
        return NOON

    async def report(self, tenant: str, since: Instant, until: Instant) -> Report:
        self.asked.append((since, until))
        events = [
            Noted(one.delivered_at, Counts.MEASURED, Numbered(BEGAN, number), one)
            for number, one in enumerate(self.shown, 1)
        ]
        return report(DELIVERY, events, Numbered(BEGAN, len(events)), since, until)


@pytest.fixture
def control() -> Iterator[FakeControl]:
    fake = FakeControl()

    @asynccontextmanager
    async def opened(_: Any) -> Any:
        yield fake

    with patch("router.cli.slo.open_slo", opened):
        yield fake


async def test_people_read_what_was_attained_what_is_left_and_when_it_was_worst(control: FakeControl) -> None:
    done = await run("slo", "--tenant", "acme", "--since", "6h")

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "tenant acme, from 2026-11-26 06:00:00 UTC to 2026-11-26 12:00:00 UTC",
        "objective: 99.50% of notifications within 5 s of being due, budgets aside",
        "attained: 90.000%, 1 late of 10",
        "budget: -1900.0% left; 0.1 may be late",
        "worst minutes:",
        "  2026-11-26 11:30:00 UTC: 1 late",
        "    7.5 s, calls failed before: first to team, group g, notification d1",
    ]
    assert control.asked == [(NOON - 6 * HOUR, NOON)]


async def test_days_of_which_something_is_not_known_are_named(control: FakeControl) -> None:
    control.shown.clear()

    done = await run("slo", "--tenant", "acme", "--since", "1d")

    assert done.out.splitlines()[2:] == [
        "attained: nothing was due",
        "incomplete: 2026-11-25: events are missing",
        "incomplete: 2026-11-26: events are missing",
    ]


async def test_programs_read_all_of_it(control: FakeControl) -> None:
    done = await run("slo", "--tenant", "acme", "--json")

    found = json.loads(done.out)
    assert control.asked == [(NOON - 30 * DAY, NOON)]
    assert (found["notifications"], found["late"], found["attained"], found["complete"]) == (10, 1, 0.9, False)
    assert found["objective"] == {"share": 0.995, "within_ms": 5000, "period_hours": 720}
    assert found["gaps"] == [
        {
            "since": "2026-10-27T12:00:00.000000Z",
            "until": "2026-11-25T12:00:00.000000Z",
            "lack": "not_counted",
            "events": None,
        }
    ]
    assert found["days"][-1] == {
        "day": "2026-11-26",
        "notifications": 10,
        "late": 1,
        "in_digests": 0,
        "unmeasured": 0,
        "complete": True,
        "lacks": [],
    }
    [minute] = found["worst_minutes"]
    [late] = minute["notifications"]
    assert (late["own_ms"], late["budget_ms"], late["attempts"], late["cause"]) == (7500, 2000, 2, "failed_calls")


async def test_a_time_that_is_none_is_refused(control: FakeControl) -> None:
    refused(await run("slo", "--tenant", "acme", "--since", "yesterday"), 2, "--since", "2026-11-26T05:00:00Z")
