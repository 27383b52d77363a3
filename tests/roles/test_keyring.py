"""Keys are read when they are needed, kept when nobody answers, and dropped when they are destroyed."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import pytest
from prometheus_client import CollectorRegistry

from router.adapters.crypto.envelope import GcmCipher
from router.adapters.crypto.hpke import public_keys, recipient, seal_to
from router.adapters.crypto.key_file import FileKeys
from router.adapters.crypto.naming import TenantNames
from router.adapters.crypto.sender_keys import KeysOfSendersApart
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Instant, Span
from router.core.seal.envelope import KeyId, KeyPurpose
from router.core.seal.epochs import current
from router.core.seal.sent import Suite
from router.errors import DestroyedKeyError, KeyUnavailableError, UndecipherableError
from router.observe.metrics import SealingMetrics
from router.ports.sealing import MAX_EPOCHS, SenderSecrets
from router.roles.key_making import KeyMaking
from router.roles.keyring import FRESH_S, MAX_RINGS, Keyring, Uses
from tests.adapters.builders import ACME, BETA
from tests.bounds import tries
from tests.fakes.keys import FakeKeyService, FakeStoredKeys

PAYLOAD, STATE, SENDER, NAME = KeyPurpose
DIGEST = b"0123456789abcdef"
LIFE: Final = Span(30 * 24 * HOUR)


@dataclass
class Site:
    """A store, a service, and what two processes know: one that makes keys, and one that only reads them."""

    stored: FakeStoredKeys = field(default_factory=FakeStoredKeys)
    service: FakeKeyService = field(default_factory=FakeKeyService)
    now_s: float = 100.0
    lost: bool = True
    made: int = 0

    def __post_init__(self) -> None:
        self.metrics = SealingMetrics(CollectorRegistry())
        self.worker, self.gateway = self.a_keyring(), self.a_keyring()
        self.making = KeyMaking(self.stored, self.service, self.worker, self, self.fresh, LIFE)

    def a_keyring(self, uses: Uses | None = None) -> Keyring:
        return Keyring(
            self.stored,
            self.service,
            uses or Uses(GcmCipher, TenantNames, recipient),
            lambda tenant: tenant == ACME,
            self.metrics,
            lambda: self.now_s,
        )

    def fresh(self) -> bytes:
        self.made += 1
        return self.made.to_bytes(32)

    def sealed(self) -> list[TenantId]:
        return [ACME]

    async def is_lost(self, _: TenantId) -> bool:
        return self.lost

    def passes(self, seconds: float = FRESH_S) -> None:
        self.now_s += seconds
        self.stored.at = Instant(self.stored.at + round(seconds * 1_000_000))


@pytest.fixture
async def site() -> Site:
    site = Site()
    await site.making.look(ACME)
    return site


async def test_a_worker_makes_a_key_of_each_purpose_and_others_open_what_it_seals(site: Site) -> None:
    envelope = (await site.worker.keys(ACME)).seal(STATE, "g/1", b"text")

    assert sorted(one.purpose for one in site.stored.rows[ACME]) == [NAME, PAYLOAD, SENDER, STATE]
    assert (await site.gateway.keys(ACME)).open(STATE, "g/1", envelope) == b"text"


@pytest.mark.parametrize(
    ("tenant", "purpose", "place"), [(ACME, STATE, "g/2"), (ACME, PAYLOAD, "g/1"), (BETA, STATE, "g/1")]
)
async def test_what_is_moved_does_not_open_and_is_counted(
    site: Site, tenant: TenantId, purpose: KeyPurpose, place: str
) -> None:
    envelope = (await site.worker.keys(ACME)).seal(STATE, "g/1", b"text")
    site.stored.rows[BETA] = dict(site.stored.rows[ACME])

    with pytest.raises((UndecipherableError, KeyUnavailableError)):
        (await site.gateway.keys(tenant)).open(purpose, place, envelope)


async def test_keys_are_looked_up_once_a_second(site: Site) -> None:
    await site.gateway.keys(ACME)
    asked = site.stored.faults.asked["of"]
    await site.gateway.keys(ACME)
    assert site.stored.faults.asked["of"] == asked

    site.passes()
    await site.gateway.keys(ACME)
    assert site.stored.faults.asked["of"] == asked + 1


async def test_keys_are_at_hand_for_a_second_after_they_were_read(site: Site) -> None:
    assert site.gateway.at_hand(ACME) is None

    keys = await site.gateway.keys(ACME)
    assert site.gateway.at_hand(ACME) is keys

    site.passes()
    assert site.gateway.at_hand(ACME) is None


async def test_after_a_rotation_the_new_key_seals_and_both_open(site: Site) -> None:
    before = (await site.gateway.keys(ACME)).seal(PAYLOAD, "t", b"old")
    site.passes(LIFE / 1_000_000)
    await site.making.look(ACME)
    site.passes()
    keys = await site.gateway.keys(ACME)

    assert len(site.stored.rows[ACME]) == 7
    assert keys.seal(PAYLOAD, "t", b"new")[:13] != before[:13]
    assert keys.open(PAYLOAD, "t", before) == b"old"


async def test_what_makes_names_is_the_same_in_all_processes_and_after_a_rotation(site: Site) -> None:
    before = (await site.gateway.keys(ACME)).names
    site.passes(LIFE / 1_000_000)
    await site.making.look(ACME)
    site.passes()

    assert before is not None
    for one in (site.gateway, site.worker):
        after = (await one.keys(ACME)).names
        assert after is not None
        assert after.of_record(DIGEST) == before.of_record(DIGEST)


async def test_of_several_that_make_names_the_first_does(site: Site) -> None:
    """As when a record brings back what a Redis had lost, and others were made meanwhile."""
    before = (await site.gateway.keys(ACME)).names
    later = KeyId(NAME, max(one.epoch for one in site.stored.rows[ACME]) + 1)
    site.stored.rows[ACME][later] = await site.service.wrap(ACME, later, b"l" * 32)
    site.passes()
    after = (await site.gateway.keys(ACME)).names

    assert before is not None
    assert after is not None
    assert after.of_record(DIGEST) == before.of_record(DIGEST)


async def test_a_tenant_that_had_keys_before_there_were_names_gets_none_by_itself(site: Site) -> None:
    site.stored.rows[ACME] = {one: text for one, text in site.stored.rows[ACME].items() if one.purpose is not NAME}
    site.passes(LIFE / 1_000_000)
    await site.making.look(ACME)
    site.passes()

    assert NAME not in {one.purpose for one in site.stored.rows[ACME]}
    assert (await site.worker.keys(ACME)).names is None


async def test_what_makes_names_goes_with_all_keys(site: Site) -> None:
    await site.gateway.keys(ACME)
    site.stored.rows[ACME] = dict.fromkeys(site.stored.rows[ACME], "")
    site.passes()

    assert (await site.gateway.keys(ACME)).names is None


async def test_a_key_is_not_replaced_before_its_time(site: Site) -> None:
    site.passes(LIFE / 1_000_000 - 1)
    await site.making.look(ACME)

    assert len(site.stored.rows[ACME]) == 4


async def test_a_destroyed_key_is_dropped_within_a_second(site: Site) -> None:
    envelope = (await site.gateway.keys(ACME)).seal(PAYLOAD, "t", b"body")
    site.stored.rows[ACME] = dict.fromkeys(site.stored.rows[ACME], "")
    site.passes()
    keys = await site.gateway.keys(ACME)

    with pytest.raises(DestroyedKeyError):
        keys.open(PAYLOAD, "t", envelope)
    with pytest.raises(KeyUnavailableError):
        keys.seal(PAYLOAD, "t", b"body")
    await site.making.look(ACME)
    assert set(site.stored.rows[ACME].values()) == {""}


async def test_while_redis_is_away_the_last_keys_hold(site: Site) -> None:
    keys = await site.gateway.keys(ACME)
    site.passes()
    site.stored.faults.away = True

    assert await site.gateway.keys(ACME) == keys
    with pytest.raises(KeyUnavailableError):
        await site.a_keyring().keys(ACME)


async def test_while_the_key_service_is_away_only_who_starts_cold_waits(site: Site) -> None:
    warm = await site.gateway.keys(ACME)
    site.service.is_away = True
    site.passes()
    cold = site.a_keyring()

    assert (await site.gateway.keys(ACME)).open(PAYLOAD, "t", warm.seal(PAYLOAD, "t", b"body")) == b"body"
    with pytest.raises(KeyUnavailableError, match="does not answer"):
        (await cold.keys(ACME)).seal(PAYLOAD, "t", b"body")
    assert cold.measure()["unavailable"] == 4
    site.service.is_away = False
    site.passes()
    assert (await cold.keys(ACME)).seal(PAYLOAD, "t", b"body")


async def test_what_redis_has_lost_is_brought_back_and_opens_what_it_sealed(site: Site) -> None:
    envelope = (await site.worker.keys(ACME)).seal(PAYLOAD, "t", b"body")
    rows = dict(site.stored.rows[ACME])
    site.stored.rows.clear()
    site.passes()
    await site.worker.keys(ACME)
    await site.making.look(ACME)

    assert site.stored.rows[ACME] == rows
    assert (await site.a_keyring().keys(ACME)).open(PAYLOAD, "t", envelope) == b"body"


async def test_destroyed_keys_that_are_gone_make_room_for_new_ones_though_nobody_saw_the_tenant_go(
    site: Site,
) -> None:
    site.stored.rows[ACME] = dict.fromkeys(site.stored.rows[ACME], "")
    site.passes()
    await site.worker.keys(ACME)
    site.stored.rows.clear()
    site.passes()
    await site.worker.keys(ACME)
    await site.making.look(ACME)

    assert all(site.stored.rows[ACME].values())
    assert len(site.stored.rows[ACME]) == len(KeyPurpose)


async def test_keys_of_a_tenant_that_was_removed_are_not_brought_back(site: Site) -> None:
    site.lost = False
    site.stored.rows.clear()
    site.passes()
    await site.worker.keys(ACME)
    await site.making.look(ACME)

    assert site.stored.rows[ACME] == {}


async def test_a_tenant_that_is_given_a_removed_ones_id_gets_keys_of_its_own(site: Site) -> None:
    before = (await site.gateway.keys(ACME)).seal(PAYLOAD, "t", b"body")
    site.stored.rows[ACME] = dict.fromkeys(site.stored.rows[ACME], "")
    site.passes()
    for one in (site.worker, site.gateway):
        await one.keys(ACME)
        one.forget(ACME)
    site.stored.rows.clear()
    site.passes()
    await site.making.look(ACME)

    assert "" not in site.stored.rows[ACME].values()
    assert (await site.gateway.keys(ACME)).open(PAYLOAD, "t", await sealed_by(site.worker)) == b"new"
    with pytest.raises(UndecipherableError):
        (await site.gateway.keys(ACME)).open(PAYLOAD, "t", before)


async def sealed_by(keyring: Keyring) -> bytes:
    return (await keyring.keys(ACME)).seal(PAYLOAD, "t", b"new")


@tries("keys of a tenant")
async def test_so_many_keys_of_a_tenant_are_kept(site: Site, beyond: int) -> None:
    older = [KeyId(PAYLOAD, number) for number in range(MAX_EPOCHS - 7 + beyond)]
    site.stored.rows[ACME] |= {one: await site.service.wrap(ACME, one, b"o" * 32) for one in older}
    site.passes(LIFE / 1_000_000)
    with suppress(KeyUnavailableError):
        await site.making.look(ACME)

    assert (len(site.stored.rows[ACME]) == len(older) + 7) is (beyond <= 0)
    assert len(site.stored.rows[ACME]) <= MAX_EPOCHS


async def test_where_a_tenant_has_all_keys_that_it_may_that_is_known_and_those_destroyed_make_room(
    site: Site,
) -> None:
    older = [KeyId(PAYLOAD, number) for number in range(MAX_EPOCHS)]
    site.stored.rows[ACME] |= {one: await site.service.wrap(ACME, one, b"o" * 32) for one in older}
    site.passes(LIFE / 1_000_000)
    with pytest.raises(KeyUnavailableError, match=f"has {MAX_EPOCHS + 4} keys: destroy the oldest"):
        await site.making.look(ACME)

    site.stored.rows[ACME] |= dict.fromkeys(older, "")
    await site.making.look(ACME)
    assert sum(1 for text in site.stored.rows[ACME].values() if text) == 7


@tries("tenants whose keys are in memory")
async def test_of_so_many_tenants_keys_are_kept_in_memory(site: Site, beyond: int) -> None:
    for number in range(MAX_RINGS + beyond):
        await site.gateway.keys(TenantId(f"t{number}"))

    assert (site.gateway.known(TenantId("t0")) is None) is (beyond > 0)


def sent(site: Site, key: KeyId, tenant: TenantId = ACME) -> bytes:
    """A body that a sender has sealed to a key, as the making of it counted."""
    secret = bytes.fromhex(site.stored.rows[ACME][key].rpartition("/")[2])
    return seal_to(public_keys(tenant, key.epoch, secret), Suite.HYBRID, b"body")


def newest(site: Site) -> KeyId:
    return current(site.stored.rows[ACME])[SENDER]


async def test_a_worker_opens_what_senders_seal_with_the_keys_that_a_gateway_gives_out(site: Site) -> None:
    gateway = site.a_keyring(Uses(GcmCipher, TenantNames))
    data = seal_to(await gateway.public_keys(ACME), Suite.CLASSIC, b"body")

    assert (await site.worker.keys(ACME)).open_sent(data) == b"body"
    with pytest.raises(UndecipherableError):
        (await gateway.keys(ACME)).open_sent(data)


async def test_public_keys_are_unwrapped_once_however_often_senders_ask(site: Site) -> None:
    gateway = site.a_keyring(Uses(GcmCipher, TenantNames))
    first = await gateway.public_keys(ACME)
    asked = site.service.asked

    assert [await gateway.public_keys(ACME) for _ in range(3)] == [first] * 3
    assert site.service.asked == asked


async def test_after_a_rotation_the_new_key_is_given_out_and_both_open(site: Site) -> None:
    before, old = newest(site), sent(site, newest(site))
    site.passes(LIFE / 1_000_000)
    await site.making.look(ACME)

    assert (await site.worker.public_keys(ACME)).epoch == newest(site).epoch > before.epoch
    keys = await site.worker.keys(ACME)
    assert [keys.open_sent(one) for one in (old, sent(site, newest(site)))] == [b"body", b"body"]


async def test_keys_before_the_current_ones_are_given_out_while_they_open(site: Site) -> None:
    made = [newest(site)]
    for _ in range(3):
        site.passes(LIFE / 1_000_000)
        await site.making.look(ACME)
        made.append(newest(site))
    site.stored.rows[ACME][made[1]] = ""
    site.passes(FRESH_S)
    found = await site.worker.earlier_keys(ACME, 5)

    assert [one.epoch for one in found] == [made[2].epoch, made[0].epoch]
    assert [one.epoch for one in await site.worker.earlier_keys(ACME, 1)] == [made[2].epoch]
    assert await site.worker.earlier_keys(ACME, 0) == []


async def test_what_was_sealed_for_another_tenant_does_not_open_and_is_counted(site: Site) -> None:
    with pytest.raises(UndecipherableError, match="does not open"):
        (await site.worker.keys(ACME)).open_sent(sent(site, newest(site), BETA))
    [metric] = site.metrics.failures.collect()
    assert [one.labels["reason"] for one in metric.samples if one.value == 1 and "_total" in one.name] == [
        "undecipherable"
    ]


async def test_what_a_destroyed_key_opened_is_lost_and_it_is_not_given_out(site: Site) -> None:
    data = sent(site, newest(site))
    site.stored.rows[ACME] = dict.fromkeys(site.stored.rows[ACME], "")
    site.passes()

    with pytest.raises(DestroyedKeyError):
        (await site.worker.keys(ACME)).open_sent(data)
    with pytest.raises(KeyUnavailableError, match="no current key for senders"):
        await site.worker.public_keys(ACME)


async def test_while_the_key_service_is_away_what_was_sent_waits(site: Site) -> None:
    data = sent(site, newest(site))
    site.service.is_away = True

    with pytest.raises(KeyUnavailableError):
        (await site.a_keyring().keys(ACME)).open_sent(data)


async def test_a_worker_without_the_key_of_senders_wraps_nothing_as_gateways_can_unwrap_it() -> None:
    """The others go on, and the newest keys with them."""
    site, ring = Site(), FileKeys([b"a" * 32])
    apart = KeysOfSendersApart(ring, FileKeys([b"s" * 32]))
    lacks = KeysOfSendersApart(ring, ring, SenderSecrets.WITH_OTHERS)

    def worker(service: KeysOfSendersApart) -> KeyMaking:
        return KeyMaking(site.stored, service, site.a_keyring(), site, site.fresh, LIFE)

    await worker(apart).look(ACME)
    before = dict(site.stored.rows[ACME])
    site.passes(LIFE / 1_000_000)

    with pytest.raises(KeyUnavailableError, match="as gateways can unwrap it"):
        await worker(lacks).look(ACME)
    assert site.stored.rows[ACME] == before
    await worker(apart).look(ACME)
    assert len(site.stored.rows[ACME]) == len(before) + 3
