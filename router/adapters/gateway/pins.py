"""Pins in a file, which somebody may replace while we run."""

from contextlib import suppress
from pathlib import Path

from router.core.seal.pin import read_pins
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError


class PinFile:
    """Read again for each body: it is small, and a pin is added while bodies wait for it."""

    def __init__(self, path: Path, besides: frozenset[str] = frozenset()) -> None:
        """Read it; `besides` are pinned as well.

        Raises:
            ConfigurationError: it cannot be read, or a line has no pin.
        """
        self._path = path
        self._besides = besides
        try:
            self._last = self._read()
        except (OSError, ValueError) as error:
            raise ConfigurationError(Diagnostic(f"{path}: {error}", source="--pin-file")) from None

    def pins(self) -> frozenset[str]:
        """What is pinned; while the file cannot be read, what was before."""
        with suppress(OSError, ValueError):
            self._last = self._read()
        return self._last

    def _read(self) -> frozenset[str]:
        return read_pins(self._path.read_text(encoding="utf-8")) | self._besides
