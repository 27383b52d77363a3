"""A sender's token in a file: readable by owner and group, written atomically."""

import os
from pathlib import Path
from typing import Final

from router.errors import OperationError

_MODE: Final = 0o640


def read_token(file: Path) -> str | None:
    """The token in the file; None if there is no file yet.

    Raises:
        OperationError: the file cannot be read, or a token could not be written there later.
    """
    if not os.access(file.parent, os.W_OK):
        raise OperationError(f"{file.parent}: is not a folder that can be written to")
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OperationError(f"{file}: {error.strerror}") from None


def write_token(file: Path, token: str) -> None:
    """Write the token, replacing what is in the file.

    Raises:
        OperationError: the file cannot be written.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(f"{token}\n")
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OperationError(f"{file}: {error.strerror}", remedy="revoke the token just made") from None
