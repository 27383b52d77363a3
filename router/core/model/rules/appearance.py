"""What of its alerts a tenant shows, and what it hides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from router.core.match.patterns import Pattern, compiled_pattern
from router.core.match.subject import NO_SUBJECTS, Subjects
from router.core.model.rules.names import is_annotation_of


@dataclass(frozen=True, slots=True)
class PersonalFields:
    """Labels and annotations whose values name a person, by name."""

    labels: frozenset[str] = frozenset()
    annotations: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.labels or self.annotations)

    def has_annotation(self, name: str) -> bool:
        """Whether the annotation is one of them, itself or as a translation of one."""
        return is_annotation_of(name, self.annotations)


@dataclass(frozen=True, slots=True)
class Erased:
    """People whose data a tenant has erased, and the fields in which they are looked for."""

    fields: PersonalFields = PersonalFields()
    subjects: Subjects = NO_SUBJECTS

    def __bool__(self) -> bool:
        return bool(self.subjects) and bool(self.fields)

    def in_labels(self, labels: Mapping[str, str]) -> Mapping[str, str]:
        """What personal labels hold of them, as it stands there, with its mark."""
        return self._named_in(labels[name] for name in self.fields.labels if name in labels)

    def in_annotations(self, annotations: Mapping[str, str]) -> Mapping[str, str]:
        """The same of personal annotations."""
        return self._named_in(text for name, text in annotations.items() if self.fields.has_annotation(name))

    def _named_in(self, texts: Iterable[str]) -> Mapping[str, str]:
        return dict(found for text in texts for found in self.subjects.named_in(text))


NOBODY_ERASED: Final = Erased()


@dataclass(frozen=True, slots=True)
class Redaction:
    """What of its alerts a tenant lets nobody read: labels and annotations by name, and patterns (RE2) anywhere."""

    labels: frozenset[str] = frozenset()
    annotations: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    erased: Erased = NOBODY_ERASED
    """People who are hidden wherever they are still named."""
    compiled: tuple[Pattern, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", tuple(map(compiled_pattern, self.patterns)))

    def besides(self, labels: frozenset[str], annotations: frozenset[str]) -> "Redaction":
        """The same with more labels and annotations; itself where there are none."""
        if not labels and not annotations:
            return self
        return replace(self, labels=self.labels | labels, annotations=self.annotations | annotations)


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
NOTHING_PERSONAL: Final = PersonalFields()
ALL_LABELS_SHOWN: Final = ShownLabels()
NO_EMOJI: Final = Emoji()
