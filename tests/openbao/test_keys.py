"""Tenants' keys in a real OpenBao that is killed, sealed or refuses at each step; what is here already goes on."""

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Final

import pytest
from prometheus_client import CollectorRegistry

from router.adapters.crypto.envelope import GcmCipher
from router.adapters.crypto.hpke import recipient
from router.adapters.crypto.key_file import FileKeys
from router.adapters.crypto.naming import TenantNames
from router.adapters.crypto.sender_keys import KeysOfSendersApart
from router.adapters.crypto.services import KeyServices
from router.adapters.transit.access import TransitAccess
from router.adapters.transit.asking import PAUSE_S, TransitServer
from router.adapters.transit.keys import TransitKeys, name_of
from router.adapters.transit.login import Login
from router.control.sealing import SealedData, SealingControl
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant, Span
from router.core.seal.envelope import KeyId, KeyPurpose
from router.core.seal.epochs import next_keys
from router.errors import DestroyedKeyError, KeyUnavailableError
from router.observe.metrics import SealingMetrics
from router.ports.sealing import KeyService, Wrapping
from router.roles.key_making import KeyMaking
from router.roles.keyring import Keyring, Uses
from tests.adapters.builders import ACME, BETA, NOON
from tests.control.test_sealing import Values
from tests.fakes.keys import FakeStoredKeys
from tests.openbao.server import OpenBao

WORKER, GATEWAY, OPERATOR = "alert-router-worker", "alert-router-gateway", "alert-router-operator"
PAYLOAD: Final = KeyPurpose.PAYLOAD
LIFE: Final = Span(24 * HOUR)


def patient(access: TransitAccess) -> TransitKeys:
    """Transit for who may ask again at once: each look at the clock is a pause later."""
    return TransitKeys(access, server := TransitServer(access, ticking(PAUSE_S)), Login(access, server, lambda: 0.0))


def ticking(step: float) -> Callable[[], float]:
    ticks = count()
    return lambda: next(ticks) * step


def whole(service: Wrapping) -> KeyService:
    """What wraps the keys of all purposes with this."""
    return KeysOfSendersApart(service, service)


class Tenants:
    """Two sealed tenants."""

    def sealed(self) -> list[TenantId]:
        return [ACME, BETA]

    async def is_lost(self, tenant: TenantId) -> bool:
        return False


class Site:
    """What is stored in place of Redis, and processes with a key service of their own."""

    def __init__(self) -> None:
        self.stored = FakeStoredKeys()

    def keyring(self, service: Wrapping) -> Keyring:
        metrics = SealingMetrics(CollectorRegistry())
        uses = Uses(GcmCipher, TenantNames, recipient)
        return Keyring(self.stored, whole(service), uses, lambda _: True, metrics, ticking(2.0))

    def making(self, service: Wrapping) -> KeyMaking:
        fresh = lambda: os.urandom(32)  # noqa: E731
        return KeyMaking(self.stored, whole(service), self.keyring(service), Tenants(), fresh, LIFE)

    def control(self, service: Wrapping) -> SealingControl:
        sealed = SealedData(Values(), self.keyring(service), Span(HOUR))
        return SealingControl(self.stored, whole(service), lambda: os.urandom(32), sealed)


async def test_a_server_killed_when_keys_are_made_leaves_nothing_half_made(openbao: OpenBao) -> None:
    site = Site()
    making = site.making(patient(await openbao.approle(WORKER)))
    await openbao.kill()

    with pytest.raises(KeyUnavailableError, match="does not answer"):
        await making.look(ACME)
    assert not site.stored.rows[ACME]

    await openbao.start()
    await making.look(ACME)
    assert len(site.stored.rows[ACME]) == len(KeyPurpose)


