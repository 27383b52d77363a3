"""The commands of README and docs work as printed.

The convention: a block ```sh is run, in its order, in one shell and in a folder that looks like a clone after
`make install`; the first command that fails, fails the test. A block ```console is only shown: it needs a real Slack,
an Alertmanager or a container engine, or is a line of usage; that its commands exist is looked at in `test_pages`.
"""

import json
import shutil
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from router.config.read import read_document
from tests.docs.conftest import PAGES, TOP
from tests.docs.markdown import Block, blocks
from tests.docs.shell import Shell, shell
from tests.e2e.alertmanager import checked
from tests.waiting import eventually

FIRST_HOUR: Final = TOP / "docs/first-hour.md"

_RED: Final = "#D0021B"
_GREEN: Final = "#2EB67D"

RUN_ELSEWHERE: Final = {"make demo", "make test"}
"""CI runs these two themselves: `make test` as itself, and what `make demo` does in `tests/demo`."""


def to_run(page: Path) -> list[Block]:
    return [block for block in blocks(page, "sh") if block.text.strip() not in RUN_ELSEWHERE]


@pytest.mark.timeout(180)
async def test_the_first_hour_with_the_emulator_in_slacks_place(clone: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    said = []
    async with shell(clone, GATEWAY__PORT="0") as terminal:
        for block in to_run(FIRST_HOUR):
            if block.text.startswith("kill $UP"):
                await eventually(lambda: alert_is_shown(terminal, _GREEN, replies=1), within_s=20)
            said.append(await terminal.run(block))
            if '"accepted":1' in said[-1] and "resolved" not in block.text:
                await eventually(lambda: alert_is_shown(terminal, _RED, replies=0))
        if shutil.which("amtool"):
            assert "1 receivers" in await checked(clone / "my/alertmanager.yml")
    assert_said(
        "".join(said),
        "tenant acme is valid", "\nteam\n", '"page"', '"event": "ready"', '"ready":true',
        "secret slack of tenant acme is set", "ok       channel #alerts", "unknown  upstream",
        "sent to channel", '{"accepted":1}', "ok       upstream",
        "alert-router-acme", "nothing was stored", "+locale: fr", "version 2 is active", "version 3 is active",
    )  # fmt: skip


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


def assert_said(said: str, *wanted: str) -> None:
    assert [one for one in wanted if one not in said] == [], said


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page != FIRST_HOUR and to_run(page)], ids=lambda page: page.name
)
async def test_the_blocks_of_the_other_pages(page: Path, clone: Path) -> None:
    async with shell(clone) as terminal:
        for block in to_run(page):
            await terminal.run(block)


@pytest.mark.parametrize("block", [one for page in PAGES for one in blocks(page, "yaml")], ids=str)
def test_examples_of_tenants_are_valid(block: Block) -> None:
    if "tenant:" in block.text:
        assert read_document(block.text, str(block)).tenant


def test_json_is_json() -> None:
    for block in [one for page in PAGES for one in blocks(page, "json")]:
        assert json.loads(block.text), block


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_says_what_it_is(page: Path) -> None:
    known = {"sh", "console", "text", "yaml", "json"}

    assert [str(block) for block in blocks(page) if block.language not in known] == []
