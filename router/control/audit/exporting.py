"""Entries as they are handed out: a JSON line each, with its bytes and the proof that they are in the log.

`{"seq": 7, "entry": "<base64 of the bytes>", "proof": ["<base64 of a hash>", ...]}`: the proof is that of RFC 6962
against the checkpoint beside it, so that who holds one tenant's entries alone can verify them.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from router.control.audit.checkpoint import Checkpoint
from router.control.audit.findings import Fault, Finding
from router.control.audit.proofs import Hashes, root_of_inclusion
from router.control.audit.reading import stamp_of
from router.control.audit.tree import leaf_hash
from router.ports.audit import AuditRow


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry's bytes, its place, and the hashes from its leaf to the root."""

    seq: int
    entry: bytes
    proof: tuple[bytes, ...]

    def __str__(self) -> str:
        proof = [base64.b64encode(one).decode() for one in self.proof]
        return json.dumps({"seq": self.seq, "entry": base64.b64encode(self.entry).decode(), "proof": proof})

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read what `str` writes.

        Raises:
            ValueError: it is not that.
        """
        try:
            read: Any = json.loads(line)
            proof = tuple(base64.b64decode(one, validate=True) for one in read["proof"])
            return cls(int(read["seq"]), base64.b64decode(read["entry"], validate=True), proof)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            raise ValueError("is not an exported entry") from None


def proven(rows: Iterable[AuditRow], hashes: Hashes, size: int) -> Iterator[Proven]:
    """These entries with their proofs against the tree of the first `size`; later ones are left out."""
    return (Proven(row.seq, row.entry, hashes.inclusion(row.seq, size)) for row in rows if row.seq < size)


def faults_of(one: Proven, checkpoint: Checkpoint) -> Iterator[Finding]:
    """What is wrong with an exported entry, by a checkpoint that is signed."""
    if root_of_inclusion(leaf_hash(one.entry), one.seq, checkpoint.size, one.proof) != checkpoint.root:
        detail = f"is not in the log of the checkpoint, of {checkpoint.size} entries"
        yield Finding(Fault.PROOF, one.seq, one.seq, detail)
    try:
        stamp = stamp_of(one.entry)
    except ValueError as error:
        yield Finding(Fault.UNREADABLE, one.seq, one.seq, str(error))
        return
    if stamp.seq != one.seq:
        yield Finding(Fault.MOVED, one.seq, one.seq, f"was appended as entry {stamp.seq}")
