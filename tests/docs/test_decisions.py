"""Decisions have one form, and the index names every one as it names itself."""

import re
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from tests.docs.pages import TOP

FOLDER: Final = TOP / "docs/decisions"
DECISIONS: Final = sorted(FOLDER.glob("[0-9]*.md"))
SECTIONS: Final = ["Context", "Decision", "Consequences"]

_HEAD: Final = re.compile(
    r"# (?P<number>\d{4}) (?P<title>[^\n]+)\n\nDate: (?P<date>\d{4}-\d\d-\d\d) · Status: (?P<status>[^\n]+)\n\n## "
)
_STATUS: Final = re.compile(r"proposed|accepted|superseded by \d{4}")


def head(page: Path) -> re.Match[str]:
    found = _HEAD.match(page.read_text(encoding="utf-8"))
    assert found, f"{page.name} does not begin with `# NNNN Title` and `Date: YYYY-MM-DD · Status: ...`"
    return found


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_has_number_date_and_status(page: Path) -> None:
    found = head(page)

    assert found["number"] == page.name[:4]
    assert date.fromisoformat(found["date"]).isoformat() == found["date"]
    assert _STATUS.fullmatch(found["status"])


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_its_sections_are_those_of_the_others(page: Path) -> None:
    sections = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert sections in (SECTIONS, [*SECTIONS, "Alternatives"])


def test_numbers_follow_each_other() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_index_names_every_decision_in_order() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = [line for line in index.splitlines() if line.startswith("| [")]

    assert rows == [row(page) for page in DECISIONS]


def row(page: Path) -> str:
    found = head(page)
    return f"| [{found['number']}]({page.name}) | {found['title']} | {found['date']} | {found['status']} |"
