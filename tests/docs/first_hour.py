"""A walk through docs/first-hour.md, every command as printed there, with the emulator in Slack's place."""

import json
import shutil
from pathlib import Path
from typing import Any, Final

import aiohttp

from tests.docs.markdown import Block, blocks
from tests.docs.pages import TOP, make_clone
from tests.docs.shell import Shell, shell
from tests.e2e.alertmanager import checked
from tests.waiting import eventually

FIRST_HOUR: Final = TOP / "docs/first-hour.md"

_RED: Final = "#D0021B"
_GREEN: Final = "#2EB67D"

RUN_ELSEWHERE: Final = {"make demo", "make test"}
"""CI runs these two themselves: `make test` as itself, and what `make demo` does in `tests/local`."""


def to_run(page: Path) -> list[Block]:
    return [block for block in blocks(page, "sh") if block.text.strip() not in RUN_ELSEWHERE]


async def walk_the_first_hour(folder: Path) -> str:
    """Walk; what the terminal said."""
    if shutil.which("curl") is None:
        return ""
    clone, printed = make_clone(folder / "clone"), []
    async with shell(clone, GATEWAY__PORT="0") as terminal:
        for block in to_run(FIRST_HOUR):
            if block.text.startswith("kill $UP"):
                await eventually(lambda: alert_is_shown(terminal, _GREEN, replies=1), within_s=20)
            printed.append(await terminal.run(block))
            if '"accepted":1' in printed[-1] and "resolved" not in block.text:
                await eventually(lambda: alert_is_shown(terminal, _RED, replies=0))
        if shutil.which("amtool"):
            assert "1 receivers" in await checked(clone / "my/alertmanager.yml")
    return "".join(printed)


async def alert_is_shown(terminal: Shell, color: str, *, replies: int) -> bool:
    """Whether the channel shows the test message and then the alert, in this colour and with so many replies."""
    slack = json.loads((terminal.folder / "my/slack.json").read_text(encoding="utf-8"))["url"]
    async with aiohttp.ClientSession() as http, http.get(f"{slack}/emulator/workspaces") as response:
        [workspace] = (await response.json())["workspaces"]
    [channel] = workspace["channels"]
    if len(channel["messages"]) != 2:
        return False
    message: dict[str, Any] = channel["messages"][1]
    assert "DiskFull" in message["text"]
    return (message["attachments"][0]["color"], len(message["replies"])) == (color, replies)
