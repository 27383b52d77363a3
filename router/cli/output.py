"""What every command that prints JSON also takes: `-o table`, `-o json` and `-o yaml`."""

import inspect
import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import wraps
from typing import Annotated, Any, Final

import typer

_FORMS: Final = ("table", "json", "yaml")
_NAMED: Final = "table, json or yaml"
_AS_JSON: Final = "as_json"
_OUTPUT: Final = "output"


def _form(context: typer.Context, typed: str | None) -> str | None:
    """The form, if it is one. The error does not repeat what was typed: in `-xoxb-1` a secret looks like `-o`."""
    if typed is None or typed in _FORMS:
        return typed
    message = f"use {_NAMED}"
    if context.ignore_unknown_options:
        message += "; a value is read from stdin, never from an argument"
    raise typer.BadParameter(message)


_OPTION: Final = Annotated[
    str | None,
    typer.Option("--output", "-o", help=f"{_NAMED}.", metavar="FORM", show_default="table", callback=_form),
]


def with_formats(command: Callable[..., None]) -> Callable[..., None]:
    """The command with `--output` beside its `--json`; the command itself where it prints no JSON."""
    signature = inspect.signature(command)
    if _AS_JSON not in signature.parameters:
        return command

    @wraps(command)
    def formatted(*, output: str | None = None, **given: Any) -> None:  # noqa: ANN401 - whatever the command takes
        given[_AS_JSON] = given[_AS_JSON] or output in {"json", "yaml"}
        if output == "yaml":
            _print_yaml(command, given)
        else:
            command(**given)

    added = inspect.Parameter(_OUTPUT, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_OPTION)
    formatted.__annotations__ = {**command.__annotations__, _OUTPUT: _OPTION}
    changed = signature.replace(parameters=[*signature.parameters.values(), added])
    setattr(formatted, "__signature__", changed)  # noqa: B010 - mypy knows no such attribute of a function
    return formatted


def _print_yaml(command: Callable[..., None], given: dict[str, Any]) -> None:
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            command(**given)
    finally:
        if printed.getvalue():
            typer.echo(to_yaml(json.loads(printed.getvalue())), nl=False)


def to_yaml(data: object) -> str:
    """Plain data as YAML, a block each line."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only when it is asked for

    yaml, text = YAML(), io.StringIO()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 10_000
    yaml.dump(data, text)
    return text.getvalue()
