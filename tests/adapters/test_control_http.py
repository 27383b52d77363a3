"""A control API's problems as errors, and what it may answer otherwise."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from router.adapters.control_http.asking import Access, ControlServer, Question, opened
from router.adapters.control_http.problems import error_of
from router.adapters.control_http.reading import TenantFacts, listed
from router.errors import (
    ChangedMeanwhileError,
    ConfigurationError,
    OperationError,
    RouterError,
    UnavailableError,
    UnconfirmedError,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def problem(name: str, detail: str, *errors: dict[str, object]) -> bytes:
    return json.dumps({"type": f"urn:alert-router:problem:{name}", "detail": detail, "errors": errors}).encode()


@pytest.mark.parametrize(("status", "body", "kind", "printed"), [
    (422, problem("invalid-document", "1 mistakes", {"message": "a: b", "remedy": "c; d", "file": "f", "line": 2,
                                                     "column": 3}), ConfigurationError, "f:2:3: a: b; c; d"),
    (403, problem("not-allowed", "denied by y; it takes z"), OperationError, "denied by y; it takes z; have it"),
    (401, problem("not-authenticated", "no"), ConfigurationError, "ALERT_ROUTER_TOKEN"),
    (412, problem("changed-meanwhile", "version 3 is active"), ChangedMeanwhileError, "version 3 is active"),
    (404, problem("unknown-tenant", "there is no tenant"), OperationError, "there is no tenant"),
    (409, problem("not-possible", "no", {"message": "no", "remedy": "do"}), OperationError, "no; do"),
    (400, problem("invalid-request", "form", {"message": "query.x: y"}), ConfigurationError, "form: query.x: y"),
    (503, problem("unavailable", "an engine is away"), UnavailableError, "an engine is away"),
    (500, problem("internal-error", "ours"), UnavailableError, "ours"),
    (404, b"<html>", UnavailableError, "HTTP 404 is not an answer of a control API"),
    (302, b"", UnavailableError, "HTTP 302"),
    (422, problem("invalid-document", "\x1b[31mred"), OperationError, "\\x1b[31mred"),
    (403, b"[" * 100_000, UnavailableError, "HTTP 403"),
])  # fmt: skip
def test_a_problem_is_the_error_that_it_would_be_here(
    status: int, body: bytes, kind: type[RouterError], printed: str
) -> None:
    error = error_of(status, body)
    assert type(error) is kind
    assert printed in str(error)


@asynccontextmanager
async def serving(handler: Handler, waited: list[float]) -> AsyncIterator[ControlServer]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app) as server, opened(Access(str(server.make_url("")).rstrip("/"), "ark_x")) as asked:

        async def sleep(seconds: float) -> None:
            waited.append(seconds)

        asked._sleep = sleep
        yield asked


async def test_what_comes_too_fast_is_asked_again_when_the_api_says() -> None:
    left, waited = [3, 2, 1], list[float]()

    async def handler(_: web.Request) -> web.Response:
        if left:
            return web.Response(status=429, headers={"Retry-After": str(left.pop(0))})
        return web.json_response({"items": []})

    async with serving(handler, waited) as server:
        assert (await server.ask(Question("GET", "/tenants"))).body == b'{"items": []}'
    assert waited == [3, 2, 1]


async def test_it_does_not_wait_for_ever() -> None:
    waited = list[float]()

    async def handler(_: web.Request) -> web.Response:
        return web.Response(
            status=429, headers={"Retry-After": "86400"}, body=problem("too-many-requests", "slow down")
        )

    async with serving(handler, waited) as server:
        with pytest.raises(UnavailableError, match="slow down"):
            await server.ask(Question("GET", "/tenants"))
    assert max(waited) <= 30


async def test_a_redirect_is_not_followed_and_the_key_goes_nowhere_else() -> None:
    seen = list[str]()

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with serving(handler, []) as server:
        with pytest.raises(UnavailableError, match="HTTP 307"):
            await server.ask(Question("GET", "/tenants"))
    assert seen == ["/control/v1/tenants"]


@pytest.mark.parametrize(("method", "kind"), [("GET", UnavailableError), ("PUT", UnconfirmedError)])
async def test_an_answer_that_is_lost_leaves_open_what_was_done(method: str, kind: type[RouterError]) -> None:
    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async with serving(handler, []) as server:
        with pytest.raises(UnavailableError) as lost:
            await server.ask(Question(method, "/tenants/acme/configuration"))
    assert type(lost.value) is kind


@pytest.mark.parametrize("body", ["", "[]", '{"items": [{"tenant": 3}]}', '{"items": 1}', '{"items": [1]}'])
async def test_what_is_not_of_the_form_of_the_api_is_no_answer(body: str) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(text=body)

    async with serving(handler, []) as server:
        with pytest.raises(UnavailableError, match="does not read"):
            [one async for one in listed(server, "/tenants", TenantFacts)]
