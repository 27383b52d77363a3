"""What an issuer publishes is read within bounds, and only from where nobody else can answer."""

import base64
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from aiohttp import web

from router.adapters.oidc.fetching import MAX_KEYS, MAX_PUBLISHED, Fetching, is_safe, keys_in
from router.app.trust import trust_of
from router.errors import UnavailableError
from tests.bounds import tries
from tests.http.certificates import server_context, trusted_file
from tests.issuer import Issuer, other_key


@pytest.fixture
async def fetching() -> AsyncIterator[Fetching]:
    one = Fetching(ssl.create_default_context())
    yield one
    await one.close()


@pytest.mark.parametrize(("url", "safe"), [
    ("https://issuer.example", True),
    ("http://issuer.example", False),
    ("http://127.0.0.1:8080", True),
    ("http://[::1]:8080", True),
    ("http://localhost/realms/a", True),
    ("http://localhost.example", False),
    ("http://127.0.0.1.example", False),
    ("file:///etc/passwd", False),
    ("https://", False),
    ("None", False),
])  # fmt: skip
def test_keys_come_over_tls_or_from_this_machine(url: str, *, safe: bool) -> None:
    assert is_safe(url) is safe


async def test_a_document_of_another_issuer_is_not_believed(fetching: Fetching) -> None:
    issuer = Issuer()
    await issuer.start()
    answered = issuer.url
    issuer.url = "https://issuer.example"
    with pytest.raises(UnavailableError, match="another issuer"):
        await fetching.keys(answered)
    await issuer.stop()


SHORT: Final = {
    "kty": "RSA", "kid": "short", "e": "AQAB",
    "n": base64.urlsafe_b64encode(((1 << 1023) + 1).to_bytes(128, "big")).rstrip(b"=").decode(),
}  # fmt: skip


def test_of_a_set_of_keys_what_signs_and_can_be_read_is_taken() -> None:
    good = other_key().as_dict(private=False)
    shared = {"kty": "oct", "k": "c2VjcmV0", "kid": "o"}
    others = [{**good, "use": "enc", "kid": "e"}, shared, {"kty": "?"}, 7, {}, SHORT]
    assert set(keys_in({"keys": [*others, good]})) == {"rsa-1"}
    assert keys_in({"keys": "none"}) == {}


@tries("keys of an issuer")
def test_of_more_keys_the_first_are_read(beyond: int) -> None:
    good = other_key().as_dict(private=False)
    assert bool(keys_in({"keys": [*[{}] * (MAX_KEYS - 1 + beyond), good]})) is (beyond <= 0)


async def test_no_redirect_is_followed(fetching: Fetching) -> None:
    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:1/")

    async with answering(elsewhere) as url:
        with pytest.raises(UnavailableError, match="HTTP 302"):
            await fetching.keys(url)


@tries("what an issuer publishes")
async def test_a_longer_answer_is_none(fetching: Fetching, beyond: int) -> None:
    async def long(_: web.Request) -> web.Response:
        return web.Response(body=b"{}" + b" " * (MAX_PUBLISHED + beyond - 2))

    async with answering(long) as url:
        with pytest.raises(UnavailableError, match="larger" if beyond > 0 else "another issuer"):
            await fetching.keys(url)


@asynccontextmanager
async def answering(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """Where an issuer is asked for its discovery document."""
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


async def test_an_issuer_of_a_private_authority_is_asked_where_that_is_trusted(tmp_path: Path) -> None:
    issuer, trusting, others = Issuer(), Fetching(trust_of(trusted_file(tmp_path), "")), Fetching(trust_of(None, ""))
    await issuer.start(server_context(tmp_path))
    assert issuer.url.startswith("https://")
    assert set(await trusting.keys(issuer.url)) == {"rsa-0", "ec"}
    with pytest.raises(UnavailableError, match="certificate is not trusted") as refused:
        await others.keys(issuer.url)
    assert "ALERT_ROUTER_CONTROL__ISSUERS_CA_FILE" in str(refused.value.remedy)
    for one in (trusting, others):
        await one.close()
    await issuer.stop()
