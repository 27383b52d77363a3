"""`--server`: commands that ask a control API in place of Redis and PostgreSQL, by options that they all take."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from router.errors import ConfigurationError
from router.settings import Settings, read_settings

ANSWERED: Final = frozenset(
    {
        "apply:apply",
        "apply:rollback",
        "folder:apply",
        "history:history",
        "tenant:show",
        "tenant:list_all",
        "platform:apply",
        "platform:show",
        "token:create",
        "token:list_all",
        "token:rotate",
        "token:revoke",
        "secret:set_",
        "secret:delete",
        "secret:list_all",
        "silence:add",
        "silence:list_all",
        "silence:expire",
        "key:create",
        "key:list_all",
        "key:revoke",
        "audit:list_all",
        "access_stored:apply",
        "access_stored:rollback",
        "access_stored:history",
        "access_stored:print_stored",
        "explain:explain",
        "dead_letter:list_all",
        "dead_letter:show",
        "dead_letter:redrive",
        "diff:diff",
        "group:list_all",
        "group:show",
        "offboard:delete",
        "preview:preview",
        "proposal:list_all",
        "proposal:show",
        "proposal:approve",
        "proposal:reject",
        "isolation_in_force:show",
        "subject:erase",
        "subject:export",
        "usage:usage",
    }
)
"""The commands that the control API answers, by their functions."""

_PANEL: Final = "Control API"
_SERVER: Final = Annotated[
    str | None,
    typer.Option(
        "--server",
        help="Ask this control API instead, as https://HOST; or set ALERT_ROUTER_SERVER.",
        metavar="URL",
        rich_help_panel=_PANEL,
    ),
]
_TOKEN_FILE: Final = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        help="A file with the API key or access token for it; or set ALERT_ROUTER_TOKEN.",
        rich_help_panel=_PANEL,
    ),
]
_CA_FILE: Final = Annotated[
    Path | None,
    typer.Option("--ca-file", help="PEM certificates that it is trusted by.", rich_help_panel=_PANEL),
]
_HIDDEN: Final = Annotated[str | None, typer.Option("--server", hidden=True)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of the server, and the function of the command; "" outside of one."""

    function: str = ""
    server: str | None = None
    token_file: Path | None = None
    ca_file: Path | None = None

    def settings(self) -> Settings:
        """The settings of this process, with what was typed in their place.

        Raises:
            ConfigurationError: they are invalid, or a server is named and the command is not one that it answers.
        """
        read = read_settings()
        typed = {"server": self.server, "ca_file": self.ca_file, "token_file": self.token_file}
        found = read.model_copy(update={name: value for name, value in typed.items() if value is not None})
        if self.token_file is not None:
            found = found.model_copy(update={"token": None})
        if found.server is not None and self.function not in ANSWERED:
            raise ConfigurationError(_not_answered(self.function))
        return found


_typed: ContextVar[Typed] = ContextVar("typed")


def command_settings() -> Settings:
    """The settings of the command that runs.

    Raises:
        ConfigurationError: as `Typed.settings`.
    """
    return _typed.get(Typed()).settings()


def with_server(command: Callable[..., None], function: str) -> Callable[..., None]:
    """The command with the options of a server; where an API does not answer it, with a refusal that names it."""
    if function in ANSWERED:
        options = {"server": _SERVER, "token_file": _TOKEN_FILE, "ca_file": _CA_FILE}
    else:
        options = {"server": _HIDDEN}
    return _with_options(command, function, options)


def _with_options(command: Callable[..., None], function: str, options: dict[str, Any]) -> Callable[..., None]:
    signature = inspect.signature(command)

    @wraps(command)
    def asking(**given: Any) -> None:  # noqa: ANN401 - whatever the command takes
        typed = Typed(function, **{name: given.pop(name, None) for name in options})
        if typed.server is not None and function not in ANSWERED:
            raise ConfigurationError(_not_answered(function))
        with _running(typed):
            command(**given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [inspect.Parameter(name, keyword, default=None, annotation=kind) for name, kind in options.items()]
    asking.__annotations__ = {**command.__annotations__, **options}
    changed = signature.replace(parameters=[*signature.parameters.values(), *added])
    setattr(asking, "__signature__", changed)  # noqa: B010 - mypy knows no such attribute of a function
    return asking


@contextmanager
def _running(typed: Typed) -> Iterator[None]:
    before = _typed.set(typed)
    try:
        yield
    finally:
        _typed.reset(before)


def _not_answered(function: str) -> str:
    return (
        f"no control API answers `alert-router {_name(function)}`: run it where Redis and the record are configured, "
        "without --server and ALERT_ROUTER_SERVER"
    )


def _name(function: str) -> str:
    """What a command is called, by its function."""
    from router.cli.commands import COMMANDS, GROUPS  # noqa: PLC0415 - only when it is refused

    alone = {one.function: name for name, one in COMMANDS.items()}
    below = {one.function: f"{group} {name}" for group, some in GROUPS.items() for name, one in some.commands.items()}
    return {**alone, **below}.get(function, function)
