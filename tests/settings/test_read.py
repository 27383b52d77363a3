"""A setting that is documented is one that something reads."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from router.settings import Settings

TOP = Path(__file__).parents[2]
DEFINED = TOP / "router" / "settings"


def fields(section: type[BaseModel], path: str = "") -> Iterator[str]:
    """The path of each setting."""
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from fields(kind, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def test_every_setting_is_read_somewhere() -> None:
    sources = [path for folder in ("router", "packages") for path in (TOP / folder).rglob("*.py")]
    reading = [path for path in sources if path.parent != DEFINED or path.name == "plain.py"]
    read = {name for path in reading for name in re.findall(r"\.(\w+)", path.read_text(encoding="utf-8"))}

    assert [path for path in fields(Settings) if path.rpartition(".")[2] not in read] == []
