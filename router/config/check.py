"""Whether plain data is a tenant document; if not, everything that is wrong with it at once."""

import json
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Final

from pydantic import ValidationError

from router.config.diagnostics import empty, problems
from router.config.document import TenantDocument
from router.config.finding import Loc, Problem
from router.config.reference import broken_references

MAX_PROBLEMS: Final = 100
"""What is told at once; a document wrong in thousands of places is answered as fast as any other."""

_ENOUGH: Final = MAX_PROBLEMS + 1
"""Of each kind; one more than is told, so that it shows that there are more."""


def check(data: object) -> TenantDocument | tuple[Problem, ...]:
    """The document, or its problems: at most one for a place, in no order that matters."""
    document, found = _validated(data)
    references = islice(broken_references(data), _ENOUGH)
    nulls = islice(_nulls(data, ()), _ENOUGH)
    first: dict[Loc, Problem] = {}
    for one in chain(found, references, map(empty, nulls)):
        first.setdefault(one.loc, one)
    return document if document is not None and not first else tuple(first.values())


def _validated(data: object) -> tuple[TenantDocument | None, tuple[Problem, ...]]:
    try:
        return TenantDocument.model_validate_json(json.dumps(data)), ()
    except ValidationError as error:
        return None, problems(error.errors(include_url=False)[:_ENOUGH])


def _nulls(data: object, loc: Loc) -> Iterator[Loc]:
    """Keys without a value: nothing is inherited or left to a default by a line that someone began and left."""
    if data is None:
        yield loc
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _nulls(value, (*loc, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _nulls(value, (*loc, index))
