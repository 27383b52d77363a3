"""A sender's token in a file: for its owner and group to read, and never there in part."""

import os
from pathlib import Path
from typing import Final

from router.errors import OperationError

_MODE: Final = 0o640


def read_token(file: Path) -> str | None:
    """The token that stands there; None where there is no file yet.

    Raises:
        OperationError: it cannot be read, or no token could be written there later.
    """
    if not os.access(file.parent, os.W_OK):
        raise OperationError(f"{file.parent}: is no folder that can be written to")
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OperationError(f"{file}: {error.strerror}") from None


def write_token(file: Path, token: str) -> None:
    """Put the token there, in place of what stood there.

    Raises:
        OperationError: it cannot be written.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(f"{token}\n")
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OperationError(f"{file}: {error.strerror}; revoke the token just made") from None
