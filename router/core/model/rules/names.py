"""Names within a tenant's rules."""

import re
from collections.abc import Iterable
from typing import Final, NewType

ReceiverName = NewType("ReceiverName", str)
SecretName = NewType("SecretName", str)
LANGUAGES: Final = ("en", "fr", "de", "es", "it")
"""The languages that messages are written in; each has a catalogue in `locales/`."""
SLUG_LENGTH: Final = 63
"""Characters that a tenant's id, or another slug, may have."""

_LANGUAGE: Final = re.compile(r"_[A-Za-z]{2,3}(?:_[A-Za-z0-9]+)*")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def is_slug(text: str) -> bool:
    """Whether it is lower-case letters and digits, with single hyphens between them, as a tenant's id is."""
    return _SLUG.fullmatch(text) is not None and len(text) <= SLUG_LENGTH


def is_annotation_of(name: str, names: Iterable[str]) -> bool:
    """Whether the annotation is one of these, itself or as a translation of one: `summary_fr` of `summary`."""
    return any(name == one or (name.startswith(one) and _LANGUAGE.fullmatch(name, len(one))) for one in names)
