"""The versions of a tenant's configuration that are kept, and what each of them changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from router.config import stored
from router.config.changes import summary
from router.errors import ConfigurationError
from router.ports.control import KeptVersion


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One version, and what it changed in the one before it."""

    kept: KeptVersion
    summary: str


def history_of(kept: Sequence[KeptVersion]) -> list[HistoryEntry]:
    """Each version with what it changed in the one before it; newest first, as given."""
    return [HistoryEntry(one, _summary(earlier, one)) for one, earlier in zip(kept, [*kept[1:], None], strict=False)]


def _summary(earlier: KeptVersion | None, one: KeptVersion) -> str:
    try:
        before = stored.load(earlier.text).document if earlier else None
        after = stored.load(one.text).document
    except ConfigurationError:
        return "cannot be read by this program"
    return summary(before, after) if earlier or one.version == 1 else "the oldest that is kept"
