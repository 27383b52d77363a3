"""A body as it may be read by somebody who may not see what its tenant redacts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from router.core.model.rules.appearance import Erased, Redaction
from router.core.render.redaction import HIDDEN, SHORTEST, Redactor

MAX_REDACTED: Final = 256 * 1024
"""Bytes of a body that are looked through for what is redacted; a larger one is hidden whole."""

_LABELS: Final = frozenset({"labels", "groupLabels", "commonLabels"})
_ANNOTATIONS: Final = frozenset({"annotations", "commonAnnotations"})


@dataclass(frozen=True, slots=True)
class RedactedBody:
    """A body without what is redacted, None where that cannot be found in it, and what hides the same elsewhere."""

    text: str | None
    redactor: Redactor


def redacted_body(body: bytes, rule: Redaction) -> RedactedBody:
    """The body as sent where nothing is redacted, else as JSON without that."""
    redactor = Redactor(rule)
    if rule == Redaction():
        return RedactedBody(body.decode(errors="backslashreplace"), redactor)
    if len(body) > MAX_REDACTED:
        return RedactedBody(None, redactor)
    try:
        document = json.loads(body)
        hidden = chain(_named(document, redactor), _erased(document, rule.erased))
        named = frozenset(value for value in hidden if len(value) >= SHORTEST)
        redactor = Redactor(rule, named)
        return RedactedBody(json.dumps(_shown(document, redactor), ensure_ascii=False), redactor)
    except (ValueError, RecursionError):
        return RedactedBody(None, redactor)


def names_erased(body: bytes, erased: Erased) -> bool:
    """Whether what is read of the body names somebody whose data was erased; of what cannot be read nothing is."""
    try:
        return bool(erased) and any(_erased(json.loads(body), erased))
    except (ValueError, RecursionError):
        return False


def _erased(document: Any, erased: Erased) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """What names people whose data was erased, as it stands there."""
    if isinstance(document, list):
        for one in document:
            yield from _erased(one, erased)
    elif isinstance(document, dict):
        for name, value in document.items():
            pairs = {own: str(text) for own, text in value.items()} if isinstance(value, dict) else {}
            yield from erased.in_labels(pairs) if name in _LABELS else ()
            yield from erased.in_annotations(pairs) if name in _ANNOTATIONS else ()
            yield from _erased(value, erased)


def _named(document: Any, redactor: Redactor) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """The values that are redacted by their names."""
    if isinstance(document, list):
        for one in document:
            yield from _named(one, redactor)
    elif isinstance(document, dict):
        for name, value in document.items():
            pairs = value.items() if isinstance(value, dict) else ()
            yield from (str(text) for own, text in pairs if _is_redacted(name, own, str(text), redactor))
            yield from _named(value, redactor)


def _is_redacted(place: str, name: str, value: str, redactor: Redactor) -> bool:
    if place in _LABELS:
        return redactor.label(name, value) != value
    return place in _ANNOTATIONS and redactor.annotations({name: value})[name] != value


def _shown(document: Any, redactor: Redactor, place: str = "") -> Any:  # noqa: ANN401 - any JSON
    if isinstance(document, str):
        return _text(document, redactor)
    if isinstance(document, list):
        return [_shown(one, redactor) for one in document]
    if isinstance(document, dict):
        return {
            _text(name, redactor): HIDDEN
            if _is_redacted(place, name, str(value), redactor)
            else _shown(value, redactor, name)
            for name, value in document.items()
        }
    return document if _text(str(document), redactor) == str(document) else HIDDEN


def _text(text: str, redactor: Redactor) -> str:
    if "://" in text and not redactor.shows(text):
        return HIDDEN
    return redactor.text(text)
