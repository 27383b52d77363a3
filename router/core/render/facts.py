"""An alert's labels and annotations by name, for the templates that tenants write: shortened and harmless."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from router.core.match.labels import Labels
from router.core.render.localizer import Localizer
from router.core.render.redaction import Redactor

_MAX_NAMES: Final = 40
_MAX_NAME_CHARS: Final = 100
_MAX_LABEL_CHARS: Final = 150
_MAX_ANNOTATION_CHARS: Final = 600


@dataclass(frozen=True, slots=True)
class Facts:
    """All labels, those that the others do not share, and the annotations in the language of the message."""

    labels: Mapping[str, str]
    own_labels: Mapping[str, str]
    annotations: Mapping[str, str]
    level: str
    """The severity as the label has it."""


NO_FACTS: Final = Facts({}, {}, {}, "")


def facts(
    labels: Labels, own: Labels, annotations: Labels, severity: str, localizer: Localizer, redactor: Redactor
) -> Facts:
    """What a template may say of an alert; nothing where no template asks. `severity` names its label."""
    if not localizer.custom:
        return NO_FACTS
    localized = {name: localizer.localized(annotations, name) for name in annotations}
    return Facts(
        labels=by_name(labels, redactor),
        own_labels=by_name(own, redactor),
        annotations=by_name(localized, redactor, _MAX_ANNOTATION_CHARS),
        level=redactor.line(labels.get(severity, ""), _MAX_LABEL_CHARS),
    )


def by_name(values: Labels, redactor: Redactor, limit: int = _MAX_LABEL_CHARS) -> Mapping[str, str]:
    """The values that are there, by their names."""
    kept = sorted(name for name, value in values.items() if value)[:_MAX_NAMES]
    return {redactor.line(name, _MAX_NAME_CHARS): redactor.line(values[name], limit) for name in kept}
