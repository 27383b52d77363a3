"""Checkpoints from wherever they were kept, and which of them can be believed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from router.control.audit.checkpoint import opened_checkpoint
from router.control.audit.findings import Fault, Finding
from router.control.audit.note import Unopened, VerifierKey
from router.control.audit.verifying import Anchor
from router.ports.audit import IsSignature

_DASH: Final = "\u2014 "


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note, and where it was found."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Trust:
    """The keys whose checkpoints are believed; all of them sign the same log."""

    keys: Sequence[VerifierKey]
    is_signature: IsSignature

    def sorted_out(self, notes: Iterable[Note]) -> tuple[list[Anchor], list[Finding]]:
        """The checkpoints that are signed by one of the keys, and what is wrong with the others."""
        anchors, findings = list[Anchor](), list[Finding]()
        for note in notes:
            checkpoint = opened_checkpoint(note.text, self.keys, self.is_signature)
            if isinstance(checkpoint, Unopened):
                findings.append(Finding(Fault.CHECKPOINT, 0, 0, f"the checkpoint ({note.source}) {checkpoint}"))
            elif checkpoint.origin not in {key.name for key in self.keys}:
                detail = f"the checkpoint ({note.source}) is of the log {checkpoint.origin}"
                findings.append(Finding(Fault.CHECKPOINT, 0, 0, detail))
            else:
                anchors.append(Anchor(checkpoint, note.source))
        return anchors, findings


def notes_in(text: str, source: str) -> Iterator[Note]:
    """The notes in a text that holds one after the other, as a dump of the topic does."""
    lines, signed = list[str](), False
    for line in text.splitlines(keepends=True):
        if signed and not line.startswith(_DASH):
            yield Note("".join(lines), source)
            lines, signed = [], False
        if lines or line.strip():
            lines.append(line)
        signed = line.startswith(_DASH)
    if lines:
        yield Note("".join(lines), source)
