"""Run one command's work on what control offers, and write times as people and programs read them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from router.cli.server import command_settings
from router.core.model.instant import NEVER, Instant, to_datetime, to_rfc3339
from router.observe.logging import keep_logs_off_stdout
from router.settings import Settings

C = TypeVar("C")
T = TypeVar("T")


def run_with(opened: Callable[[Settings], AbstractAsyncContextManager[C]], work: Callable[[C], Awaitable[T]]) -> T:
    """Open something with the command's settings, run `work` on it, and return its result."""
    settings = settings_to_connect_with()

    async def run() -> T:
        async with opened(settings) as control:
            return await work(control)

    return asyncio.run(run())


def settings_to_connect_with() -> Settings:
    """The command's settings; what the parts that connect log is from now on beside what the command prints."""
    keep_logs_off_stdout()
    return command_settings()


def writing(
    opened: Callable[[Settings, str], AbstractAsyncContextManager[C]], past: str
) -> Callable[[Settings], AbstractAsyncContextManager[C]]:
    """Open what a command writes with; `past` is why it goes past the record, "" where it does not."""
    return lambda settings: opened(settings, past)


def time_text(instant: Instant) -> str:
    """A time as people read it."""
    if instant == NEVER:
        return "before times were stored"
    return to_datetime(instant).strftime("%Y-%m-%d %H:%M:%S UTC")


def time_json(instant: Instant) -> str | None:
    """A time as programs read it; null if it was not stored, or has not come."""
    return to_rfc3339(instant) if instant != NEVER else None
