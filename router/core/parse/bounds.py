"""What one body and one alert may hold.

Labels are what an alert is, so they are never cut: one that is too large makes a bad alert, refused alone.
Annotations only decorate it, so they are cut with a mark, and the alert is taken. Sizes are bytes of UTF-8.
"""

from dataclasses import dataclass
from itertools import islice
from typing import Final

from router.core.match.labels import Labels

MAX_ALERTS: Final = 10_000
"""Alerts that one body may hold; more would hold up everybody behind it."""

MAX_LABEL_NAME: Final = 1_024
"""Bytes of the name of a label or an annotation: what hosted Prometheus allows, far beyond any name in use."""

MAX_LABEL_VALUE: Final = 16 * 1024
"""Bytes of a label's value: eight times what hosted Prometheus allows."""

MAX_LABELS: Final = 256
"""Labels of one alert: eight times what hosted Prometheus allows."""

MAX_LABELS_BYTES: Final = 32 * 1024
"""Bytes of all names and values of one alert's labels: hashing them takes Python some milliseconds."""

MAX_ANNOTATION: Final = 32 * 1024
"""Bytes of an annotation's value, with its mark. Not less: what is cut must be longer than what redaction looks
through (8,000 characters of up to four bytes), since a cut could split what it would have hidden."""

MAX_ANNOTATIONS: Final = 256
"""Annotations of one alert."""

MAX_ANNOTATIONS_BYTES: Final = 128 * 1024
"""Bytes of all names and values of one alert's annotations, as they are kept."""

MARK: Final = "…"
"""Stands where a value was cut, and names the annotation that counts those left out."""

_MOST_BYTES: Final = 4
"""Of one character."""


@dataclass(frozen=True, slots=True)
class BodyBounds:
    """What one body and each of its alerts may hold: counts, and bytes of UTF-8."""

    alerts: int = MAX_ALERTS
    label_name: int = MAX_LABEL_NAME
    """Of annotations too."""
    label_value: int = MAX_LABEL_VALUE
    labels: int = MAX_LABELS
    labels_bytes: int = MAX_LABELS_BYTES
    annotation: int = MAX_ANNOTATION
    annotations: int = MAX_ANNOTATIONS
    annotations_bytes: int = MAX_ANNOTATIONS_BYTES


DEFAULT_BOUNDS: Final = BodyBounds()


def check_labels(labels: Labels, bounds: BodyBounds) -> None:
    """Refuse labels that are more or larger than they may be.

    Raises:
        ValueError: which, how large, and what is allowed.
    """
    if len(labels) > bounds.labels:
        raise ValueError(f"{len(labels)} labels; at most {bounds.labels} are allowed")
    if _are_small(labels, (bounds.label_name, bounds.label_value, bounds.labels_bytes)):
        return
    for name, value in labels.items():
        if (size := _size(name)) > bounds.label_name:
            raise ValueError(
                f"the label name {_short(name)} has {size} bytes; at most {bounds.label_name} are allowed"
            )
        if (size := _size(value)) > bounds.label_value:
            raise ValueError(f"label {_short(name)} has {size} bytes; at most {bounds.label_value} are allowed")
    together = sum(_size(name) + _size(value) for name, value in labels.items())
    if together > bounds.labels_bytes:
        raise ValueError(f"the labels together have {together} bytes; at most {bounds.labels_bytes} are allowed")


def kept_annotations(annotations: dict[str, str], bounds: BodyBounds) -> dict[str, str]:
    """The annotations as they are stored: long values cut, and a count of those that there is no room for."""
    limits = bounds.label_name, bounds.annotation, bounds.annotations_bytes
    if len(annotations) <= bounds.annotations and _are_small(annotations, limits):
        return annotations
    kept: dict[str, str] = {}
    room = bounds.annotations_bytes
    for name, value in islice(annotations.items(), bounds.annotations):
        text = cut(value, bounds.annotation)
        size = _size(name) + _size(text)
        if _size(name) <= bounds.label_name and size <= room:
            kept[name] = text
            room -= size
    left_out = len(annotations) - len(kept)
    return {**kept, MARK: f"+{left_out}"} if left_out else kept


def cut(text: str, most: int) -> str:
    """The text in at most so many bytes: as many whole characters as fit, and a mark in place of the rest."""
    if _size(text) <= most:
        return text
    kept = text[:most].encode(errors="replace")[: most - len(MARK.encode())]
    return kept.decode(errors="ignore") + MARK


def _are_small(texts: Labels, limits: tuple[int, int, int]) -> bool:
    """Whether all are within the limits of a name, of a value and of all, whatever the characters."""
    name, value, together = limits
    names, values = sum(map(len, texts)), sum(map(len, texts.values()))
    return (
        _MOST_BYTES * names <= name and _MOST_BYTES * values <= value and _MOST_BYTES * (names + values) <= together
    )


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def _short(name: str) -> str:
    return repr(name if len(name) <= 60 else name[:60] + MARK)
