"""Verify what `audit export` has written, without the database: some entries by proofs, all of them as a log."""

from collections.abc import Iterable, Sequence

from router.control.audit.anchors import Note, Trust
from router.control.audit.exporting import Proven, faults_of
from router.control.audit.findings import Fault, Finding, Report
from router.control.audit.reading import Stamp, stamp_of
from router.control.audit.tree import leaf_hash
from router.control.audit.verifying import Anchor, Verification
from router.core.model.instant import NEVER
from router.ports.audit import AuditRow


def verified_export(lines: Iterable[str], own: Note, kept: Iterable[Note], trust: Trust) -> Report:
    """What came of it: `own` is the checkpoint that the proofs are against, `kept` are others, from elsewhere."""
    anchors, findings = trust.sorted_out([own])
    others, more = trust.sorted_out(kept)
    findings += more
    if not anchors:
        return Report(0, 0, len(others), tuple(findings))
    entries = list[Proven]()
    for number, line in enumerate(lines):
        try:
            entries.append(Proven.parse(line))
        except ValueError as error:
            findings.append(Finding(Fault.UNREADABLE, number, number, f"line {number + 1} {error}"))
    return _compared(entries, anchors[0], others, findings)


def _compared(entries: Sequence[Proven], own: Anchor, others: Sequence[Anchor], findings: list[Finding]) -> Report:
    size = own.checkpoint.size
    if [one.seq for one in entries] == list(range(size)):
        verification = Verification([own, *others])
        for one in entries:
            verification.take(_row(one))
        whole = verification.report(None)
        proofs = (found for one in entries for found in faults_of(one, own.checkpoint) if found.fault is Fault.PROOF)
        return Report(size, whole.covered, whole.checkpoints, (*findings, *whole.findings, *proofs))
    findings += [found for one in entries for found in faults_of(one, own.checkpoint)]
    findings += _contradictions(own, others)
    good = not findings
    return Report(len(entries), len(entries) if good else 0, 1, tuple(findings))


def _contradictions(own: Anchor, others: Sequence[Anchor]) -> list[Finding]:
    """Checkpoints of the same size with another root: without all entries nothing more can be compared."""
    size = own.checkpoint.size
    return [
        Finding(Fault.REWRITTEN, 0, size - 1, f"a checkpoint ({other.source}) of the same size has another root")
        for other in others
        if other.checkpoint.size == size and other.checkpoint.root != own.checkpoint.root
    ]


def _row(one: Proven) -> AuditRow:
    try:
        stamp = stamp_of(one.entry)
    except ValueError:
        stamp = Stamp(one.seq, NEVER, None)
    return AuditRow(one.seq, one.entry, leaf_hash(one.entry), stamp.tenant, stamp.at)
