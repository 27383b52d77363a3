"""An engine as a child process: on a free port of loopback, and never outliving its parent."""

import asyncio
import ctypes
import os
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from router.errors import OperationError
from router.settings import process_environment

HOST: Final = "127.0.0.1"
_START_S: Final = 15.0
_STOP_S: Final = 5.0
_PR_SET_PDEATHSIG: Final = 1
_INHERITED: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
"""What an engine gets of our environment, in which tokens, keys and passwords may stand."""


@dataclass(slots=True)
class Engine:
    """A running engine."""

    name: str
    port: int
    process: asyncio.subprocess.Process

    async def stop(self) -> None:
        """Terminate it, by force if it does not end in time."""
        if self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            async with asyncio.timeout(_STOP_S):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


def free_port() -> int:
    """A port of loopback that is free at present."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


async def start_engine(
    name: str,
    command: Sequence[str],
    port: int,
    *,
    stdin: str = "",
    within_s: float = _START_S,
    user: int | None = None,
) -> Engine:
    """Start an engine, as the `user` of that id, and wait until it listens.

    What it reads from `stdin` no other user of this machine sees.

    Raises:
        OperationError: it cannot be started, or does not listen in time.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=partial(begin_as, user),
            env={name: value for name, value in process_environment().items() if name in _INHERITED},
        )
    except OSError as error:
        raise OperationError(f"the embedded {name} cannot be started: {error}") from error
    engine = Engine(name, port, process)
    await _started(engine, stdin, within_s)
    return engine


def begin_as(user: int | None) -> None:
    """What a child does before its program begins: be that user, whom asyncio's own way names, but not uvloop's."""
    if user is not None:
        os.setuid(user)
    die_with_parent()


async def _started(engine: Engine, stdin: str, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            await _hand_over(engine.process, stdin)
            await _listening(engine)
    except TimeoutError:
        await engine.stop()
        raise OperationError(f"the embedded {engine.name} did not start within {within_s:.0f} s") from None
    except asyncio.CancelledError:
        await engine.stop()
        raise


async def _hand_over(process: asyncio.subprocess.Process, text: str) -> None:
    """Write the text and end it; whoever has ended meanwhile is noticed by not listening."""
    if process.stdin is not None:
        with suppress(ConnectionError):
            process.stdin.write(text.encode())
            await process.stdin.drain()
        process.stdin.close()


async def _listening(engine: Engine) -> None:
    while engine.process.returncode is None:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, engine.port)
            writer.close()
            await writer.wait_closed()
            return
        await asyncio.sleep(0.02)
    raise OperationError(f"the embedded {engine.name} ended at once with code {engine.process.returncode}")


def die_with_parent() -> None:
    """On Linux, end the engine when its parent is killed; elsewhere it outlives a kill."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
