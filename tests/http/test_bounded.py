"""An answer is read up to a bound, whatever length it names."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from router.http.bounded import TooMuchError, body_of

AT_MOST = 100_000


async def in_pieces(request: web.Request) -> web.StreamResponse:
    """As many bytes as the path names, without a length."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(int(request.match_info["bytes"]) // 1_000):
        await response.write(b"x" * 1_000)
    await response.write_eof()
    return response


@pytest.fixture
async def answers() -> AsyncIterator[TestServer]:
    application = web.Application()
    application.router.add_get("/{bytes}", in_pieces)
    server = TestServer(application)
    await server.start_server()
    yield server
    await server.close()


async def test_an_answer_of_the_bound_is_read_whole(answers: TestServer) -> None:
    async with aiohttp.ClientSession() as session, session.get(answers.make_url(f"/{AT_MOST}")) as response:
        assert await body_of(response, AT_MOST) == b"x" * AT_MOST


async def test_a_larger_one_is_given_up_and_so_is_its_connection(answers: TestServer) -> None:
    async with aiohttp.ClientSession() as session, session.get(answers.make_url(f"/{100 * AT_MOST}")) as response:
        with pytest.raises(TooMuchError, match="larger than 100000 bytes"):
            await body_of(response, AT_MOST)

        assert response.connection is None
