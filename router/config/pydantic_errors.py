"""Turn pydantic's errors into plain sentences: what was found and what is expected."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from router.config.document.appearance import Section
from router.config.document.either import as_written
from router.config.suggestion import guess, nearest, quoted
from router.diagnostic import Diagnostic, KeyPath

_EXPECTED = re.compile("'([^']*)'")
_EMPTY = "has no value; give one or remove the key"
_TOKEN_PATH = ("platform", "slack", "token")
_NAME_ONLY = "should be the name of a secret, never the token itself; use for example token: {secret: slack}"
_ELSEWHERE: Mapping[KeyPath, str] = {
    ("platform",): "; for a tenant's own file, use --tenant",
    ("route",): "; for the operator's part alone, use `platform apply`",
}
"""Where a file belongs that has one part alone."""
_EMPTY_CHANNEL = 'has no value; a # outside quotes begins a comment, so write "#name" in quotes'


def diagnostics(errors: list[ErrorDetails], root: type[Section]) -> tuple[Diagnostic, ...]:
    """Diagnostics for the errors of validating a document. A misspelt key is not reported as missing too."""
    errors = [{**error, "loc": as_written(error["loc"])} for error in errors]
    misspelt = {_meant(error["loc"], root) for error in errors if error["type"] == "extra_forbidden"}
    shown = (error for error in errors if error["type"] != "missing" or error["loc"] not in misspelt)
    return tuple(_diagnostic(error, root) for error in shown)


def empty(path: KeyPath) -> Diagnostic:
    """The diagnostic for a key without a value."""
    if not path:
        return Diagnostic("the document is empty; begin with version: 1")
    hidden = "channel" in path[-1:] or "channels" in path[-2:-1]
    return Diagnostic(_EMPTY_CHANNEL if hidden else _EMPTY, path, about_key=True)


def _diagnostic(error: ErrorDetails, root: type[Section]) -> Diagnostic:
    path = error["loc"]
    match error["type"]:
        case "extra_forbidden":
            return Diagnostic(_unknown(path, root), path, about_key=True)
        case "missing":
            return Diagnostic(f"missing{_example(path, root)}{_ELSEWHERE.get(path, '')}", path)
        case _ if error["input"] is None:
            return empty(path)
        case _ if path[: len(_TOKEN_PATH)] == _TOKEN_PATH:
            return Diagnostic(_NAME_ONLY, path)
        case _:
            return Diagnostic(_wrong(error, root), path)


def _wrong(error: ErrorDetails, root: type[Section]) -> str:
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
            return f"should be a list, not {_kind(value)}; use [...]"
        case "model_type":
            return f"should be a mapping of keys, not {_kind(value)}{_example(error['loc'], root)}"
        case "enum":
            known = _EXPECTED.findall(error["ctx"]["expected"])
            return f"{_kind(value)} is not one of {', '.join(known)}{guess(str(value), known)}"
        case "literal_error" if error["loc"][-1] != "version":
            known = _EXPECTED.findall(error["ctx"]["expected"])
            return f"should be {' or '.join(known)}, not {_kind(value)}"
        case "literal_error":
            return f"{_kind(value)} is not a version that this program reads; use the number 1"
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


def _example(path: KeyPath, root: type[Section]) -> str:
    """How to write what is missing, if one line can show it."""
    field = _fields(_model(path[:-1], root)).get(str(path[-1])) if path else None
    return f"; use for example {path[-1]}: {json.dumps(field.examples[0])}" if field and field.examples else ""


def _unknown(path: KeyPath, root: type[Section]) -> str:
    key, model = str(path[-1]), _model(path[:-1], root)
    known = ", ".join(_fields(model))
    return model.refused.get(key) or f"unknown{guess(key, _fields(model)) or '; the keys here are ' + known}"


def _meant(path: KeyPath, root: type[Section]) -> KeyPath:
    """The path of the known key that an unknown one resembles most; its own path if none is near."""
    return (*path[:-1], nearest(str(path[-1]), _fields(_model(path[:-1], root))) or path[-1])


def _model(path: KeyPath, root: type[Section]) -> type[Section]:
    """The part of the document that is at a path."""
    model = root
    for key in path:
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