async def test_a_server_killed_at_a_cold_start_keeps_that_process_waiting_and_no_other(openbao: OpenBao) -> None:
    site = Site()
    await site.making(patient(await openbao.approle(WORKER))).look(ACME)
    access = await openbao.approle(GATEWAY)
    warm, cold = site.keyring(patient(access)), site.keyring(patient(access))
    envelope = (await warm.keys(ACME)).seal(PAYLOAD, "t", b"body")
    await openbao.kill()

    assert (await warm.keys(ACME)).open(PAYLOAD, "t", envelope) == b"body"
    with pytest.raises(KeyUnavailableError, match="does not answer"):
        (await cold.keys(ACME)).open(PAYLOAD, "t", envelope)

    await openbao.start()
    assert (await cold.keys(ACME)).open(PAYLOAD, "t", envelope) == b"body"


async def test_a_server_killed_at_a_rotation_leaves_the_old_keys_sealing(openbao: OpenBao) -> None:
    site = Site()
    service = patient(await openbao.approle(WORKER))
    making, keyring = site.making(service), site.keyring(service)
    await making.look(ACME)
    old = (await keyring.keys(ACME)).seal(PAYLOAD, "t", b"old")
    site.stored.at = Instant(NOON + LIFE)
    await openbao.kill()

    with pytest.raises(KeyUnavailableError):
        await making.look(ACME)
    keys = await keyring.keys(ACME)
    assert keys.open(PAYLOAD, "t", keys.seal(PAYLOAD, "t", b"still")) == b"still"

    await openbao.start()
    await making.look(ACME)
    keys = await keyring.keys(ACME)
    assert len(site.stored.rows[ACME]) == 2 * len(KeyPurpose) - 1, "names are made with one key for good"
    assert keys.open(PAYLOAD, "t", old) == b"old"


async def test_a_tenant_whose_keys_the_file_has_wrapped_does_not_wait_for_it(openbao: OpenBao) -> None:
    site, file = Site(), FileKeys([b"f" * 32])
    services = KeyServices({"t1": TransitKeys(await openbao.approle(WORKER)), "f1": file})
    await site.making(services).look(ACME)
    [key, *_] = next_keys({}, KeyPurpose, NOON)
    site.stored.rows[BETA] = {key: await file.wrap(BETA, key, b"b" * 32)}
    await openbao.kill()
    cold = site.keyring(services)

    with pytest.raises(KeyUnavailableError):
        (await cold.keys(ACME)).seal(PAYLOAD, "t", b"body")
    assert (await cold.keys(BETA)).seal(key.purpose, "t", b"body")


async def test_a_sealed_server_counts_as_one_that_is_away(openbao: OpenBao) -> None:
    service = patient(await openbao.approle(WORKER))
    await openbao.call("PUT", "sys/seal")

    with pytest.raises(KeyUnavailableError, match="HTTP 503"):
        await service.wrap(ACME, KeyId(PAYLOAD, 1), b"k" * 32)

    await openbao.unseal()
    assert await service.wrap(ACME, KeyId(PAYLOAD, 1), b"k" * 32)


async def test_a_version_of_the_key_that_is_newer_is_noticed_and_keys_move_to_it(openbao: OpenBao) -> None:
    site = Site()
    service = TransitKeys(await openbao.token(OPERATOR))
    control = site.control(service)
    await control.rotate(ACME)
    assert await control.rewrap(ACME) == 0

    await openbao.call("POST", f"transit/keys/{name_of(ACME)}/rotate")

    assert {one.is_newest_wrap for one in await control.keys(ACME)} == {False}
    assert await control.rewrap(ACME) == len(KeyPurpose)
    assert {text[:12] for text in site.stored.rows[ACME].values()} == {"t1:vault:v2:"}


async def test_keys_move_between_the_file_and_transit_and_open_what_they_sealed(openbao: OpenBao) -> None:
    site, file, there = Site(), FileKeys([b"f" * 32]), TransitKeys(await openbao.approle(OPERATOR))
    await site.control(file).rotate(ACME)
    envelope = (await site.keyring(file).keys(ACME)).seal(PAYLOAD, "t", b"body")

    assert await site.control(KeyServices({"t1": there, "f1": file})).rewrap(ACME) == len(KeyPurpose)
    assert (await site.keyring(there).keys(ACME)).open(PAYLOAD, "t", envelope) == b"body"
    assert await site.control(KeyServices({"f1": file, "t1": there})).rewrap(ACME) == len(KeyPurpose)
    assert (await site.keyring(file).keys(ACME)).open(PAYLOAD, "t", envelope) == b"body"


