"""Labels as they may be read by somebody who may not see what their tenant redacts."""

from collections.abc import Mapping

from router.core.render.redaction import HIDDEN, Redactor


def readable_labels(labels: Mapping[str, str], redactor: Redactor) -> Mapping[str, str]:
    """Labels without what nobody may read."""
    shown = {name: redactor.label(name, value) for name, value in labels.items()}
    return {name: HIDDEN if redactor.hides(value) else value for name, value in shown.items()}
