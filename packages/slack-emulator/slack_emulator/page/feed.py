"""Changes as they happen: server-sent events to each reader, until the reader disconnects or the page stops."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final

from slack_emulator.page.view import View, changes
from slack_emulator.page.window import Window

_LOOK_EVERY_S: Final = 0.2
_MOST_OF_THE_TIME: Final = 0.1
"""The share of time that drawing may take: the emulator answers calls in the same process."""

_PING_EVERY: Final = 75
"""After so many draws without a change, 15 s, a comment shows that the connection is alive."""


async def events(window: Window, stopped: asyncio.Event) -> AsyncIterator[bytes]:
    """First everything, then only what has changed."""
    before, quiet = View(), 0
    loop = asyncio.get_running_loop()
    while not stopped.is_set():
        began_s = loop.time()
        now = window.view()
        change = changes(before, now)
        before, quiet = now, 0 if change else quiet + 1
        if change:
            yield b"data: " + json.dumps(change, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"
        elif quiet % _PING_EVERY == 0:
            yield b": still here\n\n"
        await _pause(stopped, max(_LOOK_EVERY_S, (loop.time() - began_s) / _MOST_OF_THE_TIME))


async def _pause(stopped: asyncio.Event, pause_s: float) -> None:
    try:
        async with asyncio.timeout(pause_s):
            await stopped.wait()
    except TimeoutError:
        return
