"""What can be wrong with an audit log, by name."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """A way in which a log is not what was written."""

    CHANGED = "changed"
    """The bytes of an entry are not those that were appended."""
    UNREADABLE = "unreadable"
    """What stands at a place is not an entry."""
    MOVED = "moved"
    """An entry stands at another place than it was appended at: inserted, or put into another order."""
    MISSING = "missing"
    """Entries were deleted."""
    COPY_DIFFERS = "copy_differs"
    """Tenant or time beside an entry, by which it is found, are not the entry's own."""
    REWRITTEN = "rewritten"
    """The tree is not the one that a checkpoint was signed for: some of these entries are not those of then."""
    TRUNCATED = "truncated"
    """A checkpoint was signed for more entries than there are."""
    HEAD_DIFFERS = "head_differs"
    """The stored edge of the tree is not that of the entries."""
    CHECKPOINT = "checkpoint"
    """A checkpoint is not signed by a trusted key, or is of another log."""
    PROOF = "proof"
    """The proof of an entry does not lead to the root of the checkpoint."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault and where: the entries from `first` to `last`."""

    fault: Fault
    first: int
    last: int
    detail: str

    def __str__(self) -> str:
        entries = f"entry {self.first}" if self.first == self.last else f"entries {self.first} to {self.last}"
        return f"{self.fault}: {entries}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of verifying: how many entries were read, and how many of them a good checkpoint covers."""

    entries: int
    covered: int
    checkpoints: int
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
