"""A rolling upgrade under load, from an older build of this repository: nothing is lost, nothing is shown twice."""

import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tests import brokers
from tests.chaos import report
from tests.chaos.run import Run
from tests.chaos.stage import staged
from tests.chaos.upgrading import Rollout, unpack
from tests.chaos.waits import Waits, waits

SEED: Final = 15
OLDER: Final = "5b23526674051c72eb1fea49723bb7ce8b03d5dd"
"""The first build that has every setting which this suite is run with."""

pytestmark = [pytest.mark.long, pytest.mark.night, pytest.mark.timeout(480), brokers.tansu_alone]


async def test_an_upgrade_under_load_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    older = tmp_path / "older"
    if not unpack(OLDER, older):
        pytest.skip(f"the history does not reach back to {OLDER}")
    rollout = Rollout()
    async with staged(tmp_path, SEED, build=older) as stage:
        run = Run(stage, SEED, end_s=time.time() + 240)
        await run.play([rollout.fault()], lambda episode: None)
    before = waits(run.load.accepted, run.journal.calls, rollout.steady_s, rollout.began_s)
    during = waits(run.load.accepted, run.journal.calls, rollout.began_s, rollout.ended_s)
    sys.stdout.write("\n".join([*report.lines(run), *map(line, ("before", "during"), (before, during)), ""]))

    assert report.all_violations(run) == []
    assert (before.never, during.never) == ((), ())
    assert (run.more.total(), run.books.counted.total()) == (0, 0)
    assert {code for child in stage.roles.values() for code in child.exits} == {0}


def line(name: str, found: Waits) -> str:
    return (
        f"{name}: {len(found.shown_s)} changes shown, {found.folded} folded; "
        f"median {found.percentile_s(0.5):.2f} s, p99 {found.percentile_s(0.99):.2f} s, "
        f"most {found.percentile_s(1):.2f} s; longest silence {found.silence_s:.2f} s"
    )
