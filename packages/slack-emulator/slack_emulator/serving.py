"""Runs an emulator, with or without its page, until SIGINT or SIGTERM."""

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from typing import Any

from slack_emulator.emulator import Emulator
from slack_emulator.page import PageServer


async def serve(
    emulator: Emulator, host: str, port: int, page_port: int | None, ready: Mapping[str, Any] | None = None
) -> None:
    """Print one JSON line when it is ready, the URLs and then what `ready` holds, and run.

    Port 0 takes a free one; without a port for the page there is no page.

    Raises:
        OSError: a port is taken.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    page = PageServer(emulator)
    try:
        await emulator.start(host, port)
        urls = {"url": emulator.url, "slack": f"{emulator.url}/api/"}
        if page_port is not None:
            await page.start(host, page_port)
            urls["page"] = page.url
        sys.stdout.write(json.dumps({"event": "ready", **urls, **(ready or {})}) + "\n")
        sys.stdout.flush()
        await stopped.wait()
    finally:
        await page.stop()
        await emulator.stop()
