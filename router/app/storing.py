"""What commands write to, and what the record needs that may not be installed."""

import getpass
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from router.control.isolation.placed import CellsOf
from router.control.noted_silences import Note
from router.errors import ConfigurationError
from router.ports.control import ConfigurationVersions, StoredTokens
from router.ports.record import Attempts
from router.ports.secrets import SealedTexts

_MISSING: Final = "the record needs the extra \"control\": pip install 'alert-router[control]'"
CONTROL_PACKAGES: Final = frozenset({"alembic", "joserfc", "psycopg", "sqlalchemy"})


@contextmanager
def needing_control() -> Iterator[None]:
    """Import what belongs to the extra `control` in here.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in CONTROL_PACKAGES:
            raise
        raise ConfigurationError(
            "the record needs the extra \"control\": pip install 'alert-router[control]'"
        ) from None


@dataclass(frozen=True, slots=True)
class Stores:
    """Configurations, tokens and secrets, as commands read and write them."""

    versions: ConfigurationVersions
    tokens: StoredTokens
    secrets: SealedTexts
    cells: CellsOf


@dataclass(frozen=True, slots=True)
class Noting:
    """How commands append what they do to the audit log."""

    note: Note
    attempts: Attempts


def login() -> str:
    """Who runs this process, and where."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = ""
    return f"{user}@{socket.gethostname()}"
