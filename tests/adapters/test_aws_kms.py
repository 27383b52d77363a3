"""A KMS that does its worst keeps nobody waiting for long; what is wrapped names no key of its own."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Final
from unittest.mock import patch

import pytest
from aiohttp import web
from botocore.exceptions import CredentialRetrievalError
from botocore.session import Session

from router.adapters.aws_kms import asking
from router.adapters.aws_kms.asking import PAUSE_S, KmsServer
from router.adapters.aws_kms.client import KmsClient, Operation
from router.adapters.aws_kms.keys import KmsKeys
from router.core.seal.envelope import KeyId, KeyPurpose
from router.errors import KeyUnavailableError, UndecipherableError
from tests.adapters.builders import ACME
from tests.fakes.aws_kms import NAMES, REGION, FakeKms, kms, refusal, session

KEY: Final = KeyId(KeyPurpose.PAYLOAD, 1)
SECRET: Final = bytes(range(32))
NEW, OLD = NAMES


class Clock:
    """A clock that stands."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def fake() -> AsyncIterator[FakeKms]:
    async with kms() as one:
        yield one


async def why_not(service: KmsKeys) -> str:
    with pytest.raises(KeyUnavailableError) as error:
        await service.wrap(ACME, KEY, SECRET)
    return str(error.value)


async def test_each_request_names_our_key_and_whose_key_it_wraps(fake: FakeKms) -> None:
    service = fake.service()
    await service.unwrap(ACME, KEY, await service.wrap(ACME, KEY, SECRET))

    context = {"alert-router-tenant": "acme", "alert-router-purpose": "payload", "alert-router-epoch": "1"}
    assert [operation for operation, _ in fake.asked] == ["Encrypt", "Decrypt"]
    assert {body["KeyId"] for _, body in fake.asked} == {NEW}
    assert [body["EncryptionContext"] for _, body in fake.asked] == [context, context]


async def test_what_another_key_of_the_account_has_wrapped_is_not_unwrapped(fake: FakeKms) -> None:
    planted = await fake.service(OLD).wrap(ACME, KEY, SECRET)

    with pytest.raises(KeyUnavailableError, match=r"wrapped by another key of AWS KMS; name it in .*AWS_KMS__ID"):
        await fake.service(NEW).unwrap(ACME, KEY, planted)


async def test_of_several_keys_the_first_wraps_and_all_unwrap(fake: FakeKms) -> None:
    old, both = fake.service(OLD), fake.service(NEW, OLD)
    before = await old.wrap(ACME, KEY, SECRET)
    after = await both.wrap(ACME, KEY, SECRET)

    assert await both.unwrap(ACME, KEY, before) == await both.unwrap(ACME, KEY, after) == SECRET
    assert [await both.is_newest(ACME, one) for one in (before, after, "f1:0123abcd:AAAA")] == [False, True, False]
    assert await old.is_newest(ACME, before)


async def test_an_alias_that_points_to_another_key_makes_the_keys_older(fake: FakeKms) -> None:
    service = fake.service(NEW)
    wrapped = await service.wrap(ACME, KEY, SECRET)
    fake.keys[NEW] = fake.keys[OLD]

    assert not await service.is_newest(ACME, wrapped)


async def test_where_no_key_unwraps_a_missing_right_is_named_before_another_key(fake: FakeKms) -> None:
    wrapped = await fake.service(OLD).wrap(ACME, KEY, SECRET)
    fake.refused = {OLD: "AccessDeniedException"}

    with pytest.raises(KeyUnavailableError, match=r"AccessDeniedException.*docs/encryption.md has the rights"):
        await fake.service(NEW, OLD).unwrap(ACME, KEY, wrapped)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("AccessDeniedException", "docs/encryption.md has the rights"),
        ("NotFoundException", "ALERT_ROUTER_AWS_KMS__ID"),
        ("DisabledException", "enabled"),
        ("KMSInvalidStateException", "about to be deleted"),
        ("InvalidKeyUsageException", "symmetric"),
    ],
)
async def test_a_refusal_has_the_remedy_that_fits_and_nobody_else_waits_for_it(
    fake: FakeKms, code: str, remedy: str
) -> None:
    service, fake.refused = fake.service(), {NEW: code}

    why = await why_not(service)
    assert code in why
    assert remedy in why

    fake.refused = {}
    assert await service.wrap(ACME, KEY, SECRET)


@pytest.mark.parametrize("code", ["ThrottlingException", "KMSInternalException", "DependencyTimeoutException"])
async def test_a_kms_that_is_busy_is_left_alone_for_a_while_like_one_that_is_away(fake: FakeKms, code: str) -> None:
    clock = Clock()
    service, fake.refused = fake.service(steady=clock), {NEW: code}
    for _ in range(3):
        assert "does not answer" in await why_not(service)
    assert len(fake.asked) == 1

    fake.refused = {}
    clock.now += PAUSE_S
    assert await service.wrap(ACME, KEY, SECRET)


