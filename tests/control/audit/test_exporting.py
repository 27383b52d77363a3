"""Who holds some exported entries and a checkpoint can verify them without the rest of the log."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.control.audit.exporting import Proven, faults_of, proven
from router.control.audit.findings import Fault
from router.control.audit.proofs import Hashes
from tests.control.audit.builders import a_log, checkpoint_of

ROWS, _HEAD = a_log(23)
CHECKPOINT = checkpoint_of(ROWS[:21])
EXPORTED = list(proven(ROWS[::2], Hashes(row.leaf for row in ROWS), 21))


def test_one_tenants_entries_are_verified_alone() -> None:
    assert [one.seq for one in EXPORTED] == list(range(0, 21, 2))
    assert [finding for one in EXPORTED for finding in faults_of(one, CHECKPOINT)] == []


def test_an_exported_entry_is_read_as_it_was_written() -> None:
    assert [Proven.parse(str(one)) for one in EXPORTED] == EXPORTED


@given(st.sampled_from(EXPORTED), st.data())
def test_a_changed_byte_is_named(one: Proven, data: st.DataObject) -> None:
    content = bytearray(one.entry)
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))

    assert Fault.PROOF in [finding.fault for finding in faults_of(replace(one, entry=bytes(content)), CHECKPOINT)]


def test_an_entry_under_another_number_is_named() -> None:
    moved = replace(EXPORTED[2], seq=6)

    assert [finding.fault for finding in faults_of(moved, CHECKPOINT)] == [Fault.PROOF, Fault.MOVED]
    assert [finding.fault for finding in faults_of(replace(moved, entry=b""), CHECKPOINT)] == [
        Fault.PROOF,
        Fault.UNREADABLE,
    ]


@pytest.mark.parametrize(
    "line", ["", "[]", "{}", '{"seq":"x","entry":"","proof":[]}', '{"seq":1,"entry":"!","proof":[]}']
)
def test_what_is_not_an_exported_entry_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not an exported entry"):
        Proven.parse(line)
