"""What of its alerts a tenant shows, and what it hides."""

from dataclasses import dataclass, field
from typing import Final

from router.core.match.patterns import Pattern, compiled_pattern


@dataclass(frozen=True, slots=True)
class Redaction:
    """What of its alerts a tenant lets nobody read: labels and annotations by name, and patterns (RE2) anywhere."""

    labels: frozenset[str] = frozenset()
    annotations: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    compiled: tuple[Pattern, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", tuple(map(compiled_pattern, self.patterns)))


@dataclass(frozen=True, slots=True)
class ShownLabels:
    """Which labels messages leave out: those in `hidden` but not in `shown`."""

    hidden: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Emoji:
    """What stands in front of a title: pairs of a severity, or a `ShownState`, and an emoji."""

    by_severity: tuple[tuple[str, str], ...] = ()
    by_state: tuple[tuple[str, str], ...] = ()


NO_REDACTION: Final = Redaction()
ALL_LABELS_SHOWN: Final = ShownLabels()
NO_EMOJI: Final = Emoji()
