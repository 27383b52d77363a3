"""An emulator with or without its page, served until SIGINT or SIGTERM."""

import asyncio
import json
import signal
import sys

from slack_emulator.emulator import Emulator
from slack_emulator.page import PageServer


async def serve(emulator: Emulator, host: str, port: int, page_port: int | None = None) -> None:
    """Print one JSON line with the URLs when it is ready, and run; no page without a port for it."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    page = PageServer(emulator)
    try:
        await emulator.start(host, port)
        ready = {"event": "ready", "url": emulator.url, "slack": f"{emulator.url}/api/"}
        if page_port is not None:
            await page.start(host, page_port)
            ready["page"] = page.url
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await stopped.wait()
    finally:
        await page.stop()
        await emulator.stop()
