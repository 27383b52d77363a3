"""Keys of senders are wrapped apart: gateways give out public keys and cannot open what is sealed with them."""

from dataclasses import replace
from typing import Final

import pytest

from router.adapters.crypto.hpke import public_keys
from router.adapters.crypto.key_file import SENDER_KEY, FileKeys
from router.adapters.crypto.sender_keys import KeysOfSendersApart
from router.core.seal.envelope import KeyId, KeyPurpose
from router.errors import KeyUnavailableError, UndecipherableError
from router.ports.sealing import SenderSecrets
from tests.adapters.builders import ACME, BETA

SECRET: Final = bytes(range(32))
KEY: Final = KeyId(KeyPurpose.SENDER, 7)
PAYLOAD: Final = KeyId(KeyPurpose.PAYLOAD, 7)
ALL: Final = FileKeys([b"a" * 32])
OF_SENDERS: Final = FileKeys([b"s" * 32, b"a" * 32], SENDER_KEY)
WORKER: Final = KeysOfSendersApart(ALL, OF_SENDERS)
GATEWAY: Final = KeysOfSendersApart(ALL, FileKeys([b"a" * 32], SENDER_KEY))


async def test_a_worker_unwraps_what_a_gateway_cannot() -> None:
    wrapped = await WORKER.wrap(ACME, KEY, SECRET)

    assert await WORKER.unwrap(ACME, KEY, wrapped) == SECRET
    with pytest.raises(KeyUnavailableError, match="which is not in ALERT_ROUTER_SEALING__SENDER_KEY"):
        await GATEWAY.unwrap(ACME, KEY, wrapped)


async def test_a_gateway_reads_the_public_keys() -> None:
    wrapped = await WORKER.wrap(ACME, KEY, SECRET)

    assert await GATEWAY.public(ACME, KEY, wrapped) == public_keys(ACME, KEY.epoch, SECRET)


async def test_keys_of_other_purposes_are_wrapped_as_ever() -> None:
    wrapped = await WORKER.wrap(ACME, PAYLOAD, SECRET)

    assert await GATEWAY.unwrap(ACME, PAYLOAD, wrapped) == await ALL.unwrap(ACME, PAYLOAD, wrapped) == SECRET
    assert await GATEWAY.is_newest(ACME, wrapped)


async def test_public_keys_of_another_tenant_or_epoch_are_not_taken() -> None:
    wrapped = await WORKER.wrap(ACME, KEY, SECRET)

    for tenant, key in ((BETA, KEY), (ACME, replace(KEY, epoch=8))):
        with pytest.raises(UndecipherableError):
            await GATEWAY.public(tenant, key, wrapped)


@pytest.mark.parametrize("wanted", ["public", "unwrap"])
async def test_whoever_swaps_the_two_gets_neither_out(wanted: str) -> None:
    secret, public = (await GATEWAY.wrap(ACME, KEY, SECRET)).split(" ")

    with pytest.raises(UndecipherableError):
        await getattr(GATEWAY, wanted)(ACME, KEY, f"{public} {secret}")


async def test_what_an_older_key_wrapped_is_read_and_shown_as_older() -> None:
    before = await GATEWAY.wrap(ACME, KEY, SECRET)

    assert await WORKER.unwrap(ACME, KEY, before) == SECRET
    assert not await WORKER.is_newest(ACME, before)
    assert await WORKER.is_newest(ACME, await WORKER.wrap(ACME, KEY, SECRET))


def without_sender_key(*keys: bytes) -> KeysOfSendersApart:
    ring = FileKeys(keys)
    return KeysOfSendersApart(ring, ring, SenderSecrets.WITH_OTHERS)


async def test_who_lacks_the_key_of_senders_takes_nothing_from_under_it() -> None:
    apart = await WORKER.wrap(ACME, KEY, SECRET)

    with pytest.raises(KeyUnavailableError, match="as gateways can unwrap it, and is not now") as error:
        await without_sender_key(b"a" * 32).keep_apart(ACME, KEY, apart)
    assert error.value.remedy == "set ALERT_ROUTER_SEALING__SENDER_KEY as workers have it"


async def test_what_is_apart_nowhere_or_given_up_on_purpose_is_wrapped_with_others() -> None:
    """Who has the key of senders among all others has decided that gateways may have it."""
    apart, payload = await WORKER.wrap(ACME, KEY, SECRET), await WORKER.wrap(ACME, PAYLOAD, SECRET)

    await without_sender_key(b"a" * 32).keep_apart(
        ACME, KEY, await without_sender_key(b"a" * 32).wrap(ACME, KEY, SECRET)
    )
    await without_sender_key(b"b" * 32).keep_apart(ACME, PAYLOAD, payload)
    await without_sender_key(b"a" * 32, b"s" * 32).keep_apart(ACME, KEY, apart)


async def test_who_has_another_key_of_senders_goes_on_with_that() -> None:
    """As where it was lost."""
    await KeysOfSendersApart(ALL, FileKeys([b"t" * 32], SENDER_KEY)).keep_apart(
        ACME, KEY, await WORKER.wrap(ACME, KEY, SECRET)
    )
