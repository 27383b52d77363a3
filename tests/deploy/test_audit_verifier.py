"""Go's own packages verify our logs: signature, tree, inclusion, consistency. `make test-audit` builds that."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from router.control.audit.checkpoint import checkpoint_note
from router.control.audit.exporting import proven
from router.control.audit.note import verifier_key
from router.control.audit.proofs import Hashes
from router.control.audit.tree import from_head
from router.ports.audit import AuditRow
from tests.control.audit.builders import a_key, a_log, head_of

TOP: Final = Path(__file__).parents[2]
BUILT: Final = TOP / ".audit/verify"
ROWS, _HEAD = a_log(300)


@pytest.fixture(autouse=True)
def verifier() -> None:
    """Skip without the program, or fail where that variable is set."""
    if BUILT.exists():
        return
    missing = f"{BUILT} was not built: `make test-audit` builds it where Go is"
    if "CI_REQUIRES_AUDIT_VERIFIER" in os.environ:
        pytest.fail(missing)
    pytest.skip(missing)


def note_of(rows: Sequence[AuditRow]) -> str:
    return checkpoint_note(from_head(head_of(rows)), a_key())


def exported(folder: Path, rows: Sequence[AuditRow], size: int, step: int = 1) -> Path:
    """What `audit export` writes, of each `step`th entry."""
    lines = proven(rows[::step], Hashes(row.leaf for row in rows), size)
    (folder / "entries.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (folder / "checkpoint").write_text(note_of(rows[:size]), encoding="utf-8")
    return folder


def verified(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(BUILT), "-key", str(verifier_key(a_key())), *options, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("size", [1, 2, 3, 64, 255, 256, 257, 300])
def test_go_builds_the_tree_that_we_have_signed(tmp_path: Path, size: int) -> None:
    assert verified(exported(tmp_path, ROWS, size)).stdout == f"all {size} entries of the log\n"


@pytest.mark.parametrize("size", [2, 63, 256, 299])
def test_go_finds_each_entry_by_our_proof(tmp_path: Path, size: int) -> None:
    assert verified(exported(tmp_path, ROWS, size, step=2)).stdout.endswith(f"are in the log of {size}\n")


@pytest.mark.parametrize("before", [1, 7, 128, 254])
def test_go_finds_that_the_log_grew(tmp_path: Path, before: int) -> None:
    earlier = tmp_path / "earlier"
    earlier.write_text(note_of(ROWS[:before]), encoding="utf-8")
    checked = verified(exported(tmp_path, ROWS, 255), "-earlier", str(earlier))

    assert checked.stdout.endswith(f"which grew from {before}\n")


def test_go_refuses_what_was_written_again(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    earlier.write_text(note_of(ROWS[:128]), encoding="utf-8")
    forged, _head = a_log(255, reason="never")
    checked = verified(exported(tmp_path, forged, 255), "-earlier", str(earlier))

    assert checked.returncode == 1
    assert "did not grow into this one" in checked.stderr


def test_go_refuses_a_changed_entry_and_a_changed_signature(tmp_path: Path) -> None:
    folder = exported(tmp_path, ROWS, 255)
    entries = (folder / "entries.jsonl").read_text(encoding="utf-8")
    (folder / "entries.jsonl").write_text(entries.replace('"entry": "eyJh', '"entry": "eyJi', 1), encoding="utf-8")
    assert "entry 0: " in verified(folder).stderr

    exported(tmp_path, ROWS, 255)
    note = (folder / "checkpoint").read_text(encoding="utf-8")
    (folder / "checkpoint").write_text(note.replace("\n255\n", "\n254\n"), encoding="utf-8")
    assert "invalid signature" in verified(folder).stderr
