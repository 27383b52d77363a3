"""pydantic's findings in plain sentences: what was found, what should stand there."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from router.config.document import Section, TenantDocument
from router.config.finding import Loc, Problem, guess, nearest, quoted

_EXPECTED = re.compile("'([^']*)'")
_EMPTY = "has no value; give one or remove the key"
_EMPTY_CHANNEL = 'has no value; a # outside quotes begins a comment, so write "#name" in quotes'


def problems(errors: list[ErrorDetails]) -> tuple[Problem, ...]:
    """The findings for the errors of validating a TenantDocument; a key that is there misspelt is not missing too."""
    misspelt = {_meant(error["loc"]) for error in errors if error["type"] == "extra_forbidden"}
    return tuple(_problem(error) for error in errors if error["type"] != "missing" or error["loc"] not in misspelt)


def empty(loc: Loc) -> Problem:
    """The finding for a key without a value."""
    if not loc:
        return Problem(loc, "the document is empty; begin with version: 1")
    hidden = "channel" in loc[-1:] or "channels" in loc[-2:-1]
    return Problem(loc, _EMPTY_CHANNEL if hidden else _EMPTY, about_key=True)


def _problem(error: ErrorDetails) -> Problem:
    loc = error["loc"]
    match error["type"]:
        case "extra_forbidden":
            return Problem(loc, _unknown(loc), about_key=True)
        case "missing":
            return Problem(loc, f"missing{_example(loc)}")
        case _ if error["input"] is None:
            return empty(loc)
        case _:
            return Problem(loc, _wrong(error))


def _wrong(error: ErrorDetails) -> str:
    value: object = error["input"]
    match error["type"]:
        case "value_error":
            return str(error["ctx"]["error"])
        case "string_type":
            quotes = "" if isinstance(value, list | dict) else "; put it in quotes"
            return f"should be text, not {_kind(value)}{quotes}"
        case "bool_type":
            return f"should be true or false, not {_kind(value)}"
        case "int_type":
            return f"should be a whole number, not {_kind(value)}"
        case "tuple_type":
            return f"should be a list, not {_kind(value)}; write [...]"
        case "model_type":
            return f"should be a mapping of keys, not {_kind(value)}{_example(error['loc'])}"
        case "enum":
            known = _EXPECTED.findall(error["ctx"]["expected"])
            return f"{_kind(value)} is not one of {', '.join(known)}{guess(str(value), known)}"
        case "literal_error":
            return f"{_kind(value)} is not a version this program reads; write the number 1"
        case _:
            return f"{_kind(value)} is not valid here"


def _kind(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {quoted(str(value))}"
        case str():
            return f"the text {quoted(value)}"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _example(loc: Loc) -> str:
    """How to write what should stand at a place, where that can be shown in a line."""
    field = _fields(_model(loc[:-1])).get(str(loc[-1])) if loc else None
    return f"; write for example {loc[-1]}: {json.dumps(field.examples[0])}" if field and field.examples else ""


def _unknown(loc: Loc) -> str:
    key, model = str(loc[-1]), _model(loc[:-1])
    known = ", ".join(_fields(model))
    return model.refused.get(key) or f"unknown{guess(key, _fields(model)) or '; the keys here are ' + known}"


def _meant(loc: Loc) -> Loc:
    """The place of the known key that an unknown one is nearest to; the unknown key's own where none is near."""
    return (*loc[:-1], nearest(str(loc[-1]), _fields(_model(loc[:-1]))) or loc[-1])


def _model(loc: Loc) -> type[Section]:
    """The part of the document that stands at a place."""
    model: type[Section] = TenantDocument
    for key in loc:
        if isinstance(key, str):
            model = next(_sections(_fields(model)[key].annotation))
    return model


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _sections(annotation: Any) -> Iterator[type[Section]]:  # noqa: ANN401 - an annotation is any object
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for part in get_args(annotation):
        yield from _sections(part)
