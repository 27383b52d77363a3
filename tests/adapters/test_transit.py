"""A server of Transit that does its worst keeps nobody waiting for long, and learns no token that is not for it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from aiohttp import web

from router.adapters.transit import asking
from router.adapters.transit.access import LoginMethod
from router.adapters.transit.asking import MAX_ANSWER, PAUSE_S, TransitServer
from router.adapters.transit.keys import TransitKeys
from router.adapters.transit.login import Login
from router.core.seal.envelope import KeyId, KeyPurpose
from router.errors import KeyUnavailableError
from tests.adapters.builders import ACME
from tests.bounds import tries
from tests.fakes.transit import FakeTransit, transit

KEY: Final = KeyId(KeyPurpose.PAYLOAD, 1)
SECRET: Final = bytes(32)


class Clock:
    """A clock that stands."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeTransit]:
    async with transit(tmp_path) as one:
        yield one


async def why_not(fake: FakeTransit) -> str:
    with pytest.raises(KeyUnavailableError) as error:
        await TransitKeys(fake.access()).wrap(ACME, KEY, SECRET)
    return str(error.value)


async def test_a_redirect_is_not_followed(fake: FakeTransit) -> None:
    async def elsewhere(_: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": f"{fake.url}/v1/stolen"})

    fake.fault = elsewhere

    assert "name the address that it redirects to" in await why_not(fake)
    assert len(fake.asked) == 1


@tries("an answer of OpenBao or Vault")
async def test_a_larger_answer_counts_as_none(fake: FakeTransit, beyond: int) -> None:
    text = '{"data": {"ciphertext": "vault:v1:AAAA"}}'.ljust(MAX_ANSWER + beyond)

    async def answers(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text)

    fake.fault = answers
    if beyond <= 0:
        assert await TransitKeys(fake.access()).wrap(ACME, KEY, SECRET)
    else:
        assert f"larger than {MAX_ANSWER} bytes" in await why_not(fake)


async def test_an_answer_without_an_end_counts_as_none(fake: FakeTransit) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b" " * 65_536)
        except ConnectionError:
            return response

    fake.fault = endless

    assert f"larger than {MAX_ANSWER} bytes" in await why_not(fake)


async def test_who_answers_too_slowly_is_left_alone_for_a_while(
    fake: FakeTransit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT_S", 0.05)
    never, clock = asyncio.Event(), Clock()

    async def slow(_: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    fake.fault = slow
    service = TransitKeys(access := fake.access(), server := TransitServer(access, clock), Login(access, server))
    for _ in range(3):
        with pytest.raises(KeyUnavailableError, match="not within"):
            await service.wrap(ACME, KEY, SECRET)
    assert len(fake.asked) == 1

    monkeypatch.setattr(asking, "TIMEOUT_S", 30.0)
    never.set()
    fake.fault = None
    clock.now += PAUSE_S
    assert await service.wrap(ACME, KEY, SECRET)


@pytest.mark.parametrize(
    ("status", "text", "why"),
    [
        (503, '{"errors": ["Vault is sealed"]}', "HTTP 503"),
        (429, "{}", "HTTP 429"),
        (200, "<html>", "not JSON"),
        (200, "[]", "not of its API"),
        (200, "{}", "no ciphertext"),
        (200, '{"data": {"ciphertext": 7}}', "no ciphertext"),
    ],
)
async def test_what_is_not_an_answer_of_transit_is_named(fake: FakeTransit, status: int, text: str, why: str) -> None:
    async def answers(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text)

    fake.fault = answers

    assert why in await why_not(fake)


async def test_a_wrong_token_is_refused_with_what_to_do(fake: FakeTransit) -> None:
    fake.file.write_text("wrong", encoding="ascii")

    why = await why_not(fake)

    assert "HTTP 403 permission denied; docs/encryption.md" in why
    assert "wrong" not in why


@pytest.mark.parametrize("content", ["", "two\nlines"])
async def test_a_file_without_a_credential_is_named_and_nobody_is_asked(fake: FakeTransit, content: str) -> None:
    fake.file.write_text(content, encoding="ascii")

    assert "ALERT_ROUTER_TRANSIT__CREDENTIAL_FILE" in await why_not(fake)
    assert not fake.asked


async def test_who_logs_in_does_so_again_before_the_token_ends(fake: FakeTransit) -> None:
    clock, access = Clock(), fake.access(LoginMethod.APPROLE)
    login = Login(access, TransitServer(access, clock), clock)
    await login.token()
    clock.now += fake.lease_s * 0.79
    await login.token()
    assert len(fake.asked) == 1

    clock.now += fake.lease_s * 0.02
    await login.token()
    assert len(fake.asked) == 2


async def test_a_newer_version_of_the_tenants_key_is_noticed(fake: FakeTransit) -> None:
    service = TransitKeys(fake.access())
    wrapped = await service.wrap(ACME, KEY, SECRET)
    fake.rotate("alert-router-acme")

    assert not await service.is_newest(ACME, wrapped)
    assert not await service.is_newest(ACME, "f1:0123abcd:AAAA")
    assert await service.unwrap(ACME, KEY, wrapped) == SECRET


async def test_no_repr_shows_what_lets_us_in(fake: FakeTransit) -> None:
    assert fake.token not in repr(fake.access())
