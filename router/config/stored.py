"""How a version of a configuration is stored: immutable, complete, with its author's text.

Defaults are written out, so that a stored version means the same to a later program with other defaults.
"""

import json
from dataclasses import dataclass, replace
from typing import Final

from router.config.check import check
from router.config.document import TenantDocument
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

_SCHEMA: Final = 1
_NAME: Final = "stored configuration"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document and the text it was read from."""

    document: TenantDocument
    source_text: str


def dump(document: TenantDocument, source_text: str) -> str:
    """The document as JSON text; `load` reads back an equal one."""
    body = document.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps({"v": _SCHEMA, "document": body, "source": source_text}, separators=(",", ":"))


def load(text: str) -> StoredDocument:
    """Read what `dump` wrote.

    Raises:
        ConfigurationError: it has another schema version, or is not what `dump` writes.
    """
    stored = _parsed(text)
    if stored.get("v") != _SCHEMA:
        raise _invalid(f"schema {stored.get('v')!r} is not {_SCHEMA}; run the program that wrote it")
    document, source_text = check(stored.get("document")), stored.get("source")
    if not isinstance(document, TenantDocument):
        raise ConfigurationError(*(replace(one, source=_NAME) for one in document))
    if not isinstance(source_text, str):
        raise _invalid("its source text is missing; apply the document again")
    return StoredDocument(document, source_text)


def _parsed(text: str) -> dict[str, object]:
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        raise _invalid("not a JSON object; apply the document again")
    return stored


def _invalid(message: str) -> ConfigurationError:
    return ConfigurationError(Diagnostic(message, source=_NAME))
