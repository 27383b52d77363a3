"""The form in which a version of a configuration is kept: immutable, complete, with its author's text.

Defaults are written out, so that a stored version means the same under a later program with other defaults.
"""

import json
from dataclasses import dataclass
from typing import Final

from router.config.check import check
from router.config.document import TenantDocument
from router.errors import ConfigurationError

_SCHEMA: Final = 1
_NAME: Final = "stored configuration"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document and the text it was read from."""

    document: TenantDocument
    source_text: str


def dump(document: TenantDocument, source_text: str) -> str:
    """The document as JSON text that `load` reads back equal."""
    body = document.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps({"v": _SCHEMA, "document": body, "source": source_text}, separators=(",", ":"))


def load(text: str) -> StoredDocument:
    """Read what `dump` wrote.

    Raises:
        ConfigurationError: it was written by another schema version, or is not what `dump` writes.
    """
    stored = _parsed(text)
    if stored.get("v") != _SCHEMA:
        raise ConfigurationError(
            f"{_NAME}: schema {stored.get('v')!r} is not {_SCHEMA}; run the program that wrote it"
        )
    document, source_text = check(stored.get("document")), stored.get("source")
    if not isinstance(document, TenantDocument):
        raise ConfigurationError(*(f"{_NAME}: {problem}" for problem in document))
    if not isinstance(source_text, str):
        raise ConfigurationError(f"{_NAME}: its source text is missing; apply the document again")
    return StoredDocument(document, source_text)


def _parsed(text: str) -> dict[str, object]:
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        raise ConfigurationError(f"{_NAME}: not a JSON object; apply the document again")
    return stored
