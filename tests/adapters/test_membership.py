"""Workers that share an instance id are named; rebalances as they come are not."""

import pytest
from structlog.testing import capture_logs

from router.adapters.kafka.membership import Membership


def events(instance_id: str | None, every_s: float) -> list[str]:
    """What is logged while partitions are assigned ten times, so many seconds apart."""
    now = [0.0]
    membership = Membership(instance_id, lambda: now[0])
    with capture_logs() as logged:
        for _ in range(10):
            now[0] += every_s
            membership.assigned(4)
    return [one["event"] for one in logged if one["event"] != "partitions_assigned"]


def test_two_workers_that_take_partitions_from_each_other_are_one_error_a_minute() -> None:
    assert events("worker-0", 1) == ["instance_id_shared"]


@pytest.mark.parametrize(("instance_id", "every_s"), [("worker-0", 10), (None, 1)])
def test_rebalances_are_none(instance_id: str | None, every_s: float) -> None:
    assert events(instance_id, every_s) == []
