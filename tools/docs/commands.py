"""`docs/commands.md`, written from the command line itself."""

import inspect
from collections.abc import Iterator
from typing import Final

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from router.cli.commands import app
from tools.docs.markdown import cell, code, table

_HEAD: Final = """\
# Commands

`alert-router COMMAND --help` says the same. Settings are environment variables: see [settings](settings.md). Every
command that asks Redis needs `ALERT_ROUTER_REDIS__URL`; `tenant check` and `send-test` need a worker's settings.

Exit codes: 0 fine, 1 failed, 2 wrong usage or invalid input. Errors go to stderr and begin with `error:`. With
`--json` a command prints JSON on stdout, for programs.

`alert-router --install-completion` teaches your shell to complete commands.

This page is generated from the program: `make docs`.
"""


def page() -> str:
    """The page."""
    found = list(commands(program()))
    rows = [[f"[`{path}`](#{path.replace(' ', '-')})", cell(_paragraphs(one)[0])] for path, one in found]
    parts = "\n".join(_part(path, one) for path, one in found)
    return f"{_HEAD}\n{table(['command', 'does'], rows)}\n\n{parts}"


def program() -> TyperGroup:
    """The whole command line."""
    group = typer.main.get_command(app)
    if not isinstance(group, TyperGroup):
        raise TypeError("the program has no commands")
    return group


def commands(group: TyperGroup, *path: str) -> Iterator[tuple[str, TyperCommand]]:
    """Every command with what is typed for it."""
    for name, below in group.commands.items():
        if isinstance(below, TyperGroup):
            yield from commands(below, *path, name)
        elif isinstance(below, TyperCommand) and not below.hidden:
            yield " ".join((*path, name)), _imported(below, name)


def _imported(command: TyperCommand, name: str) -> TyperCommand:
    """The command itself, in whose place another may stand until it is used."""
    found = command.make_context(name, [], resilient_parsing=True).command
    if not isinstance(found, TyperCommand):
        raise TypeError(f"not a command: {name}")
    return found


def options(command: TyperCommand) -> set[str]:
    """What a command takes that begins with a dash."""
    return {"--help", *(text for one in _options(command) for text in (*one.opts, *one.secondary_opts))}


def _options(command: TyperCommand) -> Iterator[TyperOption]:
    return (one for one in command.params if isinstance(one, TyperOption))


def _arguments(command: TyperCommand) -> Iterator[TyperArgument]:
    return (one for one in command.params if isinstance(one, TyperArgument))


def _part(path: str, command: TyperCommand) -> str:
    texts = _paragraphs(command)
    example = next(text.removeprefix("Example: ") for text in texts if text.startswith("Example: "))
    usage = " ".join(["alert-router", path, *_usage(command)])
    rows = [_row(one) for one in command.params if one.name != "help"]
    paragraphs = [
        f"## {path}",
        *(text for text in texts if not text.startswith("Example: ")),
        f"```console\n{usage}\n```",
        *([table(["argument or option", "meaning"], rows)] if rows else []),
        f"Example: `{example}`",
    ]
    return "\n\n".join(paragraphs) + "\n"


def _paragraphs(command: TyperCommand) -> list[str]:
    return [" ".join(text.split()) for text in inspect.cleandoc(command.help or "").split("\n\n")]


def _usage(command: TyperCommand) -> Iterator[str]:
    if any(_options(command)):
        yield "[OPTIONS]"
    yield from map(_placeholder, _arguments(command))


def _row(one: object) -> list[str]:
    if isinstance(one, TyperArgument):
        return [f"`{_placeholder(one)}`", cell(one.help or "")]
    if isinstance(one, TyperOption):
        value = "" if one.is_flag or one.name is None else f" {one.name.upper()}"
        return [f"`{'`, `'.join(one.opts)}{value}`", cell(f"{one.help or ''} {_default(one)}")]
    raise TypeError(f"neither an argument nor an option: {one!r}")


def _default(one: TyperOption) -> str:
    if one.required:
        return "(required)"
    shown = one.show_default if isinstance(one.show_default, str) else one.default
    return f"(default {code(shown)})" if shown not in (None, False) else ""


def _placeholder(one: TyperArgument) -> str:
    return str(one.metavar or (one.name or "").upper())
