"""What a load costs is counted between a tenth and nine tenths of it."""

import pytest

from bench.drain import BUSY, Look, middle, watch
from bench.processes import BenchError


def test_start_and_end_are_left_out() -> None:
    looks = [
        Look(0.0, 0, {"worker": 0.0, BUSY: 0.0}),
        Look(10.0, 10, {"worker": 5.0, BUSY: 9.0}),
        Look(12.0, 90, {"worker": 6.0, BUSY: 12.0}),
        Look(99.0, 100, {"worker": 9.0, BUSY: 13.0}),
    ]

    assert middle(looks, 100) == {"per s": 40, "worker us": 12_500, "cores busy": 1.5}


def test_a_load_that_is_done_in_one_step_is_counted_whole() -> None:
    looks = [Look(0.0, 0, {"worker": 0.0, BUSY: 0.0}), Look(2.0, 100, {"worker": 1.0, BUSY: 2.0})]

    assert middle(looks, 100)["per s"] == 50


async def test_what_does_not_come_ends_the_bench() -> None:
    async def never() -> int:
        return 3

    with pytest.raises(BenchError, match="3 of 4 after"):
        await watch({}, 4, never, patience_s=0)
