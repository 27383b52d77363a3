"""Every place of the program that logs an event, as its source has it: event, levels and the names of its fields."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LEVELS: Final = ("debug", "info", "warning", "error", "critical")
"""In their order."""
_AS_ERROR: Final = "exception"
"""Structlog's method for an error with its traceback, and the field that holds that."""
_LOGS: Final = {"log", "_log", "_logger"}

_Values = Mapping[str, ast.expr]
"""What the variables of a function are assigned."""


@dataclass(frozen=True, slots=True)
class LogCall:
    """One event that one place logs, at the levels that it may have there."""

    event: str
    levels: tuple[str, ...]
    fields: tuple[str, ...]


def calls_below(folder: Path) -> list[LogCall]:
    """All of them, in all sources below a folder.

    Raises:
        ValueError: a place logs an event whose name does not stand in its function.
    """
    return [one for path in sorted(folder.rglob("*.py")) for one in calls_in(path.read_text(encoding="utf-8"))]


def calls_in(source: str) -> list[LogCall]:
    """Those of one source; the same errors."""
    functions = [
        one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [call for function in functions for call in _of_function(function)]


def _of_function(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[LogCall]:
    assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    values = {to.id: one.value for one in assigned for to in one.targets if isinstance(to, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield from _of_call(node, values)


def _of_call(call: ast.Call, values: _Values) -> Iterator[LogCall]:
    if ast.unparse(call.func) == "poll":
        yield from (LogCall(name, ("warning",), ("error", "times")) for name in _texts(call.args[2], values))
        return
    levels = _levels(call.func, values)
    if not levels or ast.unparse(call.args[0]) == "unavailable":  # which whoever polls has named
        return
    names = _texts(call.args[0], values)
    if not names:
        raise ValueError(f"an event without a name: {ast.unparse(call)}")
    yield from (LogCall(name, levels, tuple(_fields(call, values))) for name in names)


def _levels(func: ast.expr, values: _Values) -> tuple[str, ...]:
    """The levels between which the place chooses, as a rule one; none where nothing is logged."""
    match func:
        case ast.Name(name) if isinstance(chosen := values.get(name), ast.IfExp):
            return (*_levels(chosen.body, {}), *_levels(chosen.orelse, {}))
        case ast.Attribute(owner, name) if name in {*LEVELS, _AS_ERROR} and _is_a_log(ast.unparse(owner)):
            return ("error" if name == _AS_ERROR else name,)
        case _:
            return ()


def _is_a_log(owner: str) -> bool:
    return owner.removesuffix("()").split(".")[-1] in _LOGS or owner.startswith("structlog.get_logger(")


def _texts(value: ast.expr, values: _Values) -> list[str]:
    match value:
        case ast.Constant(str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            return [*_texts(body, values), *_texts(orelse, values)]
        case ast.Name(name) if name in values:
            return _texts(values[name], {})
        case _:
            return []


def _fields(call: ast.Call, values: _Values) -> Iterator[str]:
    for one in call.keywords:
        if one.arg is None:
            yield from _keys(one.value, values)
        else:
            yield _AS_ERROR if one.arg == "exc_info" else one.arg
    if isinstance(call.func, ast.Attribute) and call.func.attr == _AS_ERROR:
        yield _AS_ERROR


def _keys(mapping: ast.expr, values: _Values) -> Iterator[str]:
    """Those of a mapping that is written out in the function."""
    written = values.get(mapping.id) if isinstance(mapping, ast.Name) else mapping
    if isinstance(written, ast.Dict):
        yield from (one.value for one in written.keys if isinstance(one, ast.Constant) and isinstance(one.value, str))
