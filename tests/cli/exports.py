"""Exports of an audit log, as `audit export` writes them."""

from pathlib import Path
from typing import Final

from router.control.audit.checkpoint import checkpoint_note
from router.control.audit.exporting import proven
from router.control.audit.note import verifier_key
from router.control.audit.proofs import Hashes
from router.control.audit.tree import from_head
from tests.control.audit.builders import a_key, a_log

VERIFIER: Final = str(verifier_key(a_key()))


def write_export(folder: Path, size: int, reason: str = "on call") -> str:
    """All entries of a log of this size, in a new folder; its checkpoint."""
    folder.mkdir()
    rows, head = a_log(size, reason)
    lines = proven(rows, Hashes(row.leaf for row in rows), size)
    (folder / "entries.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    note = checkpoint_note(from_head(head), a_key())
    (folder / "checkpoint").write_text(note, encoding="utf-8")
    return note
