"""`python -m router.emulator`: an empty emulator on its own, set up over `/emulator/...`.

Prints one JSON line with its URL when it is ready, and runs until it is told to stop.
"""

import argparse
import asyncio
import json
import signal
import sys

from router.emulator.emulator import Emulator


async def serve(host: str, port: int) -> None:
    """Run until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    emulator = Emulator()
    await emulator.start(host, port)
    ready = {"event": "ready", "url": emulator.url, "slack": f"{emulator.url}/api/"}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    await stopped.wait()
    await emulator.stop()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m router.emulator", description="A strict Slack emulator.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options = parser.parse_args()
    asyncio.run(serve(options.host, options.port))


if __name__ == "__main__":
    main()
