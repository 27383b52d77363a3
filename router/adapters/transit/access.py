"""Where Transit is, and by what we are let in there."""

import ssl
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from router.errors import KeyUnavailableError


class LoginMethod(StrEnum):
    """How a process becomes one that Transit knows."""

    TOKEN = "token"  # noqa: S105 - a name
    """By a token in a file, which somebody else renews there."""
    APPROLE = "approle"
    """By the id of a role, and a secret id in a file."""
    JWT = "jwt"
    """By the name of a role, and a JWT in a file: the auth methods Kubernetes and JWT."""


@dataclass(frozen=True, slots=True)
class Credential:
    """How to log in: `mount` is the path of the auth method, `file` holds the token, secret id or JWT."""

    method: LoginMethod
    file: Path
    mount: str = ""
    role: str = ""

    def secret(self) -> str:
        """What is in the file now; it is read each time, since others renew it.

        Raises:
            KeyUnavailableError: it cannot be read, or is empty.
        """
        try:
            found = self.file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "is not text"
            raise KeyUnavailableError(f"{self.file}: {why}", _CREDENTIAL) from None
        if not found.isprintable() or not found:
            raise KeyUnavailableError(f"{self.file} does not hold one line", _CREDENTIAL)
        return found

    def body(self) -> dict[str, str]:
        """What is sent to log in."""
        if self.method is LoginMethod.APPROLE:
            return {"role_id": self.role, "secret_id": self.secret()}
        return {"role": self.role, "jwt": self.secret()}


@dataclass(frozen=True, slots=True)
class TransitAccess:
    """The server without a path, the mount of Transit, what its certificate is verified by, and how to log in."""

    url: str
    mount: str
    credential: Credential
    trust: ssl.SSLContext | bool = True


_CREDENTIAL = "see ALERT_ROUTER_TRANSIT__CREDENTIAL_FILE"
