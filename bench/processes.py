"""The processes of a system: engines, an emulated Slack, a gateway, a worker; none outlives the bench."""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from alert_router_local.process import die_with_parent

_READY_S: Final = 60.0
_STOP_S: Final = 30.0
_LOOK_S: Final = 0.1
_LOG_END: Final = 2000
_PROXIES: Final = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}


class BenchError(Exception):
    """The bench itself cannot go on; its text says why."""


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process' environment without anybody's settings, and with these."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ALERT_ROUTER_") and name.upper() not in _PROXIES
    }
    return inherited | {f"ALERT_ROUTER_{name}": value for name, value in settings.items()}


@asynccontextmanager
async def role(log: Path, settings: Mapping[str, str], *arguments: str) -> AsyncIterator[Process]:
    """`alert-router` with these arguments, in a process of its own; stopped in good order afterwards."""
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "router", *arguments,
            env=environment(settings), stdout=asyncio.subprocess.PIPE, stderr=stderr, preexec_fn=die_with_parent,
        )  # fmt: skip
    try:
        yield process
    finally:
        await stop(process)


async def stop(process: Process) -> None:
    """End a process, by force if it does not in time."""
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def command(settings: Mapping[str, str], *arguments: str) -> None:
    """Run a command of `alert-router` to its end.

    Raises:
        BenchError: it failed.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "router", *arguments,
        env=environment(settings), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        preexec_fn=die_with_parent,
    )  # fmt: skip
    output, _ = await process.communicate()
    if process.returncode:
        raise BenchError(f"alert-router {' '.join(arguments)}: {output.decode(errors='replace')[-_LOG_END:]}")


async def until(look: Callable[[], Awaitable[bool]], within_s: float, what: str) -> None:
    """Wait until it is so.

    Raises:
        BenchError: it is not in time.
    """
    give_up_at = time.monotonic() + within_s
    while not await look():
        if time.monotonic() > give_up_at:
            raise BenchError(f"{what}: not within {within_s:.0f} s")
        await asyncio.sleep(_LOOK_S)


async def ready_line(process: Process, log: Path) -> dict[str, Any]:
    """The JSON line that a process prints when it is ready.

    Raises:
        BenchError: there is none in time; with the end of its log.
    """
    if process.stdout is None:
        raise BenchError("stdout is no pipe")
    try:
        async with asyncio.timeout(_READY_S):
            line = await process.stdout.readline()
            found: dict[str, Any] = json.loads(line)
    except (TimeoutError, ValueError) as error:
        raise BenchError(f"{log.stem} did not become ready: {_end(log)}") from error
    return found


def _end(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-_LOG_END:]
