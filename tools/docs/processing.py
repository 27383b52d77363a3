"""`docs/processing.md`: the record of what is processed of persons, written from the registry of kinds."""

from pathlib import Path
from typing import Final

from router.control.kinds.kind import Kind, Place
from router.control.kinds.processing import PROCESSED, Processing
from router.control.kinds.registry import KINDS
from tools.docs.markdown import cell, table
from tools.docs.retention import kept_text, name_text

_PAGE: Final = Path(__file__).parents[2] / "docs" / "processing.md"
_BEGIN, _END = "<!-- processing -->", "<!-- /processing -->"


def page() -> str:
    """The page with what is generated in it."""
    before, rest = _PAGE.read_text(encoding="utf-8").split(_BEGIN)
    _, after = rest.split(_END)
    kinds = {(kind.place, kind.name): kind for kind in KINDS}
    rows = [_row(kinds[one.place, one.name], one) for one in PROCESSED]
    head = ["where", "what", "holds", "for", "of persons", "kept", "ended by", "stored", "read by"]
    return f"{before}{_BEGIN}\n{table(head, rows)}\n{_END}{after}"


def _row(kind: Kind, one: Processing) -> list[str]:
    return [
        _place(kind),
        f"`{name_text(kind)}`",
        cell(kind.holds),
        cell(kind.purpose),
        str(one.category),
        cell(kept_text(kind)),
        str(kind.kept.ending),
        str(one.at_rest),
        ", ".join(one.readers),
    ]


def _place(kind: Kind) -> str:
    return "Redis" if kind.place is Place.TENANT_KEYS else str(kind.place)
