"""The access document in a file, which is read again when it changes; one with a mistake leaves the last good one."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Final

import structlog

from router.config.files import read_text
from router.control.access.compiling import compile_access
from router.control.access.reading import read_access
from router.control.access.table import NOBODY, AccessTable
from router.errors import ConfigurationError
from router.observe.incident import Incident

_LOOK_EACH_S: Final = 1.0
_log = structlog.get_logger("router.app")


class AccessFile:
    """Who may do what, as the file says now; it is looked at when somebody asks, once a second at most."""

    def __init__(self, path: Path, monotonic_s: Callable[[], float] = monotonic) -> None:
        """Read the file.

        Raises:
            ConfigurationError: one diagnostic for each mistake.
        """
        self._path = path
        self._monotonic_s = monotonic_s
        self._looked_s = monotonic_s()
        self._text = read_text(path)
        self._table = _compiled(self._text, path)
        self._refused = Incident(monotonic_s)

    def table(self) -> AccessTable:
        """The table of the last document without a mistake."""
        now_s = self._monotonic_s()
        if now_s - self._looked_s >= _LOOK_EACH_S:
            self._looked_s = now_s
            self._look()
        return self._table

    def _look(self) -> None:
        try:
            text = read_text(self._path)
            if text == self._text:
                self._refused.ends()
                return
            self._table = _compiled(text, self._path)
        except ConfigurationError as error:
            if self._refused.happens(str(error)):
                _log.error("access_document_refused", findings=[str(one) for one in error.diagnostics])
            return
        self._text = text
        self._refused.ends()
        _log.info("access_document_read_again", bindings=sum(map(len, self._table.bindings.values())))


def access_of(file: Path | None) -> Callable[[], AccessTable]:
    """Who may do what by this file; without one nobody may do anything, but for API keys.

    Raises:
        ConfigurationError: one diagnostic for each mistake.
    """
    return AccessFile(file).table if file is not None else lambda: NOBODY


def _compiled(text: str, path: Path) -> AccessTable:
    return compile_access(read_access(text, str(path)))
