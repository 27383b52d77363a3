"""`docs/retention.md`: what is stored, for how long, and what becomes of it, written from the registry of kinds."""

from pathlib import Path
from typing import Final

from router.control.kinds.kind import Kind, Place
from router.control.kinds.registry import kinds_in
from router.settings import Settings
from tools.docs.markdown import cell, table

_PAGE: Final = Path(__file__).parents[2] / "docs" / "retention.md"
_BEGIN, _END = "<!-- kinds -->", "<!-- /kinds -->"
_TITLES: Final = {
    Place.TENANT_KEYS: "Redis: a tenant's own keys, `{t}:...`",
    Place.INDEX_KEYS: "Redis: what all tenants share, `{index}:...`",
    Place.WORKSPACE_KEYS: "Redis: a Slack workspace, `{ws}:...`",
    Place.TOPICS: "Kafka: topics",
    Place.TABLES: "PostgreSQL: tables of the record",
}


def page() -> str:
    """The page with what is generated in it."""
    before, rest = _PAGE.read_text(encoding="utf-8").split(_BEGIN)
    _, after = rest.split(_END)
    parts = [f"### {title}\n\n{_table(place)}" for place, title in _TITLES.items()]
    return f"{before}{_BEGIN}\n" + "\n\n".join(parts) + f"\n{_END}{after}"


def _table(place: Place) -> str:
    head = ["what", "holds", "for", "whose", "personal", "kept", "ended by", "at an erasure"]
    return table(head, [_row(one) for one in kinds_in(place)])


def _row(kind: Kind) -> list[str]:
    whose, personal = str(kind.whose), "yes" if kind.personal else ""
    kept, ending = cell(kept_text(kind)), str(kind.kept.ending)
    return [
        f"`{name_text(kind)}`",
        cell(kind.holds),
        cell(kind.purpose),
        whose,
        personal,
        kept,
        ending,
        str(kind.erasure),
    ]


def name_text(kind: Kind) -> str:
    """What it is called where it is stored."""
    if kind.place is Place.TOPICS:
        return _variable(kind.name)
    return kind.name


def kept_text(kind: Kind) -> str:
    """For how long it is kept, with the setting that says so."""
    if not kind.kept.setting:
        return kind.kept.words
    section, _, name = kind.kept.setting.partition(".")
    default = getattr(getattr(Settings.model_construct(), section), name)
    unit = name.rpartition("_")[2]
    return f"{default:g} {unit} {kind.kept.words} (`{_variable(kind.kept.setting)}`)".replace("  ", " ")


def _variable(setting: str) -> str:
    return setting.upper().replace(".", "__")
