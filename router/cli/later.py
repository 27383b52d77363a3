"""Commands whose module is imported when they are used, so that help and completion come at once."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand


class Later(NamedTuple):
    """A command that is not imported yet: `module:function` below `router.cli`, and the line that lists show.

    A test compares the line with the function's docstring. `settings` are those of click's context. What has another
    name by now stays under the old one, and is not listed.
    """

    function: str
    line: str
    settings: Mapping[str, bool] = {}
    hidden: bool = False


class Group(NamedTuple):
    """Commands under a common name."""

    line: str
    commands: Mapping[str, Later]


def add_later(group: typer.Typer, commands: Mapping[str, Later]) -> None:
    """Add the commands to a group, in this order."""
    for name, later in commands.items():
        group.command(name, cls=_stand_in(later), help=later.line, hidden=later.hidden)(_nothing)


def _stand_in(later: Later) -> type[TyperCommand]:
    class StandIn(TyperCommand):
        """Listed under its name; the command itself parses its arguments and runs."""

        def make_context(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 - typer's own context is not exported
            return imported(later).make_context(*args, **extra)

    return StandIn


def imported(later: Later) -> Any:  # noqa: ANN401 - as above
    """The command itself, as typer has it; its help flows as wide as the terminal is."""
    module, _, function = later.function.partition(":")
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    command = getattr(import_module(f"{__package__}.{module}"), function)
    with_formats = import_module(f"{__package__}.output").with_formats
    with_server = import_module(f"{__package__}.server").with_server
    single.command(context_settings=dict(later.settings))(with_formats(with_server(command, later.function)))
    found = typer.main.get_command(single)
    found.help = _flowing(found.help or "")
    return found


def _flowing(text: str) -> str:
    """Paragraphs without the ends of the lines in which they are written, which typer would keep."""
    return "\n\n".join(" ".join(one.split()) for one in text.split("\n\n"))


def _nothing() -> None:
    """The body of a stand-in, which is never run."""
