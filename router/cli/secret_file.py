"""A secret in a file of its own: readable by its owner, or also by the file's group, and written atomically."""

import os
from enum import IntEnum
from pathlib import Path
from typing import Final

from router.errors import OperationError

_BEGIN: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class Readers(IntEnum):
    """Who may read it, as the mode of the file."""

    OWNER = 0o600
    GROUP = 0o640


def read_secret(file: Path) -> str | None:
    """The secret in the file; None if there is no file yet.

    Raises:
        OperationError: the file cannot be read, or a secret could not be written there later.
    """
    if not os.access(file.parent, os.W_OK):
        raise OperationError(f"{file.parent}: is not a folder that can be written to")
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OperationError(f"{file}: {error.strerror}") from None


def write_secret(file: Path, secret: str, readers: Readers, *, remedy: str = "") -> None:
    """Write the secret, replacing what is in the file.

    Raises:
        OperationError: the file cannot be written; `remedy` is what to do then.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, _BEGIN, Readers.OWNER), "w", encoding="utf-8") as stream:
            os.fchmod(stream.fileno(), readers)
            stream.write(f"{secret}\n")
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OperationError(f"{file}: {error.strerror}", remedy=remedy) from None
