"""The facade: everything that is done with a group goes through it, and transitions in a row are stored as one."""

import ast
from pathlib import Path

import router
from router.core import engine
from router.core.model.ledger import LedgerEntry
from tests.core.builders import SEVERITY, START, Story, a_group, a_timing, an_alert, observed

ROUTER = Path(router.__file__).parent
STAGES = {
    "router.core.fold.fold",
    "router.core.fold.reroute",
    "router.core.decide.decide",
    "router.core.decide.schedule",
    "router.core.deliver.applied",
    "router.core.deliver.claim",
    "router.core.deliver.settle",
}


def test_only_the_engine_drives_the_stages_that_change_a_group() -> None:
    outside = [path for path in ROUTER.rglob("*.py") if "core" not in path.relative_to(ROUTER).parts]

    assert [path.name for path in outside if STAGES & imported(path)] == []


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def test_transitions_in_a_row_are_one() -> None:
    timing = a_timing()
    first = engine.fold(a_group(), observed(an_alert("A")), timing, SEVERITY, START)
    second = engine.fold(first.after, observed(an_alert("A"), an_alert("B")), timing, SEVERITY, START)

    merged = engine.merge([first, second])

    assert merged.after == second.after
    assert merged.entry == LedgerEntry(changes=2, pending=2, accepted=3, duplicates=1)


def test_one_transition_in_a_row_is_itself() -> None:
    story = Story().fire("A")
    looked = engine.park(story.look().state, "secret_not_found", story.policy, story.now)

    assert engine.merge([looked]) == looked
