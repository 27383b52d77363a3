"""What an operator does with tenants' keys; an epoch whose data may still be read is not destroyed by mistake."""

from collections.abc import Mapping
from typing import Final

import pytest

from router.adapters.crypto.key_file import FileKeys
from router.adapters.crypto.sender_keys import KeysOfSendersApart
from router.control.sealing import SealedData, SealingControl
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant, Span, to_rfc3339
from router.core.seal.envelope import KeyId, KeyPurpose
from router.errors import KeyUnavailableError, OperationError
from router.ports.sealing import MAX_EPOCHS, KeyState, Losses, SenderSecrets, TenantKeys
from tests.adapters.builders import ACME, NOON
from tests.fakes.keys import FakeKeyService, FakeStoredKeys
from tests.roles.sealing import a_keyring

KEPT: Final = Span(24 * HOUR)


ROTATED: Final = [one for one in KeyPurpose if one is not KeyPurpose.NAME]


class Values:
    """What keys have sealed of groups, as a test has it."""

    def __init__(self) -> None:
        self.sealed: dict[KeyId, int] = {}

    async def counted(self, tenant: TenantId) -> Mapping[KeyId, int]:
        return dict(self.sealed)

    async def reseal(self, tenant: TenantId, newest: KeyId, tenant_keys: TenantKeys) -> int:
        moved = sum(count for key, count in self.sealed.items() if key != newest)
        self.sealed = {newest: sum(self.sealed.values())}
        return moved


class Desk:
    """An operator, keys of one epoch and of the next, and a clock."""

    def __init__(self, stored: FakeStoredKeys, control: SealingControl, values: Values) -> None:
        self.stored, self.control, self.values = stored, control, values

    @property
    def first(self) -> int:
        return min(key.epoch for key in self.stored.rows[ACME])


@pytest.fixture
async def desk() -> Desk:
    stored, values = FakeStoredKeys(), Values()
    keyring = await a_keyring(stored)
    sealed = SealedData(values, keyring, KEPT)
    control = SealingControl(stored, FakeKeyService(), lambda: b"n" * 32, sealed)
    stored.at = Instant(NOON + HOUR)
    await control.rotate(ACME)
    return Desk(stored, control, values)


async def refused(desk: Desk) -> OperationError:
    before = dict(desk.stored.rows[ACME])
    with pytest.raises(OperationError) as error:
        await desk.control.destroy(ACME, desk.first)
    assert desk.stored.rows[ACME] == before
    return error.value


async def test_an_epoch_that_has_sealed_something_of_a_living_group_stays(desk: Desk) -> None:
    desk.stored.at = Instant(NOON + 30 * 24 * HOUR)
    desk.values.sealed = {KeyId(KeyPurpose.STATE, desk.first): 3}

    error = await refused(desk)

    assert str(error).startswith(f"3 values of alert groups of tenant 'acme' are sealed with epoch {desk.first}")
    assert "alert-router sealing reseal acme" in error.remedy
    assert await desk.control.reseal(ACME) == 3
    assert len(await desk.control.destroy(ACME, desk.first)) == len(ROTATED)


async def test_an_epoch_whose_records_topics_may_keep_stays_until_they_are_gone(desk: Desk) -> None:
    retired = Instant(NOON + HOUR)
    desk.stored.at = Instant(retired + KEPT - 1)

    error = await refused(desk)

    assert to_rfc3339(Instant(retired + KEPT)) in str(error)
    desk.stored.at = Instant(retired + KEPT)
    assert len(await desk.control.destroy(ACME, desk.first)) == len(ROTATED)
    entries = [one for one in await desk.control.keys(ACME) if one.key.purpose in ROTATED]
    states = {one.key.epoch: one.state for one in entries}
    assert states[desk.first] is KeyState.DESTROYED
    [naming] = [one for one in await desk.control.keys(ACME) if one.key.purpose is KeyPurpose.NAME]
    assert naming.state is KeyState.CURRENT


async def test_whoever_accepts_the_losses_destroys_it_all_the_same(desk: Desk) -> None:
    desk.values.sealed = {KeyId(KeyPurpose.STATE, desk.first): 3}

    assert "--lose-what-it-sealed" in (await refused(desk)).remedy
    assert len(await desk.control.destroy(ACME, desk.first, Losses.ACCEPT)) == len(ROTATED)


