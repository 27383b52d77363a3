"""A real OpenBao lets in whom it should, over TLS as well; tokens that end are replaced while it is asked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from router.adapters.transit.access import TransitAccess
from router.adapters.transit.asking import PAUSE_S, TransitServer
from router.adapters.transit.keys import TransitKeys
from router.adapters.transit.login import Login
from router.app.trust import trust_of
from router.core.seal.envelope import KeyId, KeyPurpose
from router.errors import KeyUnavailableError
from tests.adapters.builders import ACME
from tests.http.certificates import authority, server_files, trusted_file
from tests.openbao.server import OpenBao, started
from tests.openbao.test_keys import GATEWAY, WORKER, ticking
from tests.openbao.tokens import SERVICE, JwtKey, cluster
from tests.waiting import eventually

KEY: Final = KeyId(KeyPurpose.PAYLOAD, 1)
SECRET: Final = bytes(32)
LEASE_S: Final = 2


async def test_a_jwt_lets_in_who_it_names_with_the_policy_of_its_role(openbao: OpenBao) -> None:
    service = TransitKeys(await openbao.jwt(JwtKey(), WORKER))

    assert await service.unwrap(ACME, KEY, await service.wrap(ACME, KEY, SECRET)) == SECRET
    with pytest.raises(KeyUnavailableError, match="HTTP 403"):
        await service.destroy(ACME)


async def test_a_jwt_that_is_not_for_it_lets_nobody_in_and_one_that_is_renewed_in_place_does(
    openbao: OpenBao,
) -> None:
    key = JwtKey()
    access = await openbao.jwt(key, WORKER)
    right, service = access.credential.file.read_text(encoding="ascii"), TransitKeys(access)
    others = (
        JwtKey().signed(SERVICE),
        key.signed("system:serviceaccount:alerting:another"),
        key.signed(SERVICE, -3600),
    )
    for wrong in others:
        access.credential.file.write_text(wrong, encoding="ascii")
        with pytest.raises(KeyUnavailableError, match=r"auth/jwt refuses to let us in: HTTP 400 .*TRANSIT__ROLE"):
            await service.wrap(ACME, KEY, SECRET)

    access.credential.file.write_text(right, encoding="ascii")
    assert await service.wrap(ACME, KEY, SECRET)


async def test_a_jwt_lets_nobody_in_with_a_role_that_is_not_there(openbao: OpenBao) -> None:
    access = await openbao.jwt(JwtKey(), WORKER)
    other = replace(access, credential=replace(access.credential, role=GATEWAY))

    with pytest.raises(KeyUnavailableError, match="auth/jwt refuses to let us in: HTTP 400"):
        await TransitKeys(other).wrap(ACME, KEY, SECRET)


async def test_tokens_of_one_service_account_let_in_each_for_its_own_role(openbao: OpenBao) -> None:
    async with cluster() as api:
        access = await openbao.kubernetes(api, GATEWAY, WORKER)
        wrapped = await TransitKeys(access[WORKER]).wrap(ACME, KEY, SECRET)
        gateway = TransitKeys(access[GATEWAY])
        assert await gateway.unwrap(ACME, KEY, wrapped) == SECRET
        with pytest.raises(KeyUnavailableError, match="HTTP 403"):
            await gateway.wrap(ACME, KEY, SECRET)

        posing = replace(access[GATEWAY].credential, role=WORKER)
        access[WORKER].credential.file.write_text(JwtKey().signed("another"), encoding="ascii")
        for stranger in (replace(access[GATEWAY], credential=posing), access[WORKER]):
            with pytest.raises(KeyUnavailableError, match="auth/kubernetes refuses to let us in: HTTP 4"):
                await TransitKeys(stranger).wrap(ACME, KEY, SECRET)


async def test_a_token_that_ends_is_replaced_before_and_nobody_is_refused(openbao: OpenBao) -> None:
    access = await openbao.approle(WORKER, LEASE_S)
    service = TransitKeys(access, server := TransitServer(access), login := Login(access, server))
    shown = set[str]()

    async with asyncio.timeout(LEASE_S * 5):
        while len(shown) < 3:
            await service.wrap(ACME, KEY, SECRET)
            shown.add(await login.token())


async def test_a_token_that_has_ended_while_nobody_asked_is_replaced(openbao: OpenBao) -> None:
    access = await openbao.approle(WORKER, LEASE_S)
    standing = Login(access, server := TransitServer(access), lambda: 0.0)
    service, first = TransitKeys(access, server, standing), await standing.token()
    await eventually(lambda: openbao.refuses(first), within_s=30, every_s=0.1)

    assert await service.wrap(ACME, KEY, SECRET)
    assert await standing.token() != first


async def test_while_nobody_may_log_in_the_token_that_is_still_good_goes_on(openbao: OpenBao) -> None:
    access, now = await openbao.approle(WORKER, 100), [0.0]
    login = Login(access, server := TransitServer(access, ticking(PAUSE_S)), lambda: now[0])
    service, first = TransitKeys(access, server, login), await login.token()
    access.credential.file.write_text("wrong", encoding="ascii")

    now[0] = 90.0
    assert await service.wrap(ACME, KEY, SECRET)
    assert await login.token() == first
    now[0] = 100.0
    with pytest.raises(KeyUnavailableError, match="auth/approle refuses to let us in"):
        await service.wrap(ACME, KEY, SECRET)


@pytest.fixture
async def over_tls(tmp_path: Path) -> AsyncIterator[OpenBao]:
    async with started(tmp_path, server_files(tmp_path)) as one:
        yield one


async def test_a_server_of_a_private_authority_is_trusted_by_who_names_that_and_by_nobody_else(
    over_tls: OpenBao, tmp_path: Path
) -> None:
    access = await over_tls.approle(WORKER)
    assert access.url.startswith("https://")
    assert await TransitKeys(trusting(access, trusted_file(tmp_path))).wrap(ACME, KEY, SECRET)

    (other := tmp_path / "other.pem").write_bytes(authority("another").certificate())
    for file in (None, other):
        with pytest.raises(KeyUnavailableError, match=r"not trusted; name who signed it with .*CA_FILE"):
            await TransitKeys(trusting(access, file)).wrap(ACME, KEY, SECRET)


async def test_a_server_by_another_name_than_its_certificate_has_is_not_trusted(
    over_tls: OpenBao, tmp_path: Path
) -> None:
    access = trusting(await over_tls.approle(WORKER), trusted_file(tmp_path))

    with pytest.raises(KeyUnavailableError, match="not trusted"):
        await TransitKeys(replace(access, url=access.url.replace("127.0.0.1", "localhost"))).wrap(ACME, KEY, SECRET)


def trusting(access: TransitAccess, file: Path | None) -> TransitAccess:
    return replace(access, trust=trust_of(file, "ALERT_ROUTER_TRANSIT__CA_FILE"))
