"""How a version of a configuration is stored: immutable, complete, with its author's text.

Defaults are written out, so that a stored version means the same to a later program with other defaults.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from pydantic import TypeAdapter, ValidationError

from router.config.check import check
from router.config.document.metrics import MetricEntry
from router.config.document.platform import Platform
from router.config.document.tenant import TenantDocument
from router.core.cell import NO_CELL, CellName
from router.core.model.rules.names import is_slug
from router.core.pool import SHARED, Pool, is_pool_name
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError

MAX_STORED: Final = 8 << 20
"""Characters of a stored document, which holds the author's text besides: more than one of the largest text has."""

_MOST_ERRORS: Final = 1_000
_SCHEMA: Final = 1
_BEGINNING: Final = f'{{"v":{_SCHEMA},'
_OWN_KEYS: Final = '"keys":"own"'
"""How a stored document has it; other keys may be called the same."""
_POOL: Final = '"pool":"'
_SHARD: Final = '"shard":'
_CELL: Final = '"cell":"'
_NAME: Final = "stored configuration"
_METRICS: Final = TypeAdapter(tuple[MetricEntry, ...])


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document and the text it was read from."""

    document: TenantDocument
    source_text: str


@dataclass(frozen=True, slots=True)
class SenderParts:
    """What a gateway looks at of a document."""

    platform: Platform
    metrics: tuple[MetricEntry, ...]


def dump(document: TenantDocument, source_text: str) -> str:
    """The document as JSON text; `load` reads back an equal one."""
    return json.dumps({"v": _SCHEMA, "document": document.plain(), "source": source_text}, separators=(",", ":"))


def is_of_this_form(text: str) -> bool:
    """Whether a stored text looks like one that `load` reads: a look at its beginning and its length."""
    return text.startswith(_BEGINNING) and len(text) <= MAX_STORED


def has_own_keys(text: str) -> bool:
    """Whether a stored document wants what is stored of its tenant to be sealed; looked up only where it may."""
    return _OWN_KEYS in text and _platform(text).get("keys") == "own"


def pool_of(text: str) -> Pool:
    """The pool that a stored document names; looked up only where it may. Another text stands for none."""
    named = _platform(text).get("pool") if _POOL in text else None
    return Pool(named) if isinstance(named, str) and is_pool_name(named) else SHARED


def shard_size_of(text: str) -> int | None:
    """How many partitions a stored document wants for its tenant; looked up only where it may. None: any of all."""
    size = _platform(text).get("shard") if _SHARD in text else None
    return size if type(size) is int and size > 0 else None


def cell_of(text: str) -> CellName:
    """The cell that a stored document names; looked up only where it may. Another text stands for none."""
    named = _platform(text).get("cell") if _CELL in text else None
    return CellName(named) if isinstance(named, str) and is_slug(named) else NO_CELL


def _platform(text: str) -> Mapping[str, object]:
    """The operator's part as it is stored; nothing where it cannot be read."""
    try:
        platform = json.loads(text)["document"]["platform"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}
    return platform if isinstance(platform, dict) else {}


def load(text: str) -> StoredDocument:
    """Read what `dump` wrote.

    Raises:
        ConfigurationError: it has another schema version, or is not what `dump` writes.
    """
    stored = _parsed(text)
    document, source_text = check(stored.get("document"), _MOST_ERRORS), stored.get("source")
    if not isinstance(document, TenantDocument):
        raise ConfigurationError(*(replace(one, source=_NAME) for one in document))
    if not isinstance(source_text, str):
        raise _invalid("its source text is missing; apply the document again")
    return StoredDocument(document, source_text)


def load_sender(text: str) -> SenderParts:
    """The operator's part of the stored document, and the tenant's metrics; nothing else of it is looked at.

    Raises:
        ConfigurationError: it has another schema version, or no such part.
    """
    document = _parsed(text).get("document")
    known = document if isinstance(document, dict) else {}
    try:
        platform = Platform.model_validate_json(json.dumps(known.get("platform")))
        return SenderParts(platform, _METRICS.validate_json(json.dumps(known.get("metrics", []))))
    except ValidationError:
        raise _invalid("its limits are missing; apply the document again") from None


def _parsed(text: str) -> dict[str, object]:
    if len(text) > MAX_STORED:
        raise _invalid(f"has more than {MAX_STORED >> 20} MiB; shorten it and apply it again")
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        raise _invalid("not a JSON object; apply the document again")
    if stored.get("v") != _SCHEMA:
        raise _invalid(f"schema {stored.get('v')!r} is not {_SCHEMA}; run the program that wrote it")
    return stored


def _invalid(message: str) -> ConfigurationError:
    return ConfigurationError(Diagnostic(message, source=_NAME))