async def test_a_key_that_seals_is_never_destroyed_alone(desk: Desk) -> None:
    newest = max(key.epoch for key in desk.stored.rows[ACME])
    with pytest.raises(OperationError, match="seals now"):
        await desk.control.destroy(ACME, newest, Losses.ACCEPT)


async def test_all_keys_go_whatever_they_have_sealed(desk: Desk) -> None:
    desk.values.sealed = {KeyId(KeyPurpose.STATE, desk.first): 3}

    assert len(await desk.control.destroy(ACME, None)) == 2 * len(ROTATED) + 1


async def test_first_it_is_shown_what_would_go_and_nothing_goes(desk: Desk) -> None:
    newest = KeyId(KeyPurpose.STATE, max(key.epoch for key in desk.stored.rows[ACME]))
    desk.values.sealed = {KeyId(KeyPurpose.STATE, desk.first): 3, newest: 2}
    before = dict(desk.stored.rows[ACME])

    every = await desk.control.doomed(ACME, None)
    one = await desk.control.doomed(ACME, desk.first, Losses.ACCEPT)

    assert (len(every.keys), every.values) == (2 * len(ROTATED) + 1, 5)
    assert (len(one.keys), one.values) == (len(ROTATED), 3)
    assert desk.stored.rows[ACME] == before
    with pytest.raises(OperationError):
        await desk.control.doomed(ACME, desk.first)


async def test_a_tenant_whose_keys_were_destroyed_gets_none_before_it_is_applied_again(desk: Desk) -> None:
    await desk.control.destroy(ACME, None)
    with pytest.raises(OperationError, match="were destroyed") as error:
        await desk.control.rotate(ACME)

    assert "alert-router tenant delete acme" in error.value.remedy


async def test_what_was_destroyed_makes_room_for_further_keys(desk: Desk) -> None:
    older = {KeyId(KeyPurpose.PAYLOAD, number): "wrapped" for number in range(MAX_EPOCHS)}
    desk.stored.rows[ACME] |= older
    with pytest.raises(OperationError, match="destroy the oldest"):
        await desk.control.rotate(ACME)

    desk.stored.rows[ACME] |= dict.fromkeys(older, "")
    assert len((await desk.control.rotate(ACME)).keys) == len(ROTATED)


async def test_without_a_key_that_seals_nothing_is_sealed_again(desk: Desk) -> None:
    await desk.control.destroy(ACME, None)
    with pytest.raises(OperationError, match="no key that seals"):
        await desk.control.reseal(ACME)


ALL: Final = FileKeys([b"a" * 32])
APART: Final = KeysOfSendersApart(ALL, FileKeys([b"s" * 32, b"a" * 32]))
WITH_OTHERS: Final = KeysOfSendersApart(ALL, ALL, SenderSecrets.WITH_OTHERS)


def an_operator(stored: FakeStoredKeys, service: KeysOfSendersApart, desk: Desk) -> SealingControl:
    return SealingControl(stored, service, lambda: b"n" * 32, desk.control._sealed)


async def test_who_lacks_the_key_of_senders_neither_rotates_nor_rewraps_what_is_apart(desk: Desk) -> None:
    stored = FakeStoredKeys()
    await an_operator(stored, APART, desk).rotate(ACME)
    before = dict(stored.rows[ACME])

    for change in (an_operator(stored, WITH_OTHERS, desk).rotate, an_operator(stored, WITH_OTHERS, desk).rewrap):
        with pytest.raises(KeyUnavailableError) as error:
            await change(ACME)
        assert "SEALING__SENDER_KEY" in error.value.remedy
    assert stored.rows[ACME] == before


async def test_what_was_wrapped_with_others_can_be_put_apart(desk: Desk) -> None:
    stored = FakeStoredKeys()
    first = await an_operator(stored, WITH_OTHERS, desk).rotate(ACME)
    again = await an_operator(stored, WITH_OTHERS, desk).rotate(ACME)

    assert {first.sender_secrets, again.sender_secrets} == {SenderSecrets.WITH_OTHERS}
    assert await an_operator(stored, APART, desk).rewrap(ACME) == 2
    assert (await an_operator(stored, APART, desk).rotate(ACME)).sender_secrets is SenderSecrets.APART
    with pytest.raises(KeyUnavailableError):
        await an_operator(stored, WITH_OTHERS, desk).rotate(ACME)
