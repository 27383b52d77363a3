"""Answers that no Slack gives: too large, packed too well, in a strange encoding, from elsewhere, with cookies."""

import gzip
import json
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from aiohttp import ClientSession, web
from alert_router_local.process import HOST
from slack_sdk.web.async_client import AsyncWebClient

from router.adapters.slack.bounds import MAX_ANSWER_BYTES
from router.core.slack.answer import Accepted, Ambiguous, Answer, Unreached
from router.core.slack.call import post
from tests.adapters.test_slack_client import MESSAGE, TOKEN, calling
from tests.bounds import tries

Answers = Callable[[web.Request], Awaitable[web.Response]]
ACCEPTED: Final[Mapping[str, Any]] = {"ok": True, "channel": "C1", "ts": "1.2"}
TOO_LARGE: Final = Ambiguous("answer_too_large")
MEBIBYTE: Final = 1024 * 1024


@asynccontextmanager
async def server(answers: Answers) -> AsyncIterator[str]:
    """A server that answers so; the address of its API."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answers)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}/api"
    finally:
        await runner.cleanup()


def always(body: bytes | Mapping[str, Any], **headers: str) -> Answers:
    """One answer to everything."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=content, headers={"Content-Type": "application/json", **named})

    return answer


async def answer_to_a_post(answers: Answers) -> Answer:
    async with server(answers) as url, calling(url) as client:
        return await client.send(TOKEN, post("C1", MESSAGE, "d1"))


def padded(size: int) -> bytes:
    """An answer that accepts, of exactly so many bytes."""
    empty = len(json.dumps({**ACCEPTED, "padding": ""}))
    return json.dumps({**ACCEPTED, "padding": "x" * (size - empty)}).encode()


@pytest.mark.parametrize("packed", [False, True], ids=["as it is", "packed"])
@tries("answer of Slack, unpacked")
async def test_an_answer_is_read_up_to_its_bound(beyond: int, *, packed: bool) -> None:
    body = padded(MAX_ANSWER_BYTES + beyond)
    answers = always(gzip.compress(body), Content_Encoding="gzip") if packed else always(body)

    assert await answer_to_a_post(answers) == (Accepted("C1", "1.2") if beyond <= 0 else TOO_LARGE)


async def test_a_small_answer_that_unpacks_to_a_large_one_takes_no_memory() -> None:
    bomb = gzip.compress(bytes(128 * MEBIBYTE))
    assert len(bomb) < MEBIBYTE
    async with server(always(bomb, Content_Encoding="gzip")) as url, calling(url) as client:
        tracemalloc.start()
        try:
            answer = await client.send(TOKEN, post("C1", MESSAGE, "d1"))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert answer == TOO_LARGE
    assert peak < 8 * MEBIBYTE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_neither_message_nor_token_follows_a_redirect(status: int) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path == "/elsewhere":
            return web.json_response(ACCEPTED)
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    assert await answer_to_a_post(answer) == Ambiguous(f"http_{status}")
    assert asked == ["/api/chat.postMessage"]


async def test_no_cookie_of_one_tenants_answer_goes_out_with_anothers_call() -> None:
    cookies: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        cookies.append(request.headers.get("Cookie"))
        response = web.json_response(ACCEPTED)
        response.set_cookie("d", "stolen")
        return response

    async with server(answer) as url, calling(url.replace(HOST, "localhost")) as client:
        for token in (TOKEN, "xoxb-globex"):
            assert isinstance(await client.send(token, post("C1", MESSAGE, "d1")), Accepted)

    assert cookies == [None, None]


async def test_no_two_tokens_meet_in_one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions: dict[str, ClientSession] = {}

    class Noting(AsyncWebClient):
        def __init__(self, token: str, *arguments: Any, **more: Any) -> None:
            sessions[token] = more["session"]
            super().__init__(token, *arguments, **more)

    monkeypatch.setattr("router.adapters.slack.client.AsyncWebClient", Noting)
    async with server(always(ACCEPTED)) as url, calling(url) as client:
        for token in (TOKEN, "xoxb-globex"):
            assert isinstance(await client.send(token, post("C1", MESSAGE, "d1")), Accepted)
        assert [one.closed for one in sessions.values()] == [True, True]

    assert sessions[TOKEN] is not sessions["xoxb-globex"]


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "rot13", "zlib", "utf-7", "unicode_escape", "undefined", "x"]
)
async def test_an_answer_names_no_codec(charset: str) -> None:
    body = json.dumps({**ACCEPTED, "padding": "-a" * (MAX_ANSWER_BYTES // 4)}).encode()
    answers = always(body, Content_Type=f"application/json; charset={charset}")
    began = time.process_time()

    assert await answer_to_a_post(answers) == Accepted("C1", "1.2")
    assert time.process_time() - began < 1


async def test_a_closed_client_calls_nobody() -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response(ACCEPTED)

    async with server(answer) as url:
        async with calling(url) as client:
            pass

        assert isinstance(await client.send(TOKEN, post("C1", MESSAGE, "d1")), Unreached)
    assert asked == []
