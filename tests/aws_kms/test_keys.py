"""Tenants' keys in the KMS of moto, which goes away or loses a key; what is here already goes on."""

import os
from pathlib import Path
from typing import Final

import pytest
from prometheus_client import CollectorRegistry

from router.adapters.aws_kms.access import KmsAccess
from router.adapters.aws_kms.asking import PAUSE_S, KmsServer
from router.adapters.aws_kms.keys import KmsKeys
from router.adapters.crypto.envelope import GcmCipher
from router.adapters.crypto.hpke import recipient
from router.adapters.crypto.key_file import FileKeys
from router.adapters.crypto.naming import TenantNames
from router.adapters.crypto.sender_keys import KeysOfSendersApart
from router.adapters.crypto.services import KeyServices
from router.control.sealing import SealedData, SealingControl
from router.core.model.instant import HOUR, Span
from router.core.seal.envelope import KeyId, KeyPurpose
from router.errors import DestroyedKeyError, KeyUnavailableError
from router.observe.metrics import SealingMetrics
from router.ports.sealing import TenantKeys, Wrapping
from router.roles.keyring import Keyring, Uses
from tests.adapters.builders import ACME, BETA
from tests.aws_kms.server import Moto
from tests.control.test_sealing import Values
from tests.fakes.aws_kms import REGION
from tests.fakes.keys import FakeStoredKeys
from tests.waiting import eventually

PAYLOAD: Final = KeyPurpose.PAYLOAD
KEY: Final = KeyId(PAYLOAD, 1)
SECRET: Final = bytes(range(32))
ALIAS: Final = "alias/alert-router"


class Site:
    """What is stored in place of Redis, and processes with a key service of their own."""

    def __init__(self) -> None:
        self.stored = FakeStoredKeys()

    def keyring(self, service: Wrapping) -> Keyring:
        whole, uses = KeysOfSendersApart(service, service), Uses(GcmCipher, TenantNames, recipient)
        return Keyring(self.stored, whole, uses, lambda _: True, SealingMetrics(CollectorRegistry()), lambda: 0.0)

    async def keys(self, service: Wrapping) -> TenantKeys:
        """The tenant's keys in a process that starts, as soon as they have arrived."""
        keyring = self.keyring(service)
        await eventually(lambda: self._has(keyring))
        return await keyring.keys(ACME)

    async def _has(self, keyring: Keyring) -> bool:
        keys = await keyring.keys(ACME)
        try:
            return bool(keys.seal(PAYLOAD, "t", b"")) and keys.names is not None
        except KeyUnavailableError:
            return False

    def control(self, service: Wrapping) -> SealingControl:
        sealed = SealedData(Values(), self.keyring(service), Span(HOUR))
        return SealingControl(self.stored, KeysOfSendersApart(service, service), lambda: os.urandom(32), sealed)


async def test_keys_of_all_purposes_are_wrapped_and_open_what_they_sealed(moto: Moto) -> None:
    await moto.create(ALIAS)
    site, service = Site(), moto.service(ALIAS)
    made = await site.control(service).rotate(ACME)

    assert {one.purpose for one in made.keys} == set(KeyPurpose)
    keys = await site.keys(service)
    assert keys.open(PAYLOAD, "t", keys.seal(PAYLOAD, "t", b"body")) == b"body"
    assert {one.is_newest_wrap for one in await site.control(service).keys(ACME)} == {True}


@pytest.mark.parametrize("named", ["alias", "arn", "id"])
async def test_a_key_is_named_by_alias_arn_or_id(moto: Moto, named: str) -> None:
    arn = await moto.create(ALIAS)
    service = moto.service({"alias": ALIAS, "arn": arn, "id": arn.rpartition("/")[2]}[named])

    wrapped = await service.wrap(ACME, KEY, SECRET)

    assert await service.unwrap(ACME, KEY, wrapped) == SECRET
    assert await service.is_newest(ACME, wrapped)
    assert await moto.service(arn).is_newest(ACME, wrapped)


async def test_a_key_that_others_put_there_does_not_choose_the_key_that_unwraps_it(moto: Moto) -> None:
    ours, of_others = await moto.create(), await moto.create()
    planted = await moto.service(of_others).wrap(ACME, KEY, SECRET)

    with pytest.raises(KeyUnavailableError):
        await moto.service(ours).unwrap(ACME, KEY, planted)


