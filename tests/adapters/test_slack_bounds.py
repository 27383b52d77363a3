"""Answers that no Slack gives: too large, packed too well, from elsewhere, with cookies, in other forms."""

import gzip
import json
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from aiohttp import web
from alert_router_local.process import HOST

from router.adapters.slack.bounds import MAX_ANSWER_BYTES, MAX_ERROR_CHARS, MAX_ID_CHARS
from router.core.slack.answer import Accepted, Ambiguous, Answer, Refused
from router.core.slack.call import post
from router.ports.slack import Identity
from tests.adapters.test_slack_client import MESSAGE, TOKEN, calling
from tests.bounds import tries

Answers = Callable[[web.Request], Awaitable[web.Response]]
ACCEPTED: Final[Mapping[str, Any]] = {"ok": True, "channel": "C1", "ts": "1.2"}
WHO: Final[Mapping[str, Any]] = {"ok": True, "team_id": "T1", "bot_id": "B1"}
UNREADABLE: Final = Ambiguous("unreadable_body")
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


async def answer_to_who(body: Mapping[str, Any]) -> Identity | Answer:
    async with server(always(body)) as url, calling(url) as client:
        return await client.identify(TOKEN)


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


@tries("error code of Slack")
async def test_an_error_is_cut_where_no_code_of_slacks_would_be(beyond: int) -> None:
    length = MAX_ERROR_CHARS + beyond
    for error in ("e" * length, "e" * (length if beyond <= 0 else 3 * MEBIBYTE // 4)):
        answer = await answer_to_a_post(always({"ok": False, "error": error}))

        assert answer == Refused("e" * min(length, MAX_ERROR_CHARS))


@tries("ID of a channel, a team, a bot")
async def test_an_id_has_so_many_characters_or_the_answer_is_unclear(beyond: int) -> None:
    one = "C" * (MAX_ID_CHARS + beyond)

    answered = await answer_to_a_post(always({**ACCEPTED, "channel": one}))
    who = [await answer_to_who({**WHO, part: one}) for part in ("team_id", "bot_id")]

    assert answered == (Accepted(one, "1.2") if beyond <= 0 else UNREADABLE)
    assert who == ([Identity(f"{one}-B1"), Identity(f"T1-{one}")] if beyond <= 0 else [UNREADABLE, UNREADABLE])


@pytest.mark.parametrize(
    "ts",
    ["", "1", "1.", ".2", "1.2.3", "1.2\n", "-1.2", "1e9.0", "now", "1" * 17 + ".2", "1." + "2" * 17, "1" * MEBIBYTE],
)
async def test_a_ts_in_another_form_makes_the_answer_unreadable(ts: str) -> None:
    answer = await answer_to_a_post(always({**ACCEPTED, "ts": ts}))

    assert isinstance(answer, Ambiguous)


@pytest.mark.parametrize("ts", ["1.2", "1700000000.000100", "1" * 16 + "." + "2" * 16])
async def test_a_ts_as_slack_writes_it_is_taken(ts: str) -> None:
    assert await answer_to_a_post(always({**ACCEPTED, "ts": ts})) == Accepted("C1", ts)


OTHER_IDS: Final = [
    "",
    "c1",
    "1C",
    "C 1",
    "C1\n",
    "C}:{ws:T}:x y\n\0",
    "x}:{ws:other",
    "C" * (MAX_ID_CHARS + 1),
    7,
    ["C1"],
]
IDS: Final = ["C1", "C0123456789", "C" * MAX_ID_CHARS]


@pytest.mark.parametrize("channel", OTHER_IDS)
async def test_a_channel_in_another_form_makes_the_answer_unreadable(channel: object) -> None:
    assert await answer_to_a_post(always({**ACCEPTED, "channel": channel})) == UNREADABLE


@pytest.mark.parametrize("channel", IDS)
async def test_a_channel_as_slack_writes_it_is_taken(channel: str) -> None:
    assert await answer_to_a_post(always({**ACCEPTED, "channel": channel})) == Accepted(channel, "1.2")


@pytest.mark.parametrize("part", ["team_id", "bot_id"])
@pytest.mark.parametrize("value", OTHER_IDS)
async def test_a_team_or_bot_in_another_form_names_no_budgets(part: str, value: object) -> None:
    assert await answer_to_who({**WHO, part: value}) == UNREADABLE


@pytest.mark.parametrize("value", IDS)
async def test_a_team_and_bot_as_slack_writes_them_name_the_budgets(value: str) -> None:
    assert await answer_to_who({**WHO, "team_id": value, "bot_id": value}) == Identity(f"{value}-{value}")
