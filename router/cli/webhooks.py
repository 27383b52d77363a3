"""Read webhook bodies from files: one JSON document per file, or one per line."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from router.control.arrivals import Body
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError


def read_bodies(paths: Sequence[Path]) -> list[Body]:
    """The bodies of all files, in order.

    Raises:
        ConfigurationError: a file cannot be read, or there is no body in any of them.
    """
    bodies = [body for path in paths for body in _bodies(path)]
    if not bodies:
        raise ConfigurationError(Diagnostic("holds no webhook", source=", ".join(map(str, paths))))
    return bodies


def _bodies(path: Path) -> Iterator[Body]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(Diagnostic(error.strerror or str(error), source=str(path))) from None
    lines = [(number, line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    if len(lines) > 1 and _is_json(lines[0][1]):
        yield from (Body(f"{path}:{number}", line) for number, line in lines)
    elif lines:
        yield Body(str(path), content)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
