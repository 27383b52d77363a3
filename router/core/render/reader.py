"""Foreign text made readable: redacted, in the reader's language, on one line and shortened; not escaped yet."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from router.core.match.labels import Labels
from router.core.model.alert import Links
from router.core.model.tenant import Severity
from router.core.render.localizer import Localizer
from router.core.render.redaction import Redactor

NAME: Final = "alertname"
RULE_NAME: Final = "rulename"
_ABOUT_A_RULE: Final = frozenset({"DatasourceNoData", "DatasourceError"})
"""Names of alerts that Grafana raises when a rule cannot be evaluated; `rulename` is the rule's."""

_MAX_LABEL_CHARS: Final = 100
_MAX_NAME_CHARS: Final = 150
_MAX_NOTE_CHARS: Final = 200
_MAX_NAMES: Final = 40
_MAX_FACT_NAME_CHARS: Final = 100
_MAX_FACT_CHARS: Final = 150
_MAX_ANNOTATION_CHARS: Final = 600
_PLACED: Final = frozenset({
    "summary", "description", "value", "runbook_url", "dashboard_url", "panel_url",
})  # fmt: skip
_LANGUAGE: Final = re.compile(r"_[a-z]{2,3}(_[A-Za-z]{2,4})?$")

Notes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """All labels, those that the others do not share, and the annotations in the language of the message."""

    labels: Mapping[str, str]
    own_labels: Mapping[str, str]
    annotations: Mapping[str, str]
    level: str
    """The name of the severity."""


NO_FACTS: Final = Facts({}, {}, {}, "")


@dataclass(frozen=True, slots=True)
class Reader:
    """How the labels and annotations of one message are read."""

    redactor: Redactor
    localizer: Localizer
    severity: Severity
    max_labels: int

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
        """Each label but name and severity as `name=value`, those of `first` in front; of too many the first."""
        left_out = {NAME, self.severity.label, *([RULE_NAME] if _is_about_a_rule(labels) else [])}
        names = sorted((name for name in labels if name not in left_out), key=lambda name: (name not in first, name))
        texts = [self._label(name, labels[name]) for name in names[: self.max_labels]]
        return (*texts, "…") if len(names) > self.max_labels else tuple(texts)

    def _label(self, name: str, value: str) -> str:
        """The value is looked at alone first: a pattern may hold for the whole of it."""
        return self.line(f"{name}={self.redactor.text(self.redactor.label(name, value))}")

    def redacted(self, labels: Labels) -> Labels:
        """The labels as they may be read, but for what only patterns and values hide."""
        return {name: self.redactor.label(name, value) for name, value in labels.items()}

    def readable(self, links: Links) -> Links:
        """The web addresses that give away nothing that is hidden."""
        return {name: url for name, url in links.items() if self.redactor.shows(url)}

    def notes(self, annotations: Labels) -> Notes:
        """Annotations that have no place of their own, each in the reader's language where it has several."""
        known = {*annotations, *_PLACED}
        names = [name for name in sorted(annotations) if name not in _PLACED and not _is_hidden(name, known)]
        texts = [(name, self.localizer.localized(annotations, name)) for name in names]
        kept = [(name, text) for name, text in texts if text][:5]
        return tuple((self.line(name), self.line(text, _MAX_NOTE_CHARS)) for name, text in kept)

    def facts(self, labels: Labels, own: Labels, annotations: Labels) -> Facts:
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
        )

    def by_name(self, values: Labels, limit: int = _MAX_FACT_CHARS) -> Mapping[str, str]:
        """The values that are there, by their names."""
        kept = sorted(name for name, value in values.items() if value)[:_MAX_NAMES]
        return {self.line(name, _MAX_FACT_NAME_CHARS): self.line(values[name], limit) for name in kept}


def _is_about_a_rule(labels: Labels) -> bool:
    return labels.get(NAME) in _ABOUT_A_RULE and bool(labels.get(RULE_NAME))


def _is_hidden(name: str, known: Collection[str]) -> bool:
    """Whether it is Grafana's own, or another annotation in some language."""
    language = _LANGUAGE.search(name)
    return name.startswith("__") or (language is not None and name[: language.start()] in known)
