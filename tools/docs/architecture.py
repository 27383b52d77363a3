"""`docs/architecture.md`: its table and picture of the phases are written from `core/model/phase.py`."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

from router.core.model import phase
from tools.docs.markdown import table

_PAGE: Final = Path(__file__).parents[2] / "docs" / "architecture.md"
_BEGIN, _END = "<!-- phases -->", "<!-- /phases -->"
_ROW: Final = re.compile(r"(?m)^\| ([A-Z][\w, ]+) \| ([^|]+) \| ((\w+)[^|]*) \|$")


def page() -> str:
    """The page with what is generated in it."""
    text = _PAGE.read_text(encoding="utf-8")
    before, rest = text.split(_BEGIN)
    _, after = rest.split(_END)
    return f"{before}{_BEGIN}\n{_picture()}\n\n{_table()}\n{_END}{after}"


def rows() -> list[tuple[str, str, str, str]]:
    """Phases before, what happens, what follows in words, and the phase after."""
    return [(match[1], match[2], match[3], match[4]) for match in _ROW.finditer(phase.__doc__ or "")]


def _table() -> str:
    return table(["from", "when", "to"], [[before, when, words] for before, when, words, _ in rows()])


def _picture() -> str:
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for before, when, _, after in rows():
        for one in before.split(", "):
            arrows[one, after].append(when)
    lines = [f"    {one} --> {other}: {'; '.join(why)}" for (one, other), why in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> Idle", *lines, "```"])
