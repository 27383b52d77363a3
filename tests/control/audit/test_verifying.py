"""Whatever is done to a log is named: by the log itself, or by a checkpoint that was signed before it was done."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.control.audit.findings import Fault, Report
from router.control.audit.tree import leaf_hash
from router.control.audit.verifying import Anchor, Verification
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.ports.audit import AuditHead, AuditRow
from tests.control.audit.builders import a_log, anchors, head_of

ROWS, HEAD = a_log(23)
ANCHORS = anchors(ROWS, 0, 8, 13, 21)


def verified(rows: Sequence[AuditRow], known: Sequence[Anchor] = ANCHORS, head: AuditHead | None = None) -> Report:
    verification = Verification(known)
    for row in rows:
        verification.take(row)
    return verification.report(head or head_of(rows))


def with_bytes(row: AuditRow, content: bytes) -> AuditRow:
    return replace(row, entry=content)


def rewritten(row: AuditRow, content: bytes) -> AuditRow:
    """Changed together with its leaf, as who knows the form of the log would."""
    return replace(row, entry=content, leaf=leaf_hash(content))


def faults(report: Report) -> list[tuple[Fault, int, int]]:
    return [(one.fault, one.first, one.last) for one in report.findings]


def test_a_log_as_it_was_written_is_good() -> None:
    report = verified(ROWS, head=HEAD)

    assert report.is_good
    assert (report.entries, report.covered, report.checkpoints) == (23, 21, 4)


def test_an_empty_log_is_good() -> None:
    assert verified([], anchors([], 0)).is_good


@given(st.integers(0, 22), st.data())
def test_a_changed_byte_is_named_with_its_entry(place: int, data: st.DataObject) -> None:
    content = bytearray(ROWS[place].entry)
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    rows = [*ROWS[:place], with_bytes(ROWS[place], bytes(content)), *ROWS[place + 1 :]]

    assert (Fault.CHANGED, place, place) in faults(verified(rows, head=HEAD))


@pytest.mark.parametrize("place", range(21))
def test_a_changed_entry_with_a_fresh_leaf_is_named_between_its_checkpoints(place: int) -> None:
    content = ROWS[place].entry.replace(b"on call", b"at home")
    rows = [*ROWS[:place], rewritten(ROWS[place], content), *ROWS[place + 1 :]]
    first, last = next((low, high - 1) for low, high in ((0, 8), (8, 13), (13, 21)) if place < high)

    assert faults(verified(rows)) == [(Fault.REWRITTEN, first, last)]


@pytest.mark.parametrize("place", range(23))
def test_a_deleted_entry_is_named(place: int) -> None:
    report = verified([*ROWS[:place], *ROWS[place + 1 :]], head=HEAD)
    gone = (Fault.MISSING, place, place) if place < 22 else (Fault.HEAD_DIFFERS, 0, 21)

    assert faults(report)[:1] == [gone]


def test_entries_that_were_closed_up_after_a_deletion_are_named() -> None:
    rows = [*ROWS[:5], *(replace(row, seq=row.seq - 1) for row in ROWS[6:])]

    assert {*faults(verified(rows))} >= {(Fault.MOVED, place, place) for place in range(5, 8)}


def test_an_inserted_entry_is_named() -> None:
    rows = [*ROWS[:5], replace(ROWS[2], seq=5), *(replace(row, seq=row.seq + 1) for row in ROWS[5:])]

    assert {*faults(verified(rows))} >= {(Fault.MOVED, place, place) for place in range(5, 8)}


def test_entries_in_another_order_are_named() -> None:
    rows = [*ROWS[:5], replace(ROWS[6], seq=5), replace(ROWS[5], seq=6), *ROWS[7:]]
    report = verified(rows)

    assert faults(report) == [(Fault.MOVED, 5, 5), (Fault.MOVED, 6, 6), (Fault.REWRITTEN, 0, 7)]
    assert str(report.findings[0]) == "moved: entry 5: was appended as entry 6"


def test_two_rows_at_one_place_are_named() -> None:
    assert (Fault.MOVED, 5, 5) in faults(verified([*ROWS[:6], *ROWS[5:]]))


def test_a_log_written_again_with_fresh_hashes_is_named_by_a_checkpoint_from_before() -> None:
    forged, head = a_log(23, reason="never")

    assert verified(forged, anchors(forged, 8, 21), head).is_good  # nothing within the database shows it
    assert faults(verified(forged, ANCHORS, head)) == [(Fault.REWRITTEN, 0, 7)]


def test_a_log_that_was_cut_off_is_named_by_a_checkpoint_from_before() -> None:
    assert verified(ROWS[:10], anchors(ROWS, 8)).is_good
    assert faults(verified(ROWS[:10])) == [(Fault.TRUNCATED, 10, 12)]


def test_a_head_that_is_not_the_entries_own_is_named() -> None:
    assert faults(verified(ROWS, head=head_of(ROWS[:22]))) == [(Fault.HEAD_DIFFERS, 0, 22)]


def test_only_entries_may_be_at_hand() -> None:
    verification = Verification(ANCHORS)
    for row in ROWS:
        verification.take(row)

    assert verification.report(None).is_good


def test_what_is_copied_beside_an_entry_is_compared_with_it() -> None:
    other = replace(ROWS[4], tenant=TenantId("blue"), at=Instant(5))
    report = verified([*ROWS[:4], other, *ROWS[5:]])

    assert faults(report) == [(Fault.COPY_DIFFERS, 4, 4)] * 2
    assert str(report.findings[0]).endswith("of tenant acme, and stored as of blue")


def test_what_is_not_an_entry_is_named() -> None:
    rows = [*ROWS[:4], rewritten(ROWS[4], b"\xff"), *ROWS[5:]]

    assert faults(verified(rows)) == [(Fault.UNREADABLE, 4, 4), (Fault.REWRITTEN, 0, 7)]


def test_so_many_findings_are_kept_as_were_asked_for() -> None:
    verification = Verification([], keep=3)
    for row in ROWS:
        verification.take(replace(row, leaf=bytes(32)))

    assert len(verification.report(None).findings) == 3
