"""`slack-emulator` and `python -m slack_emulator`: the emulator alone, with one workspace that is ready for use."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from slack_emulator.emulator import Emulator
from slack_emulator.serving import serve

_DISTRIBUTION: Final = "alert-router-slack-emulator"
_EPILOG: Final = """\
When it is ready it prints one JSON line: `slack` is the base URL for Slack clients, `token` a bot token, `channels`
the ids of the channels that the bot is in, `page` the web page that shows them. It runs until SIGINT or SIGTERM and
keeps nothing. More workspaces, tokens, channels, faults and limits: POST to /emulator/... (see the README).
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and serve; exits with 1 when a port is taken."""
    options = _parser().parse_args(arguments)
    emulator = Emulator()
    ready = {} if options.empty else _seed(emulator, options)
    try:
        asyncio.run(serve(emulator, options.host, options.port, options.page_port, ready))
    except OSError as error:
        sys.exit(f"error: {error.strerror}; choose other ports with --port and --page-port")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="slack-emulator",
        description="A strict emulator of the Slack methods that post, edit and read messages.",
        epilog=_EPILOG,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    add("--port", type=int, default=0, help="the Web API's port; 0, the default, takes a free one")
    add("--page-port", type=int, metavar="PORT", help="also serve a web page that shows the channels")
    add("--team", default="T0EMULATED", metavar="ID", help="the workspace's id (default: %(default)s)")
    add("--token", default="xoxb-emulated", help="its bot's token (default: %(default)s)")
    add("--channel", action="append", metavar="NAME", help="a channel, repeatable (default: general)")
    add("--empty", action="store_true", help="start without any workspace")
    add("--version", action="version", version=f"%(prog)s {version(_DISTRIBUTION)}")
    return parser


def _seed(emulator: Emulator, options: argparse.Namespace) -> dict[str, Any]:
    """Create what the options name, and describe it for the ready line."""
    team: str = options.team
    emulator.add_workspace(team, "emulated")
    emulator.add_token(options.token, team)
    channels = {name: emulator.add_channel(team, name) for name in options.channel or ["general"]}
    return {"team_id": team, "token": options.token, "channels": channels}


if __name__ == "__main__":
    main()
