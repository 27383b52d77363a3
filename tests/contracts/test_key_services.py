"""Each key service unwraps what it has wrapped, for that key of that tenant alone."""

from dataclasses import replace
from typing import Final

import pytest

from router.adapters.crypto.key_file import FileKeys
from router.core.seal.envelope import KeyId, KeyPurpose
from router.errors import KeyUnavailableError, UndecipherableError
from router.ports.sealing import KEY_BYTES, KeyService
from tests.adapters.builders import ACME, BETA
from tests.fakes.keys import FakeKeyService

KEY: Final = KeyId(KeyPurpose.PAYLOAD, 1_795_856_400_000_000)
SECRET: Final = bytes(range(KEY_BYTES))


@pytest.fixture(params=["file", "memory"])
def service(request: pytest.FixtureRequest) -> KeyService:
    return FileKeys([b"n" * KEY_BYTES, b"o" * KEY_BYTES]) if request.param == "file" else FakeKeyService()


async def test_what_was_wrapped_is_unwrapped(service: KeyService) -> None:
    wrapped = await service.wrap(ACME, KEY, SECRET)

    assert await service.unwrap(ACME, KEY, wrapped) == SECRET
    assert service.is_newest(wrapped)


@pytest.mark.parametrize("moved", ["tenant", "purpose", "epoch"])
async def test_a_wrapped_key_that_is_moved_does_not_unwrap(service: KeyService, moved: str) -> None:
    wrapped = await service.wrap(ACME, KEY, SECRET)
    elsewhere = {"purpose": replace(KEY, purpose=KeyPurpose.STATE), "epoch": replace(KEY, epoch=KEY.epoch + 1)}

    with pytest.raises(UndecipherableError):
        await service.unwrap(BETA if moved == "tenant" else ACME, elsewhere.get(moved, KEY), wrapped)


async def test_a_wrapped_key_that_was_changed_does_not_unwrap(service: KeyService) -> None:
    wrapped = await service.wrap(ACME, KEY, SECRET)

    with pytest.raises(UndecipherableError):
        await service.unwrap(ACME, KEY, wrapped[:-4] + "!!!!")


async def test_of_several_keys_the_first_wraps_and_all_unwrap() -> None:
    old, new = FileKeys([b"o" * KEY_BYTES]), FileKeys([b"n" * KEY_BYTES, b"o" * KEY_BYTES])
    wrapped = await old.wrap(ACME, KEY, SECRET)

    assert await new.unwrap(ACME, KEY, wrapped) == SECRET
    assert not new.is_newest(wrapped)
    with pytest.raises(KeyUnavailableError, match="which is not in ALERT_ROUTER_SEALING__KEY"):
        await old.unwrap(ACME, KEY, await new.wrap(ACME, KEY, SECRET))


async def test_a_form_of_a_later_release_waits() -> None:
    with pytest.raises(KeyUnavailableError, match="a form that is not read here"):
        await FileKeys([b"n" * KEY_BYTES]).unwrap(ACME, KEY, "v1:anything")


def test_no_repr_shows_a_key() -> None:
    assert "nnnn" not in repr(FileKeys([b"n" * KEY_BYTES]))
