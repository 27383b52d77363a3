"""Bodies are sealed where they are appended, opened where they are read, and stay bound to where they came in."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from router.adapters.crypto.hpke import public_keys, seal_to
from router.control.letters.letter import read_letter
from router.core.model.alert import TenantId
from router.core.seal.envelope import is_envelope, is_sealed_text
from router.core.seal.sent import SENT_MAGIC, Suite
from router.errors import KeyUnavailableError
from router.ports.dead_letter import LetterHeader
from router.ports.kafka import Record, Unopened, record_key
from router.ports.sealing import TenantKeys, Vault
from router.roles.sealed import OpenedLetters, Opening, SealedLog
from tests.adapters.builders import ACME, BETA, NOON
from tests.fakes.keys import FakeKeyService, FakeStoredKeys
from tests.fakes.records import Appended, FakeRecordLog
from tests.roles.sealing import a_keyring

INBOUND, HELD, LETTERS, BOUND = "alerts.inbound", "alerts.held", "alerts.dead-letter", "alerts.of-acme"
OTHERS: Final = frozenset({HELD, LETTERS})
BODY: Final = json.dumps({"alerts": []}).encode()


@dataclass
class AskedVault:
    """The keys of a vault, and how often it was asked."""

    vault: Vault
    asked: int = 0

    def seals(self, tenant: TenantId) -> bool:
        return self.vault.seals(tenant)

    def at_hand(self, tenant: TenantId) -> TenantKeys | None:
        return None if self.asked == 0 else self.vault.at_hand(tenant)

    async def keys(self, tenant: TenantId) -> TenantKeys:
        self.asked += 1
        return await self.vault.keys(tenant)


@dataclass
class Site:
    """What is appended by one process, and read by another."""

    stored: FakeStoredKeys
    service: FakeKeyService
    log: FakeRecordLog
    sealed: SealedLog
    opening: Opening

    async def appended(self, topic: str = INBOUND, value: bytes = BODY, **headers: str) -> Record:
        await self.sealed.append(topic, value, b"key", [(name, text.encode()) for name, text in headers.items()])
        return as_read(self.log.records[-1])


def as_read(one: Appended) -> Record:
    return Record(one.topic, 0, 0, NOON, one.key, one.value, tuple(one.all_headers))


@pytest.fixture
async def site() -> Site:
    stored, service, log = FakeStoredKeys(), FakeKeyService(), FakeRecordLog()
    keyring = await a_keyring(stored, service=service)
    bound = {BOUND: ACME}
    return Site(stored, service, log, SealedLog(log, keyring, bound, OTHERS), Opening(keyring, bound))


@pytest.mark.parametrize("topic", [INBOUND, BOUND])
async def test_the_key_of_a_record_tells_nothing_of_its_group_and_stays_where_it_goes_on(
    site: Site, topic: str
) -> None:
    digest = record_key(ACME, "the sender's group")
    for origin, number in ((topic, 1), (HELD, 2)):
        headers = [("tenant", b"acme"), (str(LetterHeader.ORIGIN_TOPIC), origin.encode())]
        await site.sealed.append(topic, BODY, digest if number == 1 else site.log.records[-1].key, headers)
    first, second = site.log.records

    assert first.key == second.key
    assert first.key is not None
    assert digest not in first.key


async def test_of_a_tenant_in_clear_it_stays_a_digest(site: Site) -> None:
    digest = record_key(BETA, "the sender's group")
    await site.sealed.append(INBOUND, BODY, digest, [("tenant", b"beta")])

    assert site.log.records[-1].key == digest


async def test_keys_are_asked_for_once_a_tenant_and_batch(site: Site) -> None:
    batch = [await site.appended(tenant=name) for name in ("acme", "beta", "acme")]
    vault = AskedVault(site.opening.vault)
    opened = await Opening(vault, site.opening.bound).open(batch)

    assert [one.value for one in opened] == [BODY] * 3
    assert [one.envelope for one in opened] == [batch[0].value, None, batch[2].value]
    assert vault.asked == 1


async def test_a_body_is_sealed_for_its_tenant_and_opened_with_its_envelope_kept(site: Site) -> None:
    record = await site.appended(tenant="acme")
    [opened] = await site.opening.open([record])

    assert is_envelope(record.value)
    assert (opened.value, opened.envelope, opened.unopened) == (BODY, record.value, None)


@pytest.mark.parametrize("headers", [{"tenant": "beta"}, {}])
async def test_bodies_of_others_are_what_they_were_and_cost_no_look(site: Site, headers: dict[str, str]) -> None:
    record = await site.appended(INBOUND, BODY, **headers)

    assert record.value == BODY
    assert record.headers == tuple((name, text.encode()) for name, text in headers.items())
    assert (await site.opening.open([record]))[0] is record
    assert site.stored.faults.asked["of"] == 0


async def test_what_a_producer_has_written_in_clear_is_read_as_it_is(site: Site) -> None:
    record = Record(BOUND, 0, 0, NOON, None, BODY, ())

    assert await site.opening.open([record]) == [record]


@pytest.mark.parametrize(("topic", "tenant"), [(BOUND, "acme"), (INBOUND, "beta")])
async def test_a_body_that_is_moved_to_another_topic_or_tenant_stays_sealed(
    site: Site, topic: str, tenant: str
) -> None:
    await site.appended(tenant="acme")
    moved = Record(topic, 0, 0, NOON, b"key", site.log.records[-1].value, (("tenant", tenant.encode()),))
    [found] = await site.opening.open([moved])

    assert (found.unopened, found.value) == (Unopened.UNDECIPHERABLE, moved.value)


async def test_what_is_held_or_dead_lettered_stays_bound_to_where_it_came_in(site: Site) -> None:
    held = await site.appended(HELD, tenant="acme", origin_topic=INBOUND)
    restored = Record(INBOUND, 0, 0, NOON, held.key, held.value, (("tenant", b"acme"),))

    assert (await site.opening.open([restored]))[0].value == BODY


async def test_what_is_sealed_already_goes_on_as_it_is(site: Site) -> None:
    first = await site.appended(tenant="acme")
    again = await site.appended(LETTERS, first.value or b"", tenant="acme", origin_topic=INBOUND)

    assert again.value == first.value


@pytest.mark.parametrize("topic", [HELD, LETTERS])
async def test_what_nobody_can_open_now_is_held_or_dead_lettered_all_the_same(site: Site, topic: str) -> None:
    digest = record_key(ACME, "the sender's group")
    sealed, headers = await site.appended(tenant="acme"), [("tenant", b"acme"), ("origin_topic", INBOUND.encode())]
    site.service.is_away = True
    cold: Any = Sealing(await a_keyring(site.stored, (), site.service))
    await SealedLog(site.log, cold, of_others=OTHERS).append(topic, sealed.value, digest, headers)

    assert (site.log.records[-1].key, site.log.records[-1].value) == (digest, sealed.value)


async def test_of_a_tenant_with_a_topic_of_its_own_held_bodies_are_sealed(site: Site) -> None:
    held = await site.appended(HELD, origin_topic=BOUND)

    assert is_envelope(held.value)
    assert (await site.opening.open([Record(BOUND, 0, 0, NOON, None, held.value, ())]))[0].value == BODY


async def test_a_dead_letter_is_read_with_its_explanation_and_is_to_be_sealed_again(site: Site) -> None:
    letter = await site.appended(LETTERS, tenant="acme", origin_topic=INBOUND, error="label secret is bad")
    shown: list[Record] = []
    letters = OpenedLetters(OneLetter(letter), site.opening.vault)

    async def take(record: Record) -> None:
        shown.append(record)

    await letters.read(NOON, take)

    assert is_sealed_text((dict(letter.headers)[LetterHeader.ERROR] or b"").decode())
    assert (shown[0].value, dict(shown[0].headers)[LetterHeader.ERROR]) == (BODY, b"label secret is bad")
    assert letters.sealed == {ACME}


@dataclass
class OneLetter:
    letter: Record

    async def read(self, _: object, take: Callable[[Record], Awaitable[None]]) -> None:
        await take(self.letter)


async def test_while_the_key_service_is_away_a_cold_reader_waits_for_that_tenant_alone(site: Site) -> None:
    sealed, plain = await site.appended(tenant="acme"), await site.appended(tenant="beta")
    site.service.is_away = True
    cold = Opening(await a_keyring(site.stored, (), site.service))
    found = await cold.open([sealed, plain])

    assert [one.unopened for one in found] == [Unopened.KEY_UNAVAILABLE, None]
    assert found[1] is plain


async def test_without_a_key_nothing_is_appended_in_clear(site: Site) -> None:
    site.service.is_away = True
    cold = SealedLog(site.log, await a_keyring(FakeStoredKeys(), (), site.service))
    object.__setattr__(cold, "vault", Sealing(cold.vault))

    with pytest.raises(KeyUnavailableError):
        await cold.append(INBOUND, BODY, None, [("tenant", b"acme")])
    assert site.log.records == []


class Sealing:
    """A vault that seals everybody."""

    def __init__(self, vault: object) -> None:
        self._vault = vault

    def seals(self, _: object) -> bool:
        return True

    def __getattr__(self, name: str) -> object:
        return getattr(self._vault, name)


async def test_what_destroyed_keys_sealed_is_undecipherable_and_its_letter_is_appended(site: Site) -> None:
    record = await site.appended(tenant="acme")
    site.stored.rows[ACME] = dict.fromkeys(site.stored.rows[ACME], "")
    [found] = await site.opening.open([record])
    letter = await site.appended(
        LETTERS, record.value or b"", tenant="acme", origin_topic=INBOUND, error="no key opens it"
    )

    assert found.unopened is Unopened.UNDECIPHERABLE
    assert letter.value == record.value
    assert dict(letter.headers)[LetterHeader.ERROR] == b"there was no key to seal it with"


async def test_a_tenant_that_was_never_sealed_has_nothing_to_open(site: Site) -> None:
    record = await site.appended(tenant="acme")
    forged = Record(INBOUND, 0, 0, NOON, None, record.value, (("tenant", BETA.encode()),))

    assert (await site.opening.open([forged]))[0].unopened is Unopened.UNDECIPHERABLE


def of_sender(body: bytes = BODY, secret: bytes = bytes([1]) * 32, tenant: TenantId = ACME) -> bytes:
    """A body as a sender has sealed it, to the keys that `a_keyring` makes for the first of its tenants."""
    return seal_to(public_keys(tenant, NOON, secret), Suite.HYBRID, body)


async def test_what_its_sender_has_sealed_is_appended_as_it_is_and_opened(site: Site) -> None:
    data = of_sender()
    record = await site.appended(INBOUND, data, tenant="acme")
    [opened] = await site.opening.open([record])

    assert record.value == data
    assert (opened.value, opened.envelope, opened.unopened) == (BODY, data, None)


@pytest.mark.parametrize(
    "data",
    [
        of_sender(tenant=BETA),
        of_sender(secret=bytes(32)),
        seal_to(public_keys(ACME, NOON + 1, bytes([1]) * 32), Suite.HYBRID, BODY),
        of_sender()[:-1],
        SENT_MAGIC + bytes(6) + of_sender()[10:],
    ],
    ids=["tenant", "key", "epoch", "cut", "suite"],
)
async def test_what_is_sealed_for_others_or_in_a_way_that_is_not_known_is_undecipherable(
    site: Site, data: bytes
) -> None:
    [found] = await site.opening.open([await site.appended(INBOUND, data, tenant="acme")])

    assert (found.unopened, found.value) == (Unopened.UNDECIPHERABLE, data)


async def test_a_dead_letter_that_its_sender_sealed_is_read_and_redriven_as_it_was_sent(site: Site) -> None:
    data = of_sender()
    record = await site.appended(
        LETTERS, data, tenant="acme", origin_topic=INBOUND, origin_partition="0", origin_offset="0", reason="not_held"
    )
    shown: list[Record] = []

    async def take(one: Record) -> None:
        shown.append(one)

    await OpenedLetters(OneLetter(record), site.opening.vault).read(NOON, take)
    letter = read_letter(shown[0])

    assert record.value == data
    assert letter is not None
    assert (letter.value, letter.sent) == (BODY, data)
