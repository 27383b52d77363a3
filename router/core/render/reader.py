"""Foreign text made readable: redacted, in the reader's language, on one line and shortened; not escaped yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from router.core.match.labels import Labels
from router.core.model.alert import Links
from router.core.model.rules.appearance import ShownLabels
from router.core.model.rules.severity import Severity
from router.core.render.links import KINDS
from router.core.render.localizer import Localizer
from router.core.render.prose.annotations import has_place, is_hidden
from router.core.render.redaction import HIDDEN, Redactor

NAME: Final = "alertname"
RULE_NAME: Final = "rulename"
_ABOUT_A_RULE: Final = frozenset({"DatasourceNoData", "DatasourceError"})
"""Names of alerts that Grafana raises when a rule cannot be evaluated; `rulename` is the rule's."""

_JOB: Final = "job"
_MAX_LABEL_CHARS: Final = 100
_MAX_NAME_CHARS: Final = 150
_MAX_NOTE_CHARS: Final = 200
_MAX_NAMES: Final = 40
_MAX_VALUES: Final = 4
_MAX_VALUE_CHARS: Final = 30
_MAX_FACT_NAME_CHARS: Final = 100
_MAX_FACT_CHARS: Final = 150
_MAX_ANNOTATION_CHARS: Final = 600

Notes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """All labels, those that the others do not share, and the annotations in the language of the message."""

    labels: Mapping[str, str]
    own_labels: Mapping[str, str]
    annotations: Mapping[str, str]
    level: str
    """The name of the severity."""
    description: str = ""
    """On one line."""


NO_FACTS: Final = Facts({}, {}, {}, "")


@dataclass(frozen=True, slots=True)
class Reader:
    """How the labels and annotations of one message are read."""

    redactor: Redactor
    localizer: Localizer
    severity: Severity
    max_labels: int
    choice: ShownLabels

    def line(self, text: str, limit: int = _MAX_LABEL_CHARS) -> str:
        """A text on one line."""
        return self.redactor.line(text, limit)

    def name(self, labels: Labels) -> str:
        """The alert's name, empty where these labels have none; what Grafana says of a rule is headed by the rule."""
        name = self.redactor.label(NAME, labels.get(NAME, ""))
        if _is_about_a_rule(labels):
            name = f"{self.redactor.label(RULE_NAME, labels[RULE_NAME])} ({name})"
        return self.line(name, _MAX_NAME_CHARS)

    def severity_of(self, labels: Labels) -> str:
        """The name of the severity, empty where these labels have none."""
        label = self.severity.label
        return self.line(self.severity.name(self.redactor.label(label, labels.get(label, ""))))

    def labels(self, labels: Labels, first: Labels) -> tuple[str, ...]:
        """Each label that is of interest as `name=value`, those of `first` in front; of too many the first."""
        if not labels:
            return ()
        names = sorted(self._of_interest(labels), key=lambda name: (name not in first, name))
        texts = [self._label(name, labels[name]) for name in names[: self.max_labels]]
        return (*texts, "…") if len(names) > self.max_labels else tuple(texts)

    def _of_interest(self, labels: Labels) -> Iterator[str]:
        """All but name and severity, those of machinery, and a job whose name another label has."""
        placed = {NAME, self.severity.label, *([RULE_NAME] if _is_about_a_rule(labels) else [])}
        hidden = {*placed, *(self.choice.hidden - self.choice.shown)}
        names = [name for name in labels if name not in hidden and not name.startswith("__")]
        for name in names:
            if (
                name != _JOB
                or _JOB in self.choice.shown
                or all(labels[o] != labels[name] for o in names if o != name)
            ):
                yield name

    def _label(self, name: str, value: str) -> str:
        """The value is looked at alone first: a pattern may hold for the whole of it."""
        return self.line(f"{name}={self.redactor.text(self.redactor.label(name, value))}")

    def redacted(self, labels: Labels) -> Labels:
        """The labels as they may be read, but for what only patterns and values hide."""
        return {name: self.redactor.label(name, value) for name, value in labels.items()}

    def readable(self, links: Links) -> Links:
        """The web addresses that give away nothing that is hidden, by names that give away nothing either."""
        shows = self.redactor.shows
        return {name: url for name, url in links.items() if shows(url) and (name in KINDS or shows(name))}

    def measured(self, values: Mapping[str, float]) -> Mapping[str, str]:
        """The first few numbers as the reader writes them, by the names that their sender gives them."""
        first = list(values.items())[:_MAX_VALUES]
        return {self.line(name, _MAX_VALUE_CHARS): self._number(self.localizer.measured(one)) for name, one in first}

    def value(self, text: str) -> str:
        """What an annotation says was measured; a number as the reader writes it."""
        written = self.localizer.value(text)
        return self._number(written) if written != text else self.line(text)

    def _number(self, written: str) -> str:
        """A number keeps its no-break spaces, which `line` would not."""
        return HIDDEN if self.redactor.hides(written) else written

    def notes(self, annotations: Labels, used: str) -> Notes:
        """Annotations that have no place of their own, each in the reader's language where it has several.

        `used` stands in for the summary.
        """
        names = [name for name, text in sorted(annotations.items()) if name != used and not has_place(name, text)]
        names = [name for name in names if not is_hidden(name, annotations)]
        texts = [(name, self.localizer.localized(annotations, name)) for name in names]
        kept = [(name, text) for name, text in texts if text][:5]
        return tuple((self.line(name), self.line(text, _MAX_NOTE_CHARS)) for name, text in kept)

    def facts(self, labels: Labels, own: Labels, annotations: Labels, description: str) -> Facts:
        """All of it for templates that tenants write; nothing where no template asks."""
        if not self.localizer.custom:
            return NO_FACTS
        known = self.redacted(labels)
        localized = {name: self.localizer.localized(annotations, name) for name in annotations}
        return Facts(
            labels=self.by_name(known),
            own_labels=self.by_name(self.redacted(own)),
            annotations=self.by_name(localized, _MAX_ANNOTATION_CHARS),
            level=self.line(self.severity.name(known.get(self.severity.label, "")), _MAX_FACT_CHARS),
            description=self.line(description, _MAX_ANNOTATION_CHARS),
        )

    def by_name(self, values: Labels, limit: int = _MAX_FACT_CHARS) -> Mapping[str, str]:
        """The values that are there, by their names."""
        kept = sorted(name for name, value in values.items() if value)[:_MAX_NAMES]
        return {self.line(name, _MAX_FACT_NAME_CHARS): self.line(values[name], limit) for name in kept}


def _is_about_a_rule(labels: Labels) -> bool:
    return labels.get(NAME) in _ABOUT_A_RULE and bool(labels.get(RULE_NAME))
