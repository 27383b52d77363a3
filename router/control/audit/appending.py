"""The next entry of the log: its bytes, its leaf, and the head with it."""

from dataclasses import dataclass

from router.control.audit.canonical import canonical
from router.control.audit.tree import append, from_head, leaf_hash, to_head
from router.core.model.instant import Instant
from router.ports.audit import AuditHead, AuditRow, Entry, Seal


@dataclass(frozen=True, slots=True)
class Appending:
    """Appends entries, with what names a person sealed by `seal`; an `Append`."""

    seal: Seal

    def __call__(self, head: AuditHead, entry: Entry, at: Instant) -> tuple[AuditRow, AuditHead]:
        """The row of the next entry, and the head after it.

        Raises:
            ValueError: the head is not the edge of a tree of its size.
        """
        content = canonical(entry, head.size, at, self.seal)
        leaf = leaf_hash(content)
        row = AuditRow(head.size, content, leaf, entry.tenant, at)
        return row, to_head(append(from_head(head), leaf))
