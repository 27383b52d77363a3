"""Verify a whole log: row by row, with checkpoints that were signed as it grew.

What is compared: each entry with its own account of its place, with its leaf and with what is copied beside it; the
tree with every checkpoint at its size; the stored head with the tree. Only a checkpoint from outside the database, an
anchor, shows a log that was rewritten or cut off together with its table of checkpoints.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from router.control.audit.checkpoint import Checkpoint
from router.control.audit.findings import Fault, Finding, Report
from router.control.audit.reading import stamp_of
from router.control.audit.tree import Edge, append, leaf_hash, root, to_head
from router.core.model.instant import to_rfc3339
from router.ports.audit import AuditHead, AuditRow


@dataclass(frozen=True, slots=True)
class Anchor:
    """A checkpoint whose signature is good, and where it was found."""

    checkpoint: Checkpoint
    source: str


class Verification:
    """Takes the rows of a log in their order, and reports at their end."""

    def __init__(self, anchors: Iterable[Anchor], keep: int = 100) -> None:
        """Report at most `keep` findings, the first ones."""
        self._anchors: defaultdict[int, list[Anchor]] = defaultdict(list)
        for anchor in anchors:
            self._anchors[anchor.checkpoint.size].append(anchor)
        self._keep = keep
        self._edge = Edge()
        self._covered = 0
        self._checked = 0
        self._next = 0
        self._rows = 0
        self._findings: list[Finding] = []
        self._compares = True
        self._compare()

    def take(self, row: AuditRow) -> None:
        """The next row."""
        self._rows += 1
        if row.seq != self._next:
            self._out_of_step(row.seq)
        leaf = leaf_hash(row.entry)
        if leaf != row.leaf:
            self._found(Fault.CHANGED, row.seq, "its bytes are not those that its leaf was made of")
        self._stamped(row)
        self._next = row.seq + 1
        if self._compares:
            self._edge = append(self._edge, row.leaf)
            self._compare()

    def report(self, head: AuditHead | None) -> Report:
        """What came of it; `head` is what is stored as the edge of the tree, None where only entries are at hand."""
        for size in sorted(size for size in self._anchors if size > self._next):
            source = self._anchors[size][0].source
            self._found(
                Fault.TRUNCATED, self._next, f"a checkpoint ({source}) was signed for {size} entries", size - 1
            )
            break
        if head is not None and self._compares and head != to_head(self._edge):
            detail = f"the stored edge of the tree, of {head.size} entries, is not theirs"
            self._found(Fault.HEAD_DIFFERS, 0, detail, max(self._next - 1, 0))
        return Report(self._rows, self._covered, self._checked, tuple(self._findings[: self._keep]))

    def _out_of_step(self, seq: int) -> None:
        if seq > self._next:
            self._found(Fault.MISSING, self._next, "deleted; no later tree can be compared", seq - 1)
        else:
            self._found(Fault.MOVED, seq, f"stands behind entry {self._next - 1}")
        self._compares = False

    def _stamped(self, row: AuditRow) -> None:
        try:
            stamp = stamp_of(row.entry)
        except ValueError as error:
            self._found(Fault.UNREADABLE, row.seq, str(error))
            return
        if stamp.seq != row.seq:
            self._found(Fault.MOVED, row.seq, f"was appended as entry {stamp.seq}")
        if stamp.tenant != row.tenant:
            self._found(Fault.COPY_DIFFERS, row.seq, f"of tenant {stamp.tenant}, and stored as of {row.tenant}")
        if stamp.at != row.at:
            times = f"of {to_rfc3339(stamp.at)}, and stored as of {to_rfc3339(row.at)}"
            self._found(Fault.COPY_DIFFERS, row.seq, times)

    def _compare(self) -> None:
        """The tree as it is now with the checkpoints of its size; the first that differs ends comparing."""
        for anchor in self._anchors.get(self._edge.size, ()):
            if anchor.checkpoint.root != root(self._edge):
                detail = f"not those that a checkpoint ({anchor.source}) of {self._edge.size} entries was signed for"
                self._found(Fault.REWRITTEN, self._covered, detail, max(self._edge.size - 1, 0))
                self._compares = False
                return
            self._checked += 1
            self._covered = self._edge.size

    def _found(self, fault: Fault, first: int, detail: str, last: int | None = None) -> None:
        self._findings.append(Finding(fault, first, first if last is None else last, detail))
