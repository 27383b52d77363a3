"""FastStream is touched in one file, and private parts of aiokafka in one more (docs/decisions/0011)."""

import re
from pathlib import Path

import router

SOURCES = sorted(Path(router.__file__).parent.rglob("*.py"))
FASTSTREAM = re.compile(r"(?m)^\s*(?:from|import) faststream")
PRIVATE = re.compile(r"(?m)^from aiokafka[\w.]* import .*\b_\w|^from aiokafka\.consumer ")


def test_one_file_touches_faststream() -> None:
    assert _touching(FASTSTREAM) == ["faststream.py"]


def test_one_file_touches_the_reader_of_aiokafka() -> None:
    assert _touching(PRIVATE) == ["fetched.py"]


def _touching(what: re.Pattern[str]) -> list[str]:
    return [path.name for path in SOURCES if what.search(path.read_text(encoding="utf-8"))]
