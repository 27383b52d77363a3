"""Which certificates a Prometheus is trusted by: the system's, or those of a file that the operator named."""

import asyncio
import ssl
from collections import OrderedDict
from pathlib import Path
from typing import Final

from router.errors import UnavailableError

MAX_CA_BYTES: Final = 1024 * 1024
"""Bytes of a file of certificates."""

_KEPT: Final = 100


class Trust:
    """TLS by file; each file is read again when it has changed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, int], ssl.SSLContext] = OrderedDict()

    async def of(self, ca: str) -> ssl.SSLContext | bool:
        """How a connection is verified by this file; by the system's certificates where it is "".

        Raises:
            UnavailableError: the file cannot be read.
        """
        if not ca:
            return True
        try:
            return await asyncio.to_thread(self._context, Path(ca))
        except (OSError, ValueError) as error:  # an ssl.SSLError is an OSError
            problem = f"the certificates of {ca} cannot be read: {type(error).__name__}"
            raise UnavailableError(f"Prometheus is not asked: {problem}") from None

    def _context(self, path: Path) -> ssl.SSLContext:
        found = path.stat()
        key = (str(path), found.st_mtime_ns, found.st_size)
        context = self._kept.get(key)
        if context is None:
            context = self._kept[key] = _trusting(_text(path))
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return context


def _trusting(text: str) -> ssl.SSLContext:
    """TLS by these certificates alone.

    Raises:
        ValueError, ssl.SSLError: there are none: without any, Python would trust the system's.
    """
    if not text.strip():
        raise ValueError("empty")
    return ssl.create_default_context(cadata=text)


def _text(path: Path) -> str:
    """What the file holds.

    Raises:
        ValueError: it is not a file of this size, or not of ASCII.
    """
    if not path.is_file():
        raise ValueError("not a file")
    with path.open("rb") as file:
        text = file.read(MAX_CA_BYTES + 1)
    if len(text) > MAX_CA_BYTES:
        raise ValueError("too large")
    return text.decode("ascii")
