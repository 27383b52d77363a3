"""Who runs a command that changes something, and why: what is kept with the change."""

import getpass
import socket
from dataclasses import replace
from typing import Annotated

import typer

from router.cli.server import command_settings
from router.control.provenance import provenance
from router.diagnostic import one_line
from router.errors import ConfigurationError
from router.ports.provenance import Provenance

Author = Annotated[
    str | None,
    typer.Option("--author", "-a", help="Who applies it, for the history; by default, you on this machine."),
]
Message = Annotated[str, typer.Option("--message", "-m", help="Why, for the history.")]


def user() -> str:
    """Who runs the command; "" where the system does not know."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


def made_by(author: str | None, message: str, source: str = "", source_ref: str = "") -> Provenance:
    """Who makes the change that this command makes, and why.

    Raises:
        ConfigurationError: as `provenance`; an author is named to a control API, which knows who asks.
    """
    if author is not None and command_settings().server is not None:
        raise ConfigurationError("--author: a control API knows by the credential who asks; leave it out")
    made = provenance(author, f"{user()}@{socket.gethostname()}", message)
    return replace(made, source=one_line(source), source_ref=one_line(source_ref))
