"""What a run must keep, and that it is named where it does not."""

from dataclasses import replace
from typing import Final

import pytest

from tests.hostile import report
from tests.hostile.canaries import TOKEN, faults, sung
from tests.hostile.judge import End, Round, enough, violations

_MEBIBYTE: Final = 1024 * 1024
QUIET: Final = Round(
    1, False, (0.02,) * 50, (), (), {"gateway": 0.01, "worker": 0.01}, 0.01, {"gateway": 0, "worker": 0}
)
HOSTILE: Final = replace(QUIET, number=2, hostile=True)
GOOD: Final = End(0, [], [])


def test_a_run_in_which_all_holds_violates_nothing() -> None:
    assert enough([QUIET, HOSTILE, HOSTILE])
    assert violations([QUIET, HOSTILE], GOOD) == []


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (replace(HOSTILE, silences={"gateway": 0.01, "worker": 1.4}), "/live"),
        (replace(HOSTILE, refused=("Bench-2-1",)), "the victim is let in"),
        (replace(HOSTILE, hidden=("Bench-2-1",)), "the victim is shown"),
        (replace(HOSTILE, grown={"gateway": 900 * _MEBIBYTE, "worker": 0}), "memory"),
    ],
)
def test_what_does_not_hold_in_a_round_is_named(changed: Round, named: str) -> None:
    [found] = violations([QUIET, changed], GOOD)

    assert found.startswith(named)


def test_the_victims_time_is_that_of_all_judged_rounds_together() -> None:
    late = replace(HOSTILE, latencies=(0.02,) * 48 + (2.0,) * 2)

    assert violations([QUIET, HOSTILE, HOSTILE, HOSTILE, HOSTILE, late], GOOD) == []
    [found] = violations([QUIET, HOSTILE, late], GOOD)
    assert found.startswith("the victim's time: p99 2000 ms; 1000 are allowed")


@pytest.mark.parametrize(
    "end", [replace(GOOD, lag=1), replace(GOOD, unready=["worker: 503"]), replace(GOOD, betrayed=["x"])]
)
def test_what_does_not_hold_at_the_end_is_named(end: End) -> None:
    assert len(violations([QUIET, HOSTILE], end)) == 1


def test_the_victims_time_is_judged_only_where_the_machine_was_calm() -> None:
    busy = replace(HOSTILE, latencies=(5.0,) * 50, bare=0.3)

    assert not enough([QUIET, busy, busy])
    assert violations([QUIET, busy], GOOD) == []


def test_nor_is_it_where_a_role_had_no_core_for_long() -> None:
    crowded = replace(HOSTILE, latencies=(5.0,) * 50, waited={"gateway": 0.01, "worker": 0.3})

    assert not enough([QUIET, crowded, crowded])
    assert violations([QUIET, crowded], GOOD) == []


@pytest.mark.parametrize(("late", "words"), [(0.2, "goal 250 ms: reached"), (0.4, "goal 250 ms: missed")])
def test_what_was_reached_is_printed_beside_its_goal(late: float, words: str) -> None:
    round_ = replace(HOSTILE, latencies=(late,) * 50)

    printed = list(report.lines([QUIET, round_, round_], GOOD, 7))

    assert words in printed[0]
    assert printed[1:] == [
        "/live: silent for 10 ms at most in these; goal 250 ms: reached", "seed 7: all invariants hold"
    ]  # fmt: skip


def test_one_calm_hostile_round_is_not_enough() -> None:
    assert not enough([QUIET, HOSTILE])


def test_a_private_word_in_a_log_is_found_and_a_known_error_is_no_fault() -> None:
    logs = {"worker": f'{{"event": "slack_refused", "error": "bad {TOKEN}"}}\n', "gateway": '{"event": "ok"}\n'}

    [found] = sung(logs)

    assert found.startswith("worker holds")
    assert faults(logs) == []
    assert len(faults({"worker": '{"event": "turn_failed", "exception": "Traceback"}'})) == 1
