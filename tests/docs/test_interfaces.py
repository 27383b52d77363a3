"""The pages on interfaces names all that the code can answer and set aside."""

import re
from pathlib import Path
from typing import Final

import pytest

from router.core.model.event import EventKind
from router.core.model.ledger import Suppressed
from router.core.model.operation import Op, Reason
from tests.docs.pages import TOP

SOURCES: Final = {path: path.read_text(encoding="utf-8") for path in (TOP / "router").rglob("*.py")}
HTTP: Final = (TOP / "docs/http-api.md").read_text(encoding="utf-8")
_PROBLEM: Final = re.compile(r"Problem\(\s*[\w.]+, \"([a-z-]+)\"")
_REASON: Final = re.compile(r"PayloadError\(\s*\"([a-z_]+)\"")


def found(pattern: re.Pattern[str], folder: str = "") -> set[str]:
    """What the pattern finds in the sources below a folder."""
    below: Path = TOP / "router" / folder
    return {one for path, text in SOURCES.items() if below in path.parents for one in pattern.findall(text)}


def test_every_problem_is_listed() -> None:
    assert len(found(_PROBLEM)) > 8
    assert sorted(one for one in found(_PROBLEM) if f"`{one}`" not in HTTP) == []


def test_every_reason_of_dead_letters_is_listed() -> None:
    reasons = found(_REASON, "roles/ingest") | found(_REASON, "core/parse")

    assert len(reasons) > 8
    assert sorted(one for one in reasons if f"`{one}`" not in HTTP) == []


@pytest.mark.parametrize("names", [EventKind, Reason, Op, Suppressed])
def test_every_name_in_events_is_listed(names: type[EventKind]) -> None:
    assert sorted(one.value for one in names if f"`{one.value}`" not in HTTP) == []
