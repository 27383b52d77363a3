"""`python -m router.emulator`: an empty emulator on its own, set up over `/emulator/...`.

Prints one JSON line with its URL when it is ready, and runs until it is told to stop. With `--page-port` it shows its
channels to people, too.
"""

import argparse
import asyncio
import json
import signal
import sys
from contextlib import AsyncExitStack

from router.emulator.emulator import Emulator
from router.emulator.page import PageServer


async def serve(host: str, port: int, page_port: int | None = None) -> None:
    """Run until SIGINT or SIGTERM; no page without a port for it."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    emulator = Emulator()
    page = PageServer(emulator)
    async with AsyncExitStack() as stack:
        await emulator.start(host, port)
        stack.push_async_callback(emulator.stop)
        ready = {"event": "ready", "url": emulator.url, "slack": f"{emulator.url}/api/"}
        if page_port is not None:
            await page.start(host, page_port)
            stack.push_async_callback(page.stop)
            ready["page"] = page.url
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await stopped.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m router.emulator", description="A strict Slack emulator.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--page-port", type=int, help="show the channels on a web page, on this port; 0 takes a free one"
    )
    options = parser.parse_args()
    asyncio.run(serve(options.host, options.port, options.page_port))


if __name__ == "__main__":
    main()
