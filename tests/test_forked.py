"""How a forked process ended is known, whoever else looks at that moment."""

import asyncio
import os
import signal
import threading
from multiprocessing import forkserver
from pathlib import Path
from typing import Final

import pytest

from tests.forked import Forked, forked

_MEETING_S: Final = 0.5
"""Which only passes where two threads do not meet, as is right."""


class Meeting:
    """Reads of how a process ended: the first thread lets a second one read before it, where one may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, sentinel: int) -> None:
        self.begun = threading.Event()
        self._second = threading.Event()
        self._read = forkserver.read_signed
        self._sentinel = sentinel
        monkeypatch.setattr(forkserver, "read_signed", self.read)

    def read(self, pipe: int) -> int:
        if pipe != self._sentinel:
            return int(self._read(pipe))
        if self.begun.is_set():
            try:
                return int(self._read(pipe))
            finally:
                self._second.set()
        self.begun.set()
        self._second.wait(_MEETING_S)
        return int(self._read(pipe))


async def waiting(folder: Path, name: str) -> Forked:
    return await forked(signal.pause, [], os.environ, folder / name, folder / name)


async def test_a_killed_process_is_seen_as_killed_while_another_one_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = await waiting(tmp_path, "killed")
    meeting = Meeting(monkeypatch, killed.process.sentinel)
    os.kill(killed.pid, signal.SIGKILL)

    looking = asyncio.create_task(asyncio.to_thread(seen, killed))
    await asyncio.to_thread(meeting.begun.wait)
    other = await waiting(tmp_path, "other")
    await other.kill()

    assert await looking == -signal.SIGKILL
    assert killed.returncode == -signal.SIGKILL


def seen(process: Forked) -> int:
    while (code := process.returncode) is None:
        pass
    return code
