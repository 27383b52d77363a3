"""`python -m slack_emulator`: alone, with a workspace that a Slack client can use at once."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]
PROGRAM = (sys.executable, "-m", "slack_emulator")


@asynccontextmanager
async def running(*options: str) -> AsyncIterator[Json]:
    """The program, and what it printed when it was ready; it must then end in good order and print nothing more."""
    program = await asyncio.create_subprocess_exec(*PROGRAM, *options, stdout=asyncio.subprocess.PIPE)
    assert program.stdout is not None
    try:
        async with asyncio.timeout(20):
            ready: Json = json.loads(await program.stdout.readline())
            yield ready
            program.terminate()
            assert await program.stdout.read() == b""
            assert await program.wait() == 0
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


async def finished(*options: str) -> tuple[int | None, str, str]:
    """The program's exit code and what it wrote."""
    program = await asyncio.create_subprocess_exec(
        *PROGRAM, *options, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await program.communicate()
    return program.returncode, out.decode(), err.decode()


async def test_a_slack_client_needs_nothing_but_its_ready_line() -> None:
    async with running() as ready, aiohttp.ClientSession() as http:
        client = AsyncWebClient(ready["token"], base_url=ready["slack"], session=http)
        answer = await client.chat_postMessage(channel=ready["channels"]["general"], text="hello")

        assert ready["event"] == "ready"
        assert ready["slack"] == f"{ready['url']}/api/"
        assert answer["ok"] is True
        assert (await client.auth_test())["team_id"] == ready["team_id"]


async def test_workspace_token_and_channels_can_be_chosen_and_seen_on_the_page() -> None:
    options = ("--team", "T1", "--token", "xoxb-1", "--channel", "a", "--channel", "b", "--page-port", "0")
    async with running(*options) as ready, aiohttp.ClientSession() as http:
        async with http.get(f"{ready['page']}/client/T1/{ready['channels']['b']}") as page:
            assert page.status == 200

        assert (ready["team_id"], ready["token"], list(ready["channels"])) == ("T1", "xoxb-1", ["a", "b"])


async def test_it_can_start_empty_and_be_set_up_over_http() -> None:
    wanted = {"team_id": "T1", "tokens": ["xoxb-1"], "channels": ["alerts"]}
    async with running("--empty") as ready, aiohttp.ClientSession() as http:
        assert ready.keys() == {"event", "url", "slack"}
        async with http.get(f"{ready['url']}/emulator/workspaces") as answer:
            assert (await answer.json())["workspaces"] == []
        async with http.post(f"{ready['url']}/emulator/workspaces", json=wanted) as answer:
            assert answer.status == 200


async def test_a_busy_port_is_an_error_in_one_line() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as holder:
        code, out, err = await finished("--port", str(holder.getsockname()[1]))

    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert err.endswith("address already in use; choose other ports with --port and --page-port\n")
    assert "Traceback" not in err


async def test_its_help_names_every_option() -> None:
    code, out, err = await finished("--help")

    assert (code, err) == (0, "")
    assert [one for one in ("--host", "--port", "--page-port", "--channel", "--empty") if one not in out] == []
