"""A folder that goes with the process that made it: what a killed one has left goes when the next one is made."""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_OWNER: Final = "owner"
"""A file that is locked as long as its folder's process lives: the system unlocks it however that ends."""


@dataclass(slots=True)
class Folder:
    """A folder of this process."""

    path: Path
    lock: int

    def remove(self) -> None:
        """Delete it with all that it holds."""
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            os.close(self.lock)


def make_folder(prefix: str) -> Folder:
    """Make an empty folder among the temporary ones, and delete those of this prefix whose processes are dead.

    It gets its name once its lock is held, so that nobody takes it for one that was left.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        if _is_left(left):
            shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f"new-{prefix}"))
    lock = os.open(made / _OWNER, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return Folder(made.rename(made.with_name(made.name.removeprefix("new-"))), lock)


def _is_left(folder: Path) -> bool:
    """Whether nobody holds its lock; what has none is somebody else's."""
    try:
        lock = os.open(folder / _OWNER, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True
