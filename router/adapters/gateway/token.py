"""The token for a gateway in a file, which somebody may replace while we run."""

from contextlib import suppress
from pathlib import Path

from router.diagnostic import Diagnostic
from router.errors import ConfigurationError


class TokenFile:
    """Read again for each request: it is small, and a revoked token is not to live on here."""

    def __init__(self, path: Path) -> None:
        """Read it.

        Raises:
            ConfigurationError: it cannot be read, or has no token.
        """
        self._path = path
        try:
            self._last = self._read()
        except (OSError, ValueError) as error:
            raise ConfigurationError(Diagnostic(f"{path}: {error}", source="--token-file")) from None

    def authorization(self) -> str:
        """The header's value; while the file cannot be read, that of before."""
        with suppress(OSError, ValueError):
            self._last = self._read()
        return self._last

    def _read(self) -> str:
        token = self._path.read_text(encoding="utf-8").strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("holds no token: one word without blanks")
        return f"Bearer {token}"