async def test_keys_move_to_another_key_of_kms(moto: Moto) -> None:
    old, new, site = await moto.create(), await moto.create(), Site()
    await site.control(moto.service(old)).rotate(ACME)
    envelope = (await site.keys(moto.service(old))).seal(PAYLOAD, "t", b"body")

    control = site.control(moto.service(new, old))
    assert {one.is_newest_wrap for one in await control.keys(ACME)} == {False}
    assert await control.rewrap(ACME) == len(KeyPurpose)
    assert await control.rewrap(ACME) == 0
    assert (await site.keys(moto.service(new))).open(PAYLOAD, "t", envelope) == b"body"


async def test_keys_move_between_the_file_and_kms_and_open_what_they_sealed(moto: Moto) -> None:
    site, file, there = Site(), FileKeys([b"f" * 32]), moto.service(await moto.create())
    await site.control(file).rotate(ACME)
    envelope = (await site.keys(file)).seal(PAYLOAD, "t", b"body")

    assert await site.control(KeyServices({"k1": there, "f1": file})).rewrap(ACME) == len(KeyPurpose)
    assert (await site.keys(there)).open(PAYLOAD, "t", envelope) == b"body"
    assert await site.control(KeyServices({"f1": file, "k1": there})).rewrap(ACME) == len(KeyPurpose)
    assert (await site.keys(file)).open(PAYLOAD, "t", envelope) == b"body"


async def test_material_that_kms_rotates_needs_no_new_wrap(moto: Moto) -> None:
    service = moto.service(arn := await moto.create())
    wrapped = await service.wrap(ACME, KEY, SECRET)

    await moto.call("rotate_key_on_demand", KeyId=arn)

    assert await service.is_newest(ACME, wrapped)
    assert await service.unwrap(ACME, KEY, wrapped) == SECRET


async def test_a_kms_that_goes_away_keeps_a_cold_process_waiting_and_no_other(moto: Moto) -> None:
    site, service = Site(), moto.service(arn := await moto.create())
    await site.control(service).rotate(ACME)
    file = FileKeys([b"f" * 32])
    site.stored.rows[BETA] = {KEY: await file.wrap(BETA, KEY, SECRET)}
    warm = await site.keys(service)
    envelope = warm.seal(PAYLOAD, "t", b"body")
    await moto.kill()

    assert warm.open(PAYLOAD, "t", envelope) == b"body"
    cold = site.keyring(KeyServices({"k1": moto.service(arn), "f1": file}))
    with pytest.raises(KeyUnavailableError, match="does not answer"):
        (await cold.keys(ACME)).open(PAYLOAD, "t", envelope)
    assert (await cold.keys(BETA)).seal(PAYLOAD, "t", b"body")


async def test_a_key_that_is_not_there_is_named_with_what_to_do(moto: Moto) -> None:
    with pytest.raises(KeyUnavailableError, match=r"NotFoundException.*AWS_KMS__ID"):
        await moto.service("alias/nowhere").wrap(ACME, KEY, SECRET)


async def test_destroyed_keys_are_gone_from_redis_and_come_back_with_a_backup_of_it(moto: Moto) -> None:
    site, service = Site(), moto.service(await moto.create())
    control = site.control(service)
    await control.rotate(ACME)
    envelope = (await site.keys(service)).seal(PAYLOAD, "t", b"body")
    backup = dict(site.stored.rows[ACME])

    await control.destroy(ACME, None)
    with pytest.raises(DestroyedKeyError):
        (await site.keyring(service).keys(ACME)).open(PAYLOAD, "t", envelope)

    site.stored.rows[ACME] = backup
    assert (await site.keys(service)).open(PAYLOAD, "t", envelope) == b"body"


async def test_a_role_is_taken_by_a_token_of_the_cluster(
    moto: Moto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = KmsAccess((await moto.create(),), REGION, moto.url)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/alert-router-worker")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token := tmp_path / "token"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", moto.url)
    clock = [0.0]
    service = KmsKeys(access, KmsServer(access, steady=lambda: clock[0]))

    with pytest.raises(KeyUnavailableError, match="does not answer"):
        await service.wrap(ACME, KEY, SECRET)

    token.write_text("a token", encoding="ascii")
    clock[0] += PAUSE_S
    assert await service.unwrap(ACME, KEY, await service.wrap(ACME, KEY, SECRET)) == SECRET