async def test_destroyed_keys_do_not_come_back_with_a_backup_of_redis(openbao: OpenBao) -> None:
    site, service = Site(), TransitKeys(await openbao.approle(OPERATOR))
    control = site.control(service)
    await control.rotate(ACME)
    envelope = (await site.keyring(service).keys(ACME)).seal(PAYLOAD, "t", b"body")
    backup = dict(site.stored.rows[ACME])

    assert len(await control.destroy(ACME, None)) == len(KeyPurpose)
    with pytest.raises(DestroyedKeyError):
        (await site.keyring(service).keys(ACME)).open(PAYLOAD, "t", envelope)
    site.stored.rows[ACME] = backup
    with pytest.raises(KeyUnavailableError, match="encryption key not found"):
        (await site.keyring(service).keys(ACME)).open(PAYLOAD, "t", envelope)


async def test_a_server_that_is_away_when_keys_are_destroyed_leaves_them_to_be_destroyed_again(
    openbao: OpenBao,
) -> None:
    site = Site()
    control = site.control(patient(await openbao.approle(OPERATOR)))
    await control.rotate(ACME)
    before = dict(site.stored.rows[ACME])
    await openbao.kill()

    with pytest.raises(KeyUnavailableError):
        await control.destroy(ACME, None)
    assert site.stored.rows[ACME] == before

    await openbao.start()
    assert len(await control.destroy(ACME, None)) == len(KeyPurpose)


@pytest.mark.parametrize("policy", [WORKER, GATEWAY])
async def test_neither_workers_nor_gateways_may_destroy(openbao: OpenBao, policy: str) -> None:
    await TransitKeys(await openbao.approle(OPERATOR)).wrap(ACME, KeyId(PAYLOAD, 1), b"k" * 32)

    with pytest.raises(KeyUnavailableError, match=r"HTTP 403 .*docs/encryption.md has the policy"):
        await TransitKeys(await openbao.approle(policy)).destroy(ACME)


async def test_gateways_may_not_wrap(openbao: OpenBao) -> None:
    with pytest.raises(KeyUnavailableError, match="HTTP 403"):
        await TransitKeys(await openbao.approle(GATEWAY)).wrap(ACME, KeyId(PAYLOAD, 1), b"k" * 32)


async def test_a_wrong_token_or_secret_id_is_refused_and_one_that_is_put_right_is_taken(openbao: OpenBao) -> None:
    for access in (await openbao.token(WORKER), await openbao.approle(WORKER)):
        right = access.credential.file.read_text(encoding="ascii")
        access.credential.file.write_text("wrong", encoding="ascii")
        service = TransitKeys(access)
        with pytest.raises(KeyUnavailableError, match=r"HTTP 40[03] "):
            await service.wrap(ACME, KeyId(PAYLOAD, 1), b"k" * 32)

        access.credential.file.write_text(right, encoding="ascii")
        assert await service.wrap(ACME, KeyId(PAYLOAD, 1), b"k" * 32)


async def test_a_token_that_was_revoked_is_replaced_by_logging_in_again(openbao: OpenBao) -> None:
    access = await openbao.approle(WORKER)
    service = TransitKeys(access, server := TransitServer(access), login := Login(access, server))
    token = await login.token()
    await openbao.call("POST", "auth/token/revoke", {"token": token})

    assert await service.wrap(ACME, KeyId(PAYLOAD, 1), b"k" * 32)
    assert await login.token() != token


async def test_a_mount_that_is_not_there_is_named(openbao: OpenBao) -> None:
    access = replace(await openbao.token(WORKER), mount="nowhere")
    with pytest.raises(KeyUnavailableError, match=r"Transit refuses nowhere/keys/alert-router-acme: HTTP 40[34]"):
        await TransitKeys(access).wrap(ACME, KeyId(PAYLOAD, 1), b"k" * 32)
