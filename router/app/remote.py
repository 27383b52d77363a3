"""What a control API offers to commands: where it is, what it is trusted by, and what it is shown."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

from router.adapters.control_http.access import RemoteAccess
from router.adapters.control_http.asking import Access, ControlServer, opened
from router.adapters.control_http.audit import RemoteAudit
from router.adapters.control_http.configurations import RemoteConfigurations, RemoteRemoving
from router.adapters.control_http.credentials import RemoteKeys, RemoteSecrets, RemoteTokens
from router.adapters.control_http.explaining import RemoteExplaining
from router.adapters.control_http.letters import RemoteDeadLetters
from router.adapters.control_http.looking import RemoteGroups, RemoteIsolation, RemoteUsage
from router.adapters.control_http.offboarding import RemoteOffboarding
from router.adapters.control_http.people import RemotePeople
from router.adapters.control_http.proposals import RemoteProposals
from router.adapters.control_http.silences import RemoteSilences
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError
from router.settings import Settings
from router.settings.plain import plain_server

__all__ = [
    "RemoteAccess",
    "RemoteAudit",
    "RemoteConfigurations",
    "RemoteDeadLetters",
    "RemoteExplaining",
    "RemoteGroups",
    "RemoteIsolation",
    "RemoteKeys",
    "RemoteOffboarding",
    "RemotePeople",
    "RemoteProposals",
    "RemoteRemoving",
    "RemoteSecrets",
    "RemoteSilences",
    "RemoteTokens",
    "RemoteUsage",
    "open_remote",
]

_TOKEN: Final = "ALERT_ROUTER_TOKEN"  # noqa: S105 - its name
_FILE: Final = "ALERT_ROUTER_TOKEN_FILE"
_CA: Final = "ALERT_ROUTER_CA_FILE"

T = TypeVar("T")


@asynccontextmanager
async def open_remote(settings: Settings, kind: Callable[[ControlServer], T]) -> AsyncIterator[T]:
    """What the control API of the settings offers of this kind, for one command.

    Raises:
        ConfigurationError: its address is not one or in clear, there is no credential, or a file cannot be read.
    """
    url = settings.server or ""
    if wrong := list(plain_server(url, allow_plain=settings.server_allow_plain)):
        raise ConfigurationError(*wrong)
    async with opened(Access(url.rstrip("/"), _credential(settings), _trust(settings.ca_file))) as server:
        yield kind(server)


def _credential(settings: Settings) -> str:
    given = settings.token.get_secret_value().strip() if settings.token else ""
    if given and settings.token_file is not None:
        raise ConfigurationError(Diagnostic(f"set as well as {_FILE}; set one of them", source=_TOKEN))
    token = given or (_text(settings.token_file, _FILE) if settings.token_file is not None else "")
    if not token:
        remedy = f"set {_TOKEN}, or name its file with --token-file; `alert-router key create` makes one"
        raise ConfigurationError(f"a control API is asked with an API key or an access token: {remedy}")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigurationError(Diagnostic("is not a key or a token: one word without blanks", source=_TOKEN))
    return token


def _trust(file: Path | None) -> ssl.SSLContext | bool:
    if file is None:
        return True
    text = _text(file, _CA)
    with suppress(ValueError, ssl.SSLError):
        if text:  # without any, Python would trust the system's
            return ssl.create_default_context(cadata=text)
    raise ConfigurationError(Diagnostic(f"{file} has no PEM certificates", source=_CA))


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(Diagnostic(f"cannot be read: {error}", source=name)) from None
