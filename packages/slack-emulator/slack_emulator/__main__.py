"""`python -m slack_emulator`: an empty emulator on its own, set up over `/emulator/...`.

Prints one JSON line with its URL when it is ready, and runs until it is told to stop. With `--page-port` it shows its
channels to people, too. `alert-router emulator` is the same, furnished for tenants.
"""

import argparse
import asyncio

from slack_emulator.emulator import Emulator
from slack_emulator.serving import serve


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m slack_emulator", description="A strict Slack emulator.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--page-port", type=int, help="show the channels on a web page, on this port; 0 takes a free one"
    )
    options = parser.parse_args()
    asyncio.run(serve(Emulator(), options.host, options.port, options.page_port))


if __name__ == "__main__":
    main()
