"""An export is verified without the database, by checkpoints of whom one trusts."""

from collections.abc import Sequence
from dataclasses import replace

from router.adapters.crypto.notes import is_signature
from router.control.audit.anchors import Note, Trust, notes_in
from router.control.audit.checkpoint import Checkpoint, checkpoint_note
from router.control.audit.exporting import proven
from router.control.audit.findings import Fault, Report
from router.control.audit.note import signed, verifier_key
from router.control.audit.offline import verified_export
from router.control.audit.proofs import Hashes
from router.control.audit.tree import from_head
from router.ports.audit import AuditRow
from tests.control.audit.builders import a_key, a_log, checkpoint_of, head_of

ROWS, _HEAD = a_log(23)
FORGED, _FORGED_HEAD = a_log(23, reason="never")
KEY = a_key()
TRUST = Trust([verifier_key(KEY)], is_signature)


def note_of(rows: Sequence[AuditRow], source: str = "checkpoint") -> Note:
    return Note(checkpoint_note(from_head(head_of(rows)), KEY), source)


def lines_of(rows: Sequence[AuditRow], step: int = 1) -> list[str]:
    return [f"{one}\n" for one in proven(rows[::step], Hashes(row.leaf for row in rows), len(rows))]


def faults(report: Report) -> list[Fault]:
    return [one.fault for one in report.findings]


def test_all_entries_are_verified_as_a_log_with_what_was_kept_elsewhere() -> None:
    report = verified_export(lines_of(ROWS), note_of(ROWS), [note_of(ROWS[:8]), note_of(ROWS[:13])], TRUST)

    assert (report.findings, report.entries, report.covered, report.checkpoints) == ((), 23, 23, 3)


def test_some_entries_are_verified_by_their_proofs() -> None:
    report = verified_export(lines_of(ROWS, 2), note_of(ROWS), [note_of(ROWS[:8])], TRUST)

    assert (report.findings, report.entries, report.covered) == ((), 12, 12)


def test_a_log_written_again_is_named_by_a_checkpoint_from_elsewhere() -> None:
    forged = lines_of(FORGED)

    assert verified_export(forged, note_of(FORGED), [], TRUST).is_good
    assert faults(verified_export(forged, note_of(FORGED), [note_of(ROWS[:8])], TRUST)) == [Fault.REWRITTEN]
    assert faults(verified_export(lines_of(FORGED, 2), note_of(FORGED), [note_of(ROWS)], TRUST)) == [Fault.REWRITTEN]


def test_a_log_that_was_cut_off_is_named_by_a_checkpoint_from_elsewhere() -> None:
    report = verified_export(lines_of(ROWS[:9]), note_of(ROWS[:9]), [note_of(ROWS)], TRUST)

    assert faults(report) == [Fault.TRUNCATED]


def test_a_changed_entry_or_a_line_that_is_none_is_named() -> None:
    changed = lines_of(ROWS)
    changed[5] = changed[6].replace('"seq": 6', '"seq": 5')
    broken = [*lines_of(ROWS)[:5], "{\n", *lines_of(ROWS)[6:]]

    assert {Fault.MOVED, Fault.PROOF, Fault.REWRITTEN} == {
        *faults(verified_export(changed, note_of(ROWS), [], TRUST))
    }
    assert faults(verified_export(broken, note_of(ROWS), [], TRUST)) == [Fault.UNREADABLE]


def test_a_whole_log_with_bytes_that_are_not_an_entry_is_named() -> None:
    rows = [*ROWS[:5], replace(ROWS[5], entry=b"\xff"), *ROWS[6:]]

    assert Fault.UNREADABLE in faults(verified_export(lines_of(rows), note_of(ROWS), [], TRUST))


def test_nothing_is_believed_without_a_key_that_is_trusted() -> None:
    other = Trust([verifier_key(a_key("other"))], is_signature)
    report = verified_export(lines_of(ROWS), note_of(ROWS), [], other)

    assert faults(report) == [Fault.CHECKPOINT]
    assert "signed by none of the keys" in str(report.findings[0])


def test_a_checkpoint_of_another_log_is_named() -> None:
    text = signed(str(Checkpoint("other", 23, checkpoint_of(ROWS).root)), KEY)

    assert "is of the log other" in str(verified_export(lines_of(ROWS), Note(text, "x"), [], TRUST).findings[0])


def test_notes_are_read_one_after_the_other() -> None:
    notes = [note_of(ROWS[:size], "kept").text for size in (3, 8, 13)]

    assert [one.text for one in notes_in("".join(notes), "kept")] == notes
    assert [one.text for one in notes_in("\n" + "\n".join(notes), "kept")] == notes
    assert [one.text for one in notes_in("no note", "kept")] == ["no note"]
    assert list(notes_in("", "kept")) == []
