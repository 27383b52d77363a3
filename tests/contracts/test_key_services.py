"""Each key service unwraps what it has wrapped, for that key of that tenant alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from router.adapters.crypto.key_file import FileKeys
from router.adapters.crypto.services import KeyServices
from router.adapters.transit.keys import TransitKeys
from router.core.seal.envelope import KeyId, KeyPurpose
from router.errors import KeyUnavailableError, UndecipherableError
from router.ports.sealing import KEY_BYTES, Wrapping
from tests.adapters.builders import ACME, BETA
from tests.aws_kms import server as moto
from tests.fakes.aws_kms import kms
from tests.fakes.keys import FakeKeyService
from tests.fakes.transit import transit
from tests.openbao.server import is_missing, started

KEY: Final = KeyId(KeyPurpose.PAYLOAD, 1_795_856_400_000_000)
SECRET: Final = bytes(range(KEY_BYTES))


REAL: Final = pytest.param(
    "openbao",
    marks=[pytest.mark.openbao, pytest.mark.skipif(is_missing(), reason="`make test-openbao` runs these")],
)
MOTO: Final = pytest.param(
    "moto",
    marks=[pytest.mark.aws_kms, pytest.mark.skipif(moto.is_missing(), reason="`make test-aws-kms` runs these")],
)


@pytest.fixture(params=["file", "memory", "several", "transit", "aws-kms", REAL, MOTO])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Wrapping]:
    file = FileKeys([b"n" * KEY_BYTES, b"o" * KEY_BYTES])
    if request.param == "transit":
        async with transit(tmp_path) as fake:
            yield TransitKeys(fake.access())
    elif request.param == "aws-kms":
        async with kms() as fake_kms:
            yield fake_kms.service()
    elif request.param == "moto":
        async with moto.started() as server:
            yield server.service(await server.create())
    elif request.param == "openbao":
        async with started(tmp_path) as openbao:
            yield TransitKeys(await openbao.approle("alert-router-operator"))
    else:
        found: dict[str, Wrapping] = {
            "file": file,
            "memory": FakeKeyService(),
            "several": KeyServices({"f1": file}),
        }
        yield found[request.param]


async def test_what_was_wrapped_is_unwrapped(service: Wrapping) -> None:
    wrapped = await service.wrap(ACME, KEY, SECRET)

    assert await service.unwrap(ACME, KEY, wrapped) == SECRET
    assert await service.is_newest(ACME, wrapped)


@pytest.mark.parametrize("moved", ["tenant", "purpose", "epoch"])
async def test_a_wrapped_key_that_is_moved_does_not_unwrap(service: Wrapping, moved: str) -> None:
    wrapped = await service.wrap(ACME, KEY, SECRET)
    await service.wrap(BETA, KEY, SECRET)
    elsewhere = {"purpose": replace(KEY, purpose=KeyPurpose.STATE), "epoch": replace(KEY, epoch=KEY.epoch + 1)}

    with pytest.raises(UndecipherableError):
        await service.unwrap(BETA if moved == "tenant" else ACME, elsewhere.get(moved, KEY), wrapped)


async def test_a_wrapped_key_that_was_changed_does_not_unwrap(service: Wrapping) -> None:
    wrapped = await service.wrap(ACME, KEY, SECRET)

    with pytest.raises(UndecipherableError):
        await service.unwrap(ACME, KEY, wrapped[:-4] + "!!!!")


async def test_what_is_destroyed_for_a_tenant_leaves_others_as_they_are_and_may_be_destroyed_again(
    service: Wrapping,
) -> None:
    of_beta = await service.wrap(BETA, KEY, SECRET)
    await service.wrap(ACME, KEY, SECRET)

    await service.destroy(ACME)
    await service.destroy(ACME)

    assert await service.unwrap(BETA, KEY, of_beta) == SECRET
    assert await service.unwrap(ACME, KEY, await service.wrap(ACME, KEY, SECRET)) == SECRET


async def test_of_several_keys_the_first_wraps_and_all_unwrap() -> None:
    old, new = FileKeys([b"o" * KEY_BYTES]), FileKeys([b"n" * KEY_BYTES, b"o" * KEY_BYTES])
    wrapped = await old.wrap(ACME, KEY, SECRET)

    assert await new.unwrap(ACME, KEY, wrapped) == SECRET
    assert not await new.is_newest(ACME, wrapped)
    with pytest.raises(KeyUnavailableError, match="which is not in ALERT_ROUTER_SEALING__KEY"):
        await old.unwrap(ACME, KEY, await new.wrap(ACME, KEY, SECRET))


async def test_a_form_of_a_later_release_waits() -> None:
    with pytest.raises(KeyUnavailableError, match="a form that is not read here"):
        await FileKeys([b"n" * KEY_BYTES]).unwrap(ACME, KEY, "v1:anything")


def test_no_repr_shows_a_key() -> None:
    assert "nnnn" not in repr(FileKeys([b"n" * KEY_BYTES]))
