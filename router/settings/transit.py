"""The key service in OpenBao or Vault; a docstring below a setting is its line in docs/settings.md."""

from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from router.settings.sections import Section

_PATH: Final = r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$"


class TransitSettings(Section):
    """The secrets engine Transit of OpenBao or Vault, in which each tenant has a key that wraps its own keys."""

    url: str | None = None
    """The server, such as https://openbao:8200."""
    allow_plain: bool = False
    """Whether it may be asked over plain HTTP on another machine: the network is trusted."""
    ca_file: Path | None = None
    """PEM certificates that its own is verified by, besides the system's."""
    mount: str = Field(default="transit", pattern=_PATH)
    """The path that the secrets engine is mounted at."""
    login: Literal["token", "approle", "jwt"] = "token"
    """How to log in: by a `token` that somebody else renews, as `approle`, or by a `jwt`, as for Kubernetes."""
    login_mount: str | None = Field(default=None, pattern=_PATH)
    """The path of the auth method: by default `approle`, and for `jwt` `kubernetes`."""
    role: str | None = None
    """The role's id for `approle`, its name for `jwt`."""
    credential_file: Path | None = None
    """A file with the token, the secret id, or the JWT; read again each time, so it may be renewed in place."""