@pytest.mark.parametrize("status", [307, 500, 503])
async def test_a_status_that_is_no_refusal_counts_as_away_and_is_asked_once(fake: FakeKms, status: int) -> None:
    async def answers(_: web.Request) -> web.StreamResponse:
        response = refusal("AccessDeniedException", status=status)
        response.headers["Location"] = f"{fake.url}/stolen"
        return response

    fake.fault = answers

    assert "does not answer" in await why_not(fake.service())
    assert len(fake.asked) == 1


@pytest.mark.parametrize("text", ["<html>", "[]", "7", "{}", '{"CiphertextBlob": 7}', '{"CiphertextBlob": "!"}'])
async def test_what_is_not_an_answer_of_kms_is_none(fake: FakeKms, text: str) -> None:
    async def answers(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type="application/x-amz-json-1.1")

    fake.fault = answers

    assert "answer" in await why_not(fake.service())


async def test_who_does_not_answer_is_left_alone_and_is_asked_again_later(
    fake: FakeKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    never, clock = asyncio.Event(), Clock()

    async def slow(_: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    service = fake.service(steady=clock)
    assert await service.wrap(ACME, KEY, SECRET)
    fake.fault = slow
    monkeypatch.setattr(asking, "TIMEOUT_S", 0.05)
    for _ in range(3):
        assert "not within" in await why_not(service)
    assert len(fake.asked) <= 2

    monkeypatch.setattr(asking, "TIMEOUT_S", 30.0)
    never.set()
    fake.fault = None
    clock.now += PAUSE_S
    assert await service.wrap(ACME, KEY, SECRET)


async def test_nobody_there_counts_as_away(fake: FakeKms) -> None:
    fake.url = "http://127.0.0.1:1"

    assert "http://127.0.0.1:1 does not answer" in await why_not(fake.service())


async def test_no_connection_is_kept(fake: FakeKms) -> None:
    service = fake.service()
    for _ in range(3):
        await service.wrap(ACME, KEY, SECRET)

    assert len(set(map(id, fake.connections))) == 3


async def test_no_variable_of_aws_tools_moves_it_to_another_address(
    fake: FakeKms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", fake.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL", fake.url)
    client = KmsClient(access := fake.access(), 2.0, session())
    assert client._client().meta.endpoint_url == fake.url

    elsewhere = KmsClient(type(access)(access.keys, access.region), 2.0, session())
    assert elsewhere._client().meta.endpoint_url == "https://kms.eu-central-1.amazonaws.com"


async def test_credentials_that_are_missing_are_looked_for_again(fake: FakeKms) -> None:
    access, clock, own = fake.access(), Clock(), Session()
    service = KmsKeys(access, KmsServer(access, KmsClient(access, 2.0, own), clock))
    with patch.object(own, "get_credentials", return_value=None):
        assert "Unable to locate credentials" in await why_not(service)

    own.set_credentials("an-id", "a-secret")
    clock.now += PAUSE_S
    assert await service.wrap(ACME, KEY, SECRET)


@pytest.mark.parametrize("error", [CredentialRetrievalError(provider="p", error_msg="e"), FileNotFoundError("token")])
async def test_credentials_that_cannot_be_had_count_as_away(fake: FakeKms, error: Exception) -> None:
    access, own = fake.access(), session()
    service = KmsKeys(access, KmsServer(access, KmsClient(access, 2.0, own)))
    with patch.object(own, "get_credentials", side_effect=error):
        assert "does not answer" in await why_not(service)


def test_who_gives_out_credentials_has_no_more_time_than_kms(fake: FakeKms) -> None:
    KmsClient(fake.access(), 2.0, own := session())

    config = own.create_client("sts").meta.config
    assert config.region_name == REGION
    assert (config.connect_timeout, config.read_timeout) == (2.0, 2.0)
    assert config.retries["total_max_attempts"] == 1


@pytest.mark.parametrize("changed", ["k1:0123abcd:", "k1:0123abcd", "k1:0123abcd:!", "long"])
async def test_what_kms_would_not_look_at_is_undecipherable_and_nobody_is_asked(fake: FakeKms, changed: str) -> None:
    wrapped = f"k1:0123abcd:{base64.b64encode(bytes(6145)).decode()}" if changed == "long" else changed

    with pytest.raises(UndecipherableError):
        await fake.service().unwrap(ACME, KEY, wrapped)
    assert not fake.asked


async def test_a_form_of_another_service_waits(fake: FakeKms) -> None:
    with pytest.raises(KeyUnavailableError, match="a form that AWS KMS does not read"):
        await fake.service().unwrap(ACME, KEY, "t1:vault:v1:AAAA")


async def test_no_repr_shows_a_key(fake: FakeKms) -> None:
    service = fake.service()
    wrapped = await service.wrap(ACME, KEY, SECRET)
    answer = await service._server.ask(
        Operation.DECRYPT,
        {
            "KeyId": NEW,
            "CiphertextBlob": base64.b64decode(wrapped.rpartition(":")[2]),
            "EncryptionContext": fake.asked[0][1]["EncryptionContext"],
        },
    )

    assert answer.found["Plaintext"] == SECRET
    assert "Plaintext" not in repr(answer)
