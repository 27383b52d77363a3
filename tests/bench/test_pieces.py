"""What waits for nothing stays cheap, measured against JSON of one fixed structure in the same process."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.groups import lives
from bench.pieces import AT_MOST, Piece, measure, metrics_page, pieces
from router.core.model.phase import Idle
from router.core.model.rules.receiver import Style

TOP = Path(__file__).parents[2]


@pytest.mark.long
def test_no_piece_costs_more_than_it_may() -> None:
    """In a process of its own, since it changes where logs go."""
    program = [sys.executable, "-m", "bench.pieces", "--smoke"]
    done = subprocess.run(program, cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_costs_more_is_seen() -> None:
    [cost] = measure([Piece("sum", [lambda: sum(range(100_000))])], repeats=2)
    assert cost.yardsticks > 10


def test_every_bound_is_of_a_piece() -> None:
    assert {*AT_MOST} <= {one.name for one in pieces()} | {metrics_page().name, "log line"}


def test_the_groups_that_are_measured_were_shown() -> None:
    one, other = lives(2, 5, Style.COMPACT)
    assert one.shown.key != other.shown.key
    assert len(one.shown.alerts) == one.shown.firing == 5
    assert isinstance(one.shown.phase, Idle)
    assert one.shown.message is not None
    assert not one.shown.pending
