"""An export of the audit log as files: the checkpoint, and the entries, a line each."""

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final, TextIO

from router.control.audit.exporting import Proven
from router.control.audit.ocsf import ocsf_event
from router.control.audit.reading import placed
from router.control.auditing import Export
from router.errors import OperationError

ENTRIES: Final = "entries.jsonl"
EVENTS: Final = "ocsf.jsonl"
CHECKPOINT: Final = "checkpoint"


class Form(StrEnum):
    """How entries are exported."""

    PROVEN = "proven"
    OCSF = "ocsf"


async def write_export(folder: Path, exported: Export, form: Form) -> int:
    """Write an export to a new folder; how many entries it holds.

    Raises:
        OperationError: the folder is there already or cannot be made, or an entry is not one.
    """
    name, line = _FORMS[form]
    written = 0
    try:
        with _new(folder, exported.checkpoint, name) as lines:
            async for one in exported.entries:
                lines.write(f"{line(one)}\n")
                written += 1
    except OSError as error:
        raise OperationError(f"{folder}: {error.strerror}") from None
    return written


def _new(folder: Path, checkpoint: str, name: str) -> TextIO:
    folder.mkdir(parents=True)
    (folder / CHECKPOINT).write_text(checkpoint, encoding="utf-8")
    return (folder / name).open("w", encoding="utf-8", newline="\n")


def _event(one: Proven) -> str:
    try:
        return json.dumps(ocsf_event(placed(one.entry)), ensure_ascii=False)
    except ValueError as error:
        raise OperationError(f"entry {one.seq} {error}", remedy="alert-router audit verify") from None


_FORMS: Final[Mapping[Form, tuple[str, Callable[[Proven], str]]]] = {
    Form.PROVEN: (ENTRIES, str),
    Form.OCSF: (EVENTS, _event),
}
