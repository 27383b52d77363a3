"""Sign a checkpoint whenever the log has grown; never one that contradicts the one before.

What is signed is counted up from the leaves, not taken from the stored head: a log that was cut off, or whose head or
leaves are no longer those of the last checkpoint, is refused, and stays so until somebody has looked.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from router.control.audit.checkpoint import Checkpoint, checkpoint_note
from router.control.audit.tree import Edge, append, root, to_head
from router.ports.audit import AuditLog, AuditSnapshot, NoteSigner


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint of so many entries was signed and stored."""

    size: int
    note: str


@dataclass(frozen=True, slots=True)
class Unsigned:
    """Nothing is signed, since the log is not what the last checkpoint was signed for."""

    reason: str


Publish = Callable[[str], Awaitable[None]]
"""Hands a checkpoint to where a database's administrator cannot change it; before it is stored, so perhaps twice."""


class Checkpointing:
    """Signs the checkpoints of one log."""

    def __init__(self, log: AuditLog, signer: NoteSigner, publish: Publish) -> None:
        self._log = log
        self._signer = signer
        self._publish = publish
        self._edge = Edge()

    async def advance(self) -> Signed | Unsigned | None:
        """Sign, publish and store what was added; None where nothing was, or another process has stored it.

        Raises:
            UnavailableError: the database or who it is published to does not answer.
        """
        async with self._log.snapshot() as snapshot:
            head, note = await snapshot.head(), await snapshot.last_checkpoint()
            last = None if note is None else Checkpoint.parse(note)
            if note is not None and last is None:
                return Unsigned("what stands there as the last checkpoint is not one")
            grown = await self._grown(snapshot, last)
        if isinstance(grown, Unsigned):
            return grown
        if to_head(grown) != head:
            return Unsigned(f"the stored edge of the tree, of {head.size} entries, is not theirs")
        self._edge = grown
        if not grown.size or (last is not None and last.size == grown.size):
            return None
        note = checkpoint_note(grown, self._signer)
        await self._publish(note)
        return Signed(grown.size, note) if await self._log.keep(grown.size, note) else None

    async def _grown(self, snapshot: AuditSnapshot, last: Checkpoint | None) -> Edge | Unsigned:
        """The edge with the leaves that came since; compared with the last checkpoint as it passes its size."""
        edge = self._edge
        if _contradicts(edge, last):
            return _not_those(edge)
        async for leaf in snapshot.leaves(edge.size):
            edge = append(edge, leaf)
            if _contradicts(edge, last):
                return _not_those(edge)
        if last is not None and edge.size < last.size:
            return Unsigned(f"the last checkpoint was signed for {last.size} entries, and there are {edge.size}")
        return edge


def _contradicts(edge: Edge, last: Checkpoint | None) -> bool:
    return last is not None and edge.size == last.size and root(edge) != last.root


def _not_those(edge: Edge) -> Unsigned:
    return Unsigned(f"the first {edge.size} entries are not those that the last checkpoint was signed for")
