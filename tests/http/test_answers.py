"""Every answer on a real connection: what a sender that writes first gets to read, and what is counted."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from alert_router_local.process import HOST
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from router.http import answers
from router.http.alerts import ABORTED, AlertsRequest, alerts_routes
from router.http.operations import http_app
from router.http.problems import Problem
from router.http.server import HttpServer, bind
from tests.bounds import tries, tries_time
from tests.http.client import Answer, connected, request, write_then_read
from tests.waiting import eventually

ALERTS = "/v1/tenants/acme/alerts"
MOST = 100_000
CHUNKED = {"Transfer_Encoding": "chunked"}


@dataclass
class Site:
    """A server that reads bodies up to a size, and what it counted."""

    url: str = ""
    counted: Counter[int] = field(default_factory=Counter)

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        return await write_then_read(self.url, method, path, body, **headers)

    async def accept(self, asked: AlertsRequest) -> int:
        if "token" not in asked.headers:
            raise Problem(401, "token-missing", "send one")
        size = 0
        async for chunk in asked.chunks:
            size += len(chunk)
            if size > MOST:
                raise Problem(413, "body-too-large", "send less")
        if size == 0:
            raise ZeroDivisionError
        return size


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    found = Site()
    app = http_app(alerts_routes(found.accept), answered=lambda status: found.counted.update([status]))
    server = HttpServer(app, bind(HOST, 0, "PORT"))
    await server.start()
    found.url = server.url
    yield found
    await server.stop()


@pytest.mark.parametrize("headers", [{}, CHUNKED], ids=["announced", "chunked"])
@pytest.mark.parametrize(
    ("token", "refusal"), [({"token": "x"}, (413, "body-too-large")), ({}, (401, "token-missing"))]
)
async def test_a_refusal_is_read_by_who_writes_its_whole_body_first(
    site: Site, headers: dict[str, str], token: dict[str, str], refusal: tuple[int, str]
) -> None:
    answer = await site.ask("POST", ALERTS, b" " * (8 << 20), **headers, **token)

    assert (answer.status, answer.problem) == refusal
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/v1/nothing", 404), ("PUT", ALERTS, 405)])
async def test_so_is_that_there_is_no_such_path_or_method(site: Site, method: str, path: str, status: int) -> None:
    answer = await site.ask(method, path, b" " * (8 << 20))

    assert (answer.status, answer.problem) == (status, "http-error")


async def test_a_url_that_lacks_its_path_is_answered_with_the_path_for_alerts(site: Site) -> None:
    answer = await site.ask("POST", "/api/v2/alerts", b"[]")

    assert (answer.status, answer.problem) == (404, "http-error")
    assert "at /v1/tenants/TENANT/alerts" in answer.text


@pytest.mark.parametrize("headers", [{}, CHUNKED], ids=["announced", "chunked"])
async def test_what_is_accepted_ends_at_once(site: Site, headers: dict[str, str]) -> None:
    answer = await site.ask("POST", ALERTS, b" " * 1_000, token="x", **headers)

    assert (answer.status, json.loads(answer.text)) == (202, {"accepted": 1_000})


@tries("bytes of a refused body that are read and forgotten")
async def test_so_many_bytes_of_a_refused_body_are_read(beyond: int) -> None:
    pieces = iter([bytes(answers.MAX_FORGOTTEN + beyond), b"x", b"x"])
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": next(pieces), "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    refusal = PlainTextResponse("no", 413)
    scope: Scope = {"type": "http", "headers": [(b"transfer-encoding", b"chunked")]}
    await answers.ReadToItsEnd(refusal)(scope, receive, send)

    assert len(list(pieces)) == {-1: 0, 0: 1, 1: 2}[beyond]
    assert (b"connection", b"close") in sent[0]["headers"]
    assert [one.get("more_body", False) for one in sent[1:]] == [True, False]


@tries_time("time that this takes")
async def test_a_sender_that_stops_within_a_refused_body_is_not_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch, beyond: int
) -> None:
    """One that goes on in time is read to its end."""
    if beyond > 0:
        monkeypatch.setattr(answers, "FORGOTTEN_S", 0.1)
    asked = request("POST", ALERTS, b" " * 1_000, Connection="close")[: -1 if beyond > 0 else None]
    async with connected(site.url) as (reader, writer):
        writer.write(asked)

        assert b"token-missing" in await asyncio.wait_for(reader.read(), 5)


async def test_a_sender_that_asks_before_it_sends_its_body_is_refused_at_once(site: Site) -> None:
    asked = request("POST", ALERTS, Expect="100-continue", Content_Length="1000", Connection="keep-alive")
    async with connected(site.url) as (reader, writer):
        writer.write(asked)

        answer = await asyncio.wait_for(reader.read(), answers.FORGOTTEN_S / 2)

        assert b"401" in answer
        assert b"100 Continue" not in answer


async def test_every_answer_is_counted_once(site: Site) -> None:
    token = {"token": "x"}
    for method, path, body in [
        ("POST", ALERTS, b" "),
        ("POST", ALERTS, b" " * (MOST + 1)),
        ("GET", "/v1/nothing", b""),
        ("GET", ALERTS, b""),
    ]:
        await site.ask(method, path, body, **token)

    assert site.counted == {202: 1, 413: 1, 404: 1, 405: 1}


async def test_an_error_of_ours_is_counted_and_is_a_problem_document(site: Site) -> None:
    answer = await site.ask("POST", ALERTS, b"", token="x", Content_Length="0")

    assert (answer.status, answer.problem) == (500, "internal-error")
    assert site.counted == {500: 1}


async def test_a_sender_that_goes_away_within_its_body_is_counted_once(site: Site) -> None:
    async with connected(site.url) as (_, writer):
        writer.write(request("POST", ALERTS, b" " * 1_000, token="x")[:-1])
        await writer.drain()
        writer.close()

        await eventually(lambda: site.counted == {ABORTED: 1})


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/redoc", f"{ALERTS}/", "/live", "/ready", "/metrics"])
async def test_there_is_nothing_besides_what_the_interfaces_name(site: Site, path: str) -> None:
    answer = await site.ask("GET", path)

    assert (answer.status, answer.problem) == (404, "http-error")
    assert "server" not in answer.headers
