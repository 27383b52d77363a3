"""Who runs a command that changes something, and why: what is kept with the change."""

import getpass
import socket
from typing import Annotated

import typer

from router.control.provenance import provenance
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


def made_by(author: str | None, message: str) -> Provenance:
    """Who makes the change that this command makes, and why."""
    return provenance(author, f"{user()}@{socket.gethostname()}", message)
