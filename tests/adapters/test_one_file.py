"""FastStream, and the private parts of aiokafka, are touched in one file (docs/decisions/0011)."""

import re
from pathlib import Path

import router

SOURCES = sorted(Path(router.__file__).parent.rglob("*.py"))
TOUCHES = re.compile(
    r"(?m)^\s*(?:from|import) faststream|^from aiokafka[\w.]* import .*\b_\w|^from aiokafka\.consumer "
)


def test_one_file_touches_faststream_and_private_parts_of_aiokafka() -> None:
    touching = [path.name for path in SOURCES if TOUCHES.search(path.read_text(encoding="utf-8"))]

    assert touching == ["faststream.py"]
