"""`alert-router emulator`: another process finds there all that the tenants' documents name."""

import asyncio
import json
import socket
import sys
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from tests.cli.running import refused, run
from tests.e2e.system import Finished, clean_environment, kill
from tests.e2e.tenants import document, write

pytestmark = pytest.mark.long


async def test_it_is_furnished_for_the_tenants_and_ends_when_asked(tmp_path: Path) -> None:
    folder = write(tmp_path / "tenants", [document("acme"), document("b-2", channel="C0123456")])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "router", "emulator", "--tenants", str(folder), "--page-port", "0",
        env=clean_environment(), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        ready = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))
        async with aiohttp.ClientSession() as http:
            teams = [await team(http, ready["slack"], tenant) for tenant in ("acme", "b-2", "nobody")]
            async with http.get(ready["page"]) as page:
                assert page.status == 200
            async with http.get(f"{ready['url']}/emulator/workspaces") as answer:
                shown = (await answer.json())["workspaces"]
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        await kill(process)

    assert teams == ["TACME", "TB02", None]
    assert [[channel["name"] for channel in one["channels"]] for one in shown] == [["alerts"], ["c0123456"]]


async def test_an_invalid_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text("version: 1\n", encoding="utf-8")

    refused(await run("emulator", "--tenants", str(tmp_path)), 2, "acme.yaml")


async def test_a_busy_port_is_a_plain_message() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as holder:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "router", "emulator", "--port", str(holder.getsockname()[1]),
            env=clean_environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()

    refused(Finished(process.returncode or 0, out.decode(), err.decode()), 1, "address already in use", "--port")


async def team(http: aiohttp.ClientSession, slack: str, tenant: str) -> str | None:
    headers = {"Authorization": f"Bearer xoxb-emulated-{tenant}"}
    async with http.post(f"{slack}auth.test", headers=headers) as answer:
        team = (await answer.json()).get("team_id")
    return str(team) if team else None
