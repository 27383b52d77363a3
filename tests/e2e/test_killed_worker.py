"""A worker killed with SIGKILL at any step between a record and its settled call, then started again.

Nothing is lost, what was made is found in Slack and not made twice, and the books are exact. All points run beside
the other tests.
"""

import json
import signal

import pytest

from tests.e2e.killing import NEVER_MADE, POINTS, Outcome

pytestmark = pytest.mark.timeout(240)  # the first test waits for all points


@pytest.mark.parametrize("point", POINTS)
async def test_nothing_is_lost_when_a_worker_is_killed(point: str, outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes[point]

    assert outcome.killed_with == -signal.SIGKILL
    assert outcome.ended_with == 0
    assert "node-1" in json.dumps(outcome.messages[-1].as_json())
    assert "node-2" in json.dumps(outcome.messages[-1].as_json())


@pytest.mark.parametrize("point", POINTS)
async def test_the_call_in_flight_is_found_and_not_repeated(point: str, outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes[point]

    [message] = outcome.messages
    if point.endswith("reply"):
        assert len(message.replies) == 1
    assert outcome.books.get("possible_repeats", 0) == int(point in NEVER_MADE)


@pytest.mark.parametrize("point", POINTS)
async def test_the_books_are_exact(point: str, outcomes: dict[str, Outcome]) -> None:
    books = outcomes[point].books

    assert books["changes"] == 2
    assert books["notified"] == 2
    assert books.get("superseded", 0) == 0
    assert books["pending"] == 0
