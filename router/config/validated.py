"""Validate plain data as a document of some kind, and report every error at once."""

import json
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Final, TypeVar

from pydantic import ValidationError

from router.config.document.appearance import Section
from router.config.pydantic_errors import diagnostics, empty
from router.diagnostic import Diagnostic, KeyPath

MAX_DIAGNOSTICS: Final = 100
"""How many are reported at once; a document with thousands of errors is answered as fast as any other."""

_ENOUGH: Final = MAX_DIAGNOSTICS + 1
"""How many of each kind are looked for: one more than is reported shows that there are more."""

Document = TypeVar("Document", bound=Section)
References = Callable[[object], Iterator[Diagnostic]]
"""Every part of plain data that contradicts another."""


def validated(
    data: object, kind: type[Document], broken_references: References = lambda _: iter(()), most: int | None = None
) -> Document | tuple[Diagnostic, ...]:
    """The document, or what is wrong with it: at most one diagnostic for a path, in no particular order.

    Where more than `most` things are wrong, only their number is named: listing them holds Python's lock.
    """
    document, found = _validated(data, kind, most)
    references = islice(broken_references(data), _ENOUGH)
    nulls = islice(_nulls(data, ()), _ENOUGH)
    first: dict[KeyPath, Diagnostic] = {}
    for one in chain(found, references, map(empty, nulls)):
        first.setdefault(one.path, one)
    return tuple(first.values()) if document is None or first else document


def _validated(
    data: object, kind: type[Document], most: int | None
) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    try:
        return kind.model_validate_json(json.dumps(data)), ()
    except ValidationError as error:
        count = error.error_count()
        if most is not None and count > most:
            return None, (Diagnostic(f"{count} things are wrong; `tenant validate` names them"),)
        return None, diagnostics(error.errors(include_url=False)[:_ENOUGH], kind)


def _nulls(data: object, path: KeyPath) -> Iterator[KeyPath]:
    """Keys without a value: a line that somebody began and left neither inherits anything nor means a default."""
    if data is None:
        yield path
    elif isinstance(data, dict):
        for key, value in data.items():
            if value is None or isinstance(value, dict | list):
                yield from _nulls(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            if value is None or isinstance(value, dict | list):
                yield from _nulls(value, (*path, index))
