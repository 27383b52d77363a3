"""Compare two versions of a tenant's configuration that are kept."""

from dataclasses import dataclass

from router.config.changes import changes
from router.config.stored import StoredDocument
from router.control.change import changed_part, text_diff
from router.ports.provenance import Part


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the version `after` has otherwise than `before`: rule by rule, and as a diff of both texts.

    `part` is None where both are written alike; without `changes` they mean the same.
    """

    before: int
    after: int
    part: Part | None
    changes: tuple[str, ...]
    diff: str


def compared(before: tuple[int, StoredDocument], after: tuple[int, StoredDocument]) -> Comparison:
    """Two documents, each with its number."""
    (first, one), (second, other) = before, after
    diff = text_diff((f"version {first}", one.source_text), (f"version {second}", other.source_text))
    found = tuple(changes(one.document, other.document))
    return Comparison(first, second, changed_part(one, other) if diff or found else None, found, diff)
