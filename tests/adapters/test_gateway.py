"""A gateway is asked within bounds, and whatever stands in its place costs nothing but the answer."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from alert_router_local.process import HOST, free_port
from cryptography import x509

from router.adapters.crypto.hpke import public_keys
from router.adapters.gateway.client import GatewayAccess, GatewayClient
from router.adapters.gateway.pins import PinFile
from router.adapters.gateway.token import TokenFile
from router.core.seal.offered import write_offer
from router.core.seal.pin import pin_of
from router.errors import ConfigurationError
from router.http.problems import Problem
from router.ports.sender import Offer, SealedBody, Shown
from tests.adapters.builders import ACME
from tests.http.certificates import Authority

KEYS = public_keys(ACME, 7, bytes(32))
BEFORE = public_keys(ACME, 6, bytes([6] * 32))
BODY = SealedBody(b"\x93as1 sealed", 3, "0123456789abcdef")
SHOWN = Shown("Bearer ar_ours", "00-1-2-01")
PROBLEM = "application/problem+json"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """A client, and what came to the server that it asks."""

    client: GatewayClient
    requests: list[tuple[web.Request, bytes]] = field(default_factory=list)

    async def refused(self) -> Problem:
        """Why a body was not accepted."""
        with pytest.raises(Problem) as raised:
            await self.client.post(ACME, SHOWN, BODY)
        return raised.value


@asynccontextmanager
async def answering(
    handler: Handler, tls: ssl.SSLContext | None = None, trust: ssl.SSLContext | bool = True
) -> AsyncIterator[Asked]:
    """A client, and a server that answers every request in this way."""

    async def noted(request: web.Request) -> web.StreamResponse:
        asked.requests.append((request, await request.read()))
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", noted)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0, ssl_context=tls)
    await site.start()
    port = runner.addresses[0][1]
    scheme = "https" if tls else "http"
    asked = Asked(GatewayClient(GatewayAccess(f"{scheme}://{HOST}:{port}", trust), timeout_s=5))
    try:
        yield asked
    finally:
        await asked.client.close()
        await runner.cleanup()


def always(answer: Callable[[], web.Response]) -> Handler:
    async def handler(_: web.Request) -> web.StreamResponse:
        return answer()

    return handler


def accepted() -> web.Response:
    return web.json_response({"accepted": 3}, status=202)


async def test_what_was_sealed_is_handed_in_with_what_a_gateway_cannot_read() -> None:
    async with answering(always(accepted)) as asked:
        assert await asked.client.post(ACME, SHOWN, BODY) == 3

    [(request, body)] = asked.requests
    names = ("Authorization", "Content-Type", "Alerts", "Alert-Group", "traceparent")
    assert (request.method, request.path, body) == ("POST", "/v1/tenants/acme/alerts", BODY.data)
    assert [request.headers.get(name) for name in names] == [
        "Bearer ar_ours",
        "application/alert-router-sealed",
        "3",
        "0123456789abcdef",
        "00-1-2-01",
    ]


async def test_keys_are_offered_and_not_again_while_they_are_the_same() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"a"':
            return web.Response(status=304)
        earlier = [BEFORE] if "earlier" in request.query else []
        return web.Response(body=write_offer(KEYS, earlier), headers={"ETag": '"a"'})

    async with answering(handler) as asked:
        assert await asked.client.offer(ACME, SHOWN, "") == Offer(KEYS, '"a"', (BEFORE,))
        assert await asked.client.offer(ACME, SHOWN, '"a"') is None
    assert {request.path for request, _ in asked.requests} == {"/v1/tenants/acme/key"}


async def test_a_problem_is_passed_on_with_how_long_to_wait() -> None:
    document = {"type": "urn:alert-router:problem:quota-exceeded", "status": 429, "detail": "too many"}

    def answer() -> web.Response:
        return web.json_response(document, status=429, headers={"Retry-After": "7"}, content_type=PROBLEM)

    async with answering(always(answer)) as asked:
        found = await asked.refused()

    assert (found.status, found.name, found.detail, found.retry_after_s) == (429, "quota-exceeded", "too many", 7)


@pytest.mark.parametrize(
    ("answer", "status", "name"),
    [
        (lambda: web.Response(status=503, text="<html>no healthy upstream"), 503, "http-error"),
        (lambda: web.Response(status=404, body=b"[" * 60_000), 404, "http-error"),
        (lambda: web.Response(status=200, text="hello"), 502, "gateway-unreachable"),
        (lambda: web.json_response({"accepted": True}, status=202), 502, "gateway-unreachable"),
        (lambda: web.json_response({"accepted": 3}, status=200), 502, "gateway-unreachable"),
        (lambda: web.Response(status=302, headers={"Location": "/elsewhere"}), 502, "gateway-unreachable"),
        (lambda: web.Response(status=202, body=b"x" * 70_000), 502, "gateway-unreachable"),
        (
            lambda: web.Response(status=202, body=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"}),
            502,
            "gateway-unreachable",
        ),
    ],
)
async def test_what_is_no_gateways_answer_is_never_taken_for_an_acceptance(
    answer: Callable[[], web.Response], status: int, name: str
) -> None:
    async with answering(always(answer)) as asked:
        found = await asked.refused()

    assert (found.status, found.name) == (status, name)
    assert len(asked.requests) == 1


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b"<html>", write_offer(KEYS)[:-2]])
async def test_what_is_no_offer_is_none(body: bytes) -> None:
    async with answering(always(lambda: web.Response(body=body))) as asked:
        with pytest.raises(Problem) as raised:
            await asked.client.offer(ACME, SHOWN, "")

    assert raised.value.status == 502


async def test_who_does_not_answer_in_time_is_unreachable() -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with answering(silent) as asked:
        hasty = GatewayClient(asked.client._access, timeout_s=0.05)
        with pytest.raises(Problem, match="not in time") as raised:
            await hasty.post(ACME, SHOWN, BODY)
        await hasty.close()

    assert (raised.value.status, raised.value.retry_after_s) == (502, 5)


async def test_nobody_there_is_unreachable_and_not_reached() -> None:
    client = GatewayClient(GatewayAccess(f"http://{HOST}:{free_port()}"))
    try:
        assert not await client.reached()
        with pytest.raises(Problem, match="does not answer") as raised:
            await client.post(ACME, SHOWN, BODY)
    finally:
        await client.close()

    assert raised.value.status == 502


async def test_the_certificate_is_verified_by_the_authority_that_was_named(tmp_path: Path) -> None:
    authority, other = Authority("ours"), Authority("others")
    async with answering(always(accepted), served(authority, tmp_path), trusting(authority)) as asked:
        assert await asked.client.reached()
        assert await asked.client.post(ACME, SHOWN, BODY) == 3
    async with answering(always(accepted), served(authority, tmp_path), trusting(other)) as asked:
        assert not await asked.client.reached()
        assert "--ca-file" in (await asked.refused()).detail
    assert asked.requests == []


def served(authority: Authority, folder: Path) -> ssl.SSLContext:
    certificate, key = authority.sign(x509.IPAddress(ip_address(HOST)))
    (folder / "server.pem").write_bytes(certificate + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.certificate().decode())


def test_pins_are_read_again_besides_those_that_were_typed(tmp_path: Path) -> None:
    typed, first, second = (pin_of(bytes([one])) for one in range(3))
    file = tmp_path / "pins"
    file.write_text(f"# acme\n{first}\n", encoding="utf-8")
    pins = PinFile(file, frozenset({typed}))
    before = pins.pins()
    file.write_text(f"acme x25519 7 current {second}  # next\n\n", encoding="utf-8")
    after = pins.pins()
    file.write_text("half a l", encoding="utf-8")

    assert [set(one) for one in (before, after, pins.pins())] == [{typed, first}, {typed, second}, {typed, second}]


@pytest.mark.parametrize("text", [None, "", "# nothing\n", "sha256:12", f"{pin_of(b'')}\nsha1:{'0' * 40}\n"])
def test_a_file_without_pins_is_refused_at_the_start(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "pins"
    if text is not None:
        file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match="--pin-file"):
        PinFile(file)


def test_a_token_is_read_again_and_kept_while_its_file_is_away(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("ar_first\n", encoding="utf-8")
    token = TokenFile(file)
    first = token.authorization()
    file.write_text("ar_second", encoding="utf-8")
    second = token.authorization()
    file.unlink()

    assert (first, second, token.authorization()) == ("Bearer ar_first", "Bearer ar_second", "Bearer ar_second")


@pytest.mark.parametrize("text", [None, "", "two words", "ümlaut"])
def test_a_file_without_a_token_is_refused_at_the_start(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "token"
    if text is not None:
        file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match="--token-file"):
        TokenFile(file)
