"""`docs/commands.md`, written from the command line itself."""

import inspect
from collections.abc import Iterator
from typing import Any, Final

import typer

from router.cli.commands import app
from tests.docs.markdown import cell, code, table

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
    found = list(commands(typer.main.get_command(app)))
    rows = [[f"[`{path}`](#{path.replace(' ', '-')})", cell(_paragraphs(one)[0])] for path, one in found]
    parts = "\n".join(_part(path, one) for path, one in found)
    return f"{_HEAD}\n{table(['command', 'does'], rows)}\n\n{parts}"


def commands(command: Any, *path: str) -> Iterator[tuple[str, Any]]:
    """Every command with what is typed for it."""
    if not hasattr(command, "commands"):
        yield " ".join(path), command.make_context(path[-1], [], resilient_parsing=True).command
        return
    for name, below in command.commands.items():
        if not below.hidden:
            yield from commands(below, *path, name)


def options(command: Any) -> set[str]:
    """What a command takes that begins with a dash."""
    return {"--help", *(text for one in command.params for text in (*one.opts, *one.secondary_opts))}


def _part(path: str, command: Any) -> str:
    texts = _paragraphs(command)
    example = next(text.removeprefix("Example: ") for text in texts if text.startswith("Example: "))
    usage = " ".join(["alert-router", path, *_usage(command)])
    rows = [_row(one) for one in command.params if one.name != "help"]
    said = [
        f"## {path}",
        *(text for text in texts if not text.startswith("Example: ")),
        f"```console\n{usage}\n```",
        *([table(["argument or option", "meaning"], rows)] if rows else []),
        f"Example: `{example}`",
    ]
    return "\n\n".join(said) + "\n"


def _paragraphs(command: Any) -> list[str]:
    return [" ".join(text.split()) for text in inspect.cleandoc(command.help or "").split("\n\n")]


def _usage(command: Any) -> Iterator[str]:
    if any(_is_option(one) for one in command.params):
        yield "[OPTIONS]"
    for one in command.params:
        if not _is_option(one):
            yield _argument(one)


def _row(one: Any) -> list[str]:
    if not _is_option(one):
        return [f"`{_argument(one)}`", cell(one.help or "")]
    value = "" if one.is_flag else f" {one.name.upper()}"
    shown = one.show_default if isinstance(one.show_default, str) else one.default
    default = "required" if one.required else f"default {code(shown)}" if shown not in (None, False) else ""
    return [f"`{'`, `'.join(one.opts)}{value}`", cell(f"{one.help or ''} {f'({default})' if default else ''}")]


def _is_option(one: Any) -> bool:
    return bool(one.opts and one.opts[0].startswith("-"))


def _argument(one: Any) -> str:
    return str(one.metavar or one.name.upper())
