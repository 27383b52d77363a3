"""What a peer leaves unfinished has an end, on real connections; and who is beside it is served."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
from alert_router_local.process import HOST

from router.http.alerts import AlertsRequest, alerts_routes
from router.http.connections import ConnectionLimits, Ended
from router.http.operations import http_app
from router.http.protocol import MAX_FRAMING, MAX_HEAD, Chunks, Deadlines
from router.http.server import HttpServer, ServerOptions, bind
from tests.bounds import tries, tries_time
from tests.http.client import connected, request, write_then_read
from tests.waiting import eventually

ALERTS = "/v1/tenants/acme/alerts"
LONG = 30.0
SHORT = 0.1
KEPT = {"Connection": "keep-alive"}


class Site:
    """A server that answers with the size of a body, unless it is to wait."""

    def __init__(self, deadlines: Deadlines, limits: ConnectionLimits) -> None:
        self.answered: Counter[int] = Counter()
        self.ended: Counter[Ended] = Counter()
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        app = http_app(alerts_routes(self._accept), answered=self._count)
        options = ServerOptions(
            connections=limits,
            deadlines=deadlines,
            answered=self._count,
            ended=lambda reason: self.ended.update([reason]),
        )
        self.server = HttpServer(app, bind(HOST, 0, "PORT"), options)

    def _count(self, status: int) -> None:
        self.answered[status] += 1

    async def _accept(self, asked: AlertsRequest) -> int:
        await self.goes_on.wait()
        return sum([len(chunk) async for chunk in asked.chunks])

    async def serves(self) -> bool:
        """Whether somebody else is served."""
        answer = await write_then_read(self.server.url, "POST", ALERTS, b"four")
        return (answer.status, json.loads(answer.text)) == (202, {"accepted": 4})


@asynccontextmanager
async def a_site(
    head_s: float = LONG, idle_s: int = 30, request_s: float = LONG, limits: ConnectionLimits | None = None
) -> AsyncIterator[Site]:
    found = Site(Deadlines(head_s, idle_s, request_s), limits or ConnectionLimits())
    await found.server.start()
    try:
        yield found
    finally:
        found.goes_on.set()
        await found.server.stop()


@pytest.mark.parametrize("begun", [0, 20], ids=["silent", "unfinished"])
@tries_time("time that the head of a request takes to arrive")
async def test_a_head_that_does_not_come_is_given_up(begun: int, beyond: int) -> None:
    async with a_site(head_s=SHORT if beyond > 0 else LONG) as site, connected(site.server.url) as (reader, writer):
        asked = request("POST", ALERTS, b"four")
        writer.write(asked[:begun])
        if beyond < 0:
            writer.write(asked[begun:])
        answer = await asyncio.wait_for(reader.read(), 5)

        assert site.ended == ({Ended.HEAD_TOO_SLOW: 1} if beyond > 0 else {})
        assert site.answered == ({202: 1} if beyond < 0 else {408: 1} if begun else {})
        assert (b"head-too-slow" in answer) == (408 in site.answered)
        assert await site.serves()


async def test_so_is_one_that_trickles_and_that_of_a_second_request() -> None:
    async with a_site(head_s=0.3) as site, connected(site.server.url) as (reader, writer):
        writer.write(request("POST", ALERTS, b"four", **KEPT))
        await reader.readuntil(b'{"accepted":4}')
        answer = b""
        while not answer:
            writer.write(b"X")
            with suppress(TimeoutError):
                answer = await asyncio.wait_for(reader.read(1_000), 0.05)

        assert b"408" in answer
        assert site.ended == {Ended.HEAD_TOO_SLOW: 1}


@tries_time("time that a connection may be idle")
async def test_an_idle_connection_is_closed(beyond: int) -> None:
    async with a_site(idle_s=1 if beyond > 0 else 30) as site, connected(site.server.url) as (reader, writer):
        for _ in range(2):
            writer.write(request("POST", ALERTS, b"four", **KEPT))
            await reader.readuntil(b'{"accepted":4}')
        if beyond < 0:
            assert site.server.connections == 1
        else:
            assert await asyncio.wait_for(reader.read(), 5) == b""
            assert site.server.connections == 0


async def test_a_request_ends_at_some_time_whatever_happens() -> None:
    async with a_site(request_s=SHORT) as site, connected(site.server.url) as (reader, writer):
        site.goes_on.clear()
        writer.write(request("POST", ALERTS, b"four"))

        assert await asyncio.wait_for(reader.read(), 5) == b""
        assert site.ended == {Ended.REQUEST_TOO_SLOW: 1}
        assert site.server.connections == 0


async def test_a_request_that_is_being_answered_is_never_cut_off_for_others() -> None:
    async with a_site(limits=ConnectionLimits(4, 4)) as site, connected(site.server.url) as (reader, writer):
        site.goes_on.clear()
        writer.write(request("POST", ALERTS, b"four"))
        await eventually(lambda: site.server.connections == 1)
        await asyncio.gather(*(close_at_once(site) for _ in range(20)))
        site.goes_on.set()

        assert b'{"accepted":4}' in await asyncio.wait_for(reader.read(), 5)


async def close_at_once(site: Site) -> None:
    async with connected(site.server.url):
        pass


@pytest.mark.parametrize("begun", [b"", b"POST / HTTP/1.1\r\nX: "], ids=["silent", "unfinished"])
async def test_whoever_opens_connections_and_leaves_them_open_keeps_nobody_out(begun: bytes) -> None:
    async with a_site(limits=ConnectionLimits(40, 30)) as site, AsyncExitStack() as stack:
        for _ in range(100):
            _, writer = await stack.enter_async_context(connected(site.server.url))
            writer.write(begun)

        assert await site.serves()
        assert site.server.connections <= 30
        assert site.ended[Ended.GAVE_WAY] >= 70


@tries("bytes of a request's head")
async def test_a_head_has_so_many_bytes(beyond: int) -> None:
    head = request("POST", ALERTS, Content_Length="0", X="")
    unfinished = head.replace(b"X: ", b"X: " + b"x" * (MAX_HEAD - len(head) + 1 + beyond))[:-1]
    assert len(unfinished) == MAX_HEAD + beyond
    async with a_site() as site, connected(site.server.url) as (reader, writer):
        writer.write(unfinished)
        if beyond <= 0:
            writer.write(head[-1:])
        answer = await asyncio.wait_for(reader.read(), 5)

    assert (b"202" in answer, b"not-http" in answer) == (beyond <= 0, beyond > 0)


@tries("bytes that frame the chunks of a body")
def test_so_many_bytes_may_frame_chunks_that_hold_nothing(beyond: int) -> None:
    chunks = Chunks()
    chunks.count(MAX_FRAMING + beyond, 0)

    assert chunks.are_tiny == (beyond > 0)


def test_chunks_of_thirty_bytes_are_large_enough_for_any_body() -> None:
    chunks = Chunks()
    for _ in range(100_000):
        chunks.count(len(b"1e\r\n") + 30 + len(b"\r\n"), 30)

    assert not chunks.are_tiny


async def test_a_body_in_tiny_chunks_is_given_up_before_it_costs_more_than_its_like_in_requests() -> None:
    async with a_site() as site, connected(site.server.url) as (reader, writer):
        head = request("POST", ALERTS, Transfer_Encoding="chunked").removesuffix(b"0\r\n\r\n")
        writer.write(head + b"1\r\nx\r\n" * 40_000)
        began = asyncio.get_running_loop().time()
        answer = await asyncio.wait_for(reader.read(1_000), 5)

        assert b"chunks-too-small" in answer
        assert asyncio.get_running_loop().time() - began < 0.5
        assert await site.serves()


@pytest.mark.parametrize("sent", [b"garbage\r\n\r\n", b"\x16\x03\x01\x02", b"GET / HTTP/1.1\r\nA : b\r\n\r\n"])
async def test_what_is_not_http_is_answered_by_a_problem_document_and_counted(sent: bytes) -> None:
    async with a_site() as site, connected(site.server.url) as (reader, writer):
        writer.write(sent + b"\r\n" * 4)
        answer = await asyncio.wait_for(reader.read(), 5)

        assert json.loads(answer.partition(b"\r\n\r\n")[2])["type"].endswith("not-http")
        assert site.answered == {400: 1}


async def test_a_body_that_turns_into_garbage_is_refused_and_counted_once() -> None:
    async with a_site() as site, connected(site.server.url) as (reader, writer):
        writer.write(request("POST", ALERTS, Transfer_Encoding="chunked").removesuffix(b"0\r\n\r\n") + b"garbage\r\n")

        assert b"not-http" in await asyncio.wait_for(reader.read(), 5)
        await eventually(lambda: site.answered == {499: 1})


@pytest.mark.parametrize("after", [b"", b"POST /smuggled HTTP/1.1\r\nHost: gateway\r\nContent-Length: 0\r\n\r\n"])
async def test_a_request_with_two_lengths_is_the_last_of_its_connection(after: bytes) -> None:
    async with a_site() as site, connected(site.server.url) as (reader, writer):
        both = {"Transfer_Encoding": "chunked", "Content_Length": "4", **KEPT}
        writer.write(request("POST", ALERTS, b"four", **both) + after)
        answer = await asyncio.wait_for(reader.read(), 5)

        assert answer.count(b"HTTP/1.1") == 1
        assert b"connection: close" in answer
        assert site.answered == {202: 1}
