"""Since when a notification should have been shown: what the tenant's own rules ask for does not count as late."""

from typing import Any, Final

import pytest

from router.core.deliver.due_since import due_since
from router.core.model.group import AlertGroup
from router.core.model.instant import NEVER, SECOND, Instant
from router.core.model.muted import Muted, MutedBy
from router.core.model.operation import Lane, Method
from router.core.model.phase import NO_TRIES, Held, Idle, Parked, Phase, Queued, Rank, Waiting
from tests.adapters.builders import NOON, after, idle, sending, waiting
from tests.core.builders import a_timing, seconds

TIMING: Final = a_timing(group_wait=seconds(5), group_interval=seconds(30))
QUEUED: Final = Queued(Lane("C1", Method.POST), Rank.NORMAL, NO_TRIES)


def group(phase: Phase, **changes: Any) -> AlertGroup:
    """One alert of it is pending since noon."""
    return waiting(phase=phase, **changes)


EMPTY: Final = idle(waiting(), alerts={}, pending=0, firing=0)


@pytest.mark.parametrize(
    ("before", "made", "known", "due"),
    [
        pytest.param(EMPTY, group(Waiting(after(7))), NEVER, after(5), id="read late, and then it waits"),
        pytest.param(EMPTY, group(QUEUED), NEVER, NOON, id="read late, and queued at once"),
        pytest.param(
            EMPTY, group(Waiting(after(30)), notified_at=NOON), NEVER, after(30), id="the interval asks for more"
        ),
        pytest.param(group(Waiting(after(1))), group(QUEUED), NEVER, after(1), id="its turn came late"),
        pytest.param(group(Waiting(after(1))), group(QUEUED), NOON, NOON, id="known"),
        pytest.param(group(Parked("dead", after(1), NO_TRIES)), group(QUEUED), NEVER, after(1), id="is tried again"),
        pytest.param(group(QUEUED), group(Waiting(after(9))), NOON, NOON, id="gives way, and is due all the same"),
        pytest.param(group(Waiting(after(9))), group(Waiting(after(1))), after(9), after(1), id="something urgent"),
        pytest.param(
            group(QUEUED), sending(group(QUEUED), after(30)), NEVER, after(2), id="queued by another worker"
        ),
        pytest.param(group(QUEUED), group(Parked("dead", after(60), NO_TRIES)), NOON, NEVER, id="set aside"),
        pytest.param(
            group(QUEUED), group(Held(Muted(MutedBy.SILENCED, "s"), after(60))), NOON, NEVER, id="held back"
        ),
        pytest.param(group(QUEUED), group(Idle()), NOON, NEVER, id="over"),
        pytest.param(group(QUEUED), EMPTY, NOON, NEVER, id="nothing is left to be shown"),
    ],
)
def test_since_when(before: AlertGroup, made: AlertGroup, known: Instant, due: Instant) -> None:
    assert due_since(before, made, known, TIMING, after(2)) == due


def test_one_that_another_worker_queued_is_due_as_its_route_has_it() -> None:
    first = group(QUEUED)
    again = group(QUEUED, notified_at=Instant(NOON - 10 * SECOND))
    now = after(60)

    assert due_since(first, sending(first, now), NEVER, TIMING, now) == after(5)
    assert due_since(again, sending(again, now), NEVER, TIMING, now) == after(20)
