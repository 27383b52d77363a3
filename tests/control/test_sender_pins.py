"""The pins that an operator hands on are of what workers open with, whatever a gateway could put in its place."""

from dataclasses import dataclass, field

import pytest

from router.adapters.crypto.hpke import public_keys
from router.adapters.crypto.key_file import FileKeys
from router.adapters.crypto.sender_keys import KeysOfSendersApart
from router.control.sender_pins import SenderPins
from router.core.seal.envelope import KeyId, KeyPurpose
from router.core.seal.pin import pin_of
from router.core.seal.sent import Suite
from router.errors import KeyUnavailableError, OperationError
from router.ports.sealing import KeyState
from tests.adapters.builders import ACME
from tests.fakes.keys import FakeStoredKeys

OLD, NEW = (KeyId(KeyPurpose.SENDER, epoch) for epoch in (1, 2))
SECRETS = {OLD: bytes(32), NEW: bytes(range(32))}


@dataclass
class Site:
    """Keys of two epochs, wrapped as workers wrap them."""

    stored: FakeStoredKeys = field(default_factory=FakeStoredKeys)
    service: KeysOfSendersApart = field(
        default_factory=lambda: KeysOfSendersApart(FileKeys([b"k" * 32]), FileKeys([b"s" * 32]))
    )

    async def filled(self) -> "Site":
        for key, secret in SECRETS.items():
            self.stored.rows[ACME][key] = await self.service.wrap(ACME, key, secret)
        return self

    def pins(self) -> SenderPins:
        return SenderPins(self.stored, self.service, public_keys)


@pytest.fixture
async def site() -> Site:
    return await Site().filled()


def pin(key: KeyId, suite: Suite) -> str:
    return pin_of(public_keys(ACME, key.epoch, SECRETS[key]).of(suite) or b"")


async def test_each_key_that_opens_has_a_pin_for_each_suite_the_newest_first(site: Site) -> None:
    found = await site.pins().of(ACME)

    assert [(one.epoch, one.suite, one.state, one.pin) for one in found] == [
        (key.epoch, suite, state, pin(key, suite))
        for key, state in ((NEW, KeyState.CURRENT), (OLD, KeyState.RETIRED))
        for suite in Suite
    ]


async def test_a_destroyed_key_has_none(site: Site) -> None:
    site.stored.rows[ACME][OLD] = ""

    assert {one.epoch for one in await site.pins().of(ACME)} == {NEW.epoch}


async def test_public_keys_that_a_gateway_has_wrapped_in_their_place_change_no_pin(site: Site) -> None:
    before = await site.pins().of(ACME)
    gateway = KeysOfSendersApart(site.service.others, site.service.others)
    forged = await gateway.wrap(ACME, NEW, b"f" * 32)
    secret = site.stored.rows[ACME][NEW].partition(" ")[0]
    site.stored.rows[ACME][NEW] = f"{secret} {forged.partition(' ')[2]}"

    assert (await site.service.public(ACME, NEW, site.stored.rows[ACME][NEW])).of(Suite.HYBRID) != b""
    assert await site.pins().of(ACME) == before


async def test_who_lacks_the_key_of_workers_is_given_none(site: Site) -> None:
    site.service = KeysOfSendersApart(site.service.others, site.service.others)

    with pytest.raises(KeyUnavailableError):
        await site.pins().of(ACME)


async def test_a_tenant_without_keys_is_named(site: Site) -> None:
    site.stored.rows.clear()

    with pytest.raises(OperationError, match="has no keys for senders"):
        await site.pins().of(ACME)
