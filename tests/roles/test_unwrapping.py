"""A key service that takes its time keeps that tenant waiting whose keys it has, and nobody who stands beside."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Final

import pytest
from prometheus_client import CollectorRegistry

from router.adapters.crypto.envelope import GcmCipher
from router.adapters.crypto.hpke import recipient
from router.adapters.crypto.naming import TenantNames
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Span
from router.core.seal.envelope import KeyPurpose
from router.errors import KeyUnavailableError
from router.observe.metrics import SealingMetrics
from router.ports.kafka import TENANT, Record, Unopened
from router.roles import key_making, unwrapping
from router.roles.key_making import KeyMaking
from router.roles.keyring import FRESH_S, Keyring, Uses
from router.roles.sealed import Opening
from tests.adapters.builders import ACME, BETA, NOON
from tests.fakes.keys import FakeKeyService, FakeStoredKeys
from tests.waiting import eventually

PAYLOAD: Final = KeyPurpose.PAYLOAD
TOPIC: Final = "alerts.inbound"
LIFE: Final = Span(24 * HOUR)


@dataclass
class Site:
    """Two tenants with keys, and processes that start without any of them in memory."""

    stored: FakeStoredKeys = field(default_factory=FakeStoredKeys)
    service: FakeKeyService = field(default_factory=FakeKeyService)
    now_s: float = 0.0
    secrets: Iterator[int] = field(default_factory=lambda: iter(range(1, 1000)))

    def keyring(self) -> Keyring:
        metrics, uses = SealingMetrics(CollectorRegistry()), Uses(GcmCipher, TenantNames, recipient)
        return Keyring(self.stored, self.service, uses, lambda _: True, metrics, lambda: self.now_s)

    def making(self, keyring: Keyring) -> KeyMaking:
        return KeyMaking(self.stored, self.service, keyring, self, lambda: next(self.secrets).to_bytes(32), LIFE)

    def sealed(self) -> list[TenantId]:
        return [ACME, BETA]

    async def is_lost(self, _: TenantId) -> bool:
        return False


@pytest.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    monkeypatch.setattr(unwrapping, "PATIENCE_S", 0.02)
    monkeypatch.setattr(key_making, "PATIENCE_S", 0.02)
    site = Site()
    for tenant in (ACME, BETA):
        await site.making(site.keyring()).look(tenant)
    site.service.slow_for = {ACME}
    yield site
    site.service.answers.set()


async def envelopes(site: Site) -> dict[TenantId, Record]:
    """A record of each tenant, as a process has sealed it that has all keys."""
    slow, site.service.slow_for = site.service.slow_for, set()
    keyring, found = site.keyring(), dict[TenantId, Record]()
    for tenant in (ACME, BETA):
        body = (await keyring.keys(tenant)).seal(PAYLOAD, TOPIC, b"body")
        found[tenant] = Record(TOPIC, 0, 0, NOON, None, body, ((TENANT, tenant.encode()),))
    site.service.slow_for = slow
    return found


async def test_a_batch_goes_on_without_the_tenant_whose_keys_do_not_come(site: Site) -> None:
    records, opening = await envelopes(site), Opening(site.keyring())

    slow, other = await opening.open([records[ACME], records[BETA]])

    assert (slow.unopened, other.value) == (Unopened.KEY_UNAVAILABLE, b"body")


async def test_keys_that_come_late_are_there_for_the_next_batch(site: Site) -> None:
    records, keyring = await envelopes(site), site.keyring()
    with pytest.raises(KeyUnavailableError, match="has not answered yet"):
        (await keyring.keys(ACME)).open(PAYLOAD, TOPIC, records[ACME].value or b"")
    asked = site.service.asked

    site.service.answers.set()
    await eventually(lambda: _is_complete(keyring))

    assert (await keyring.keys(ACME)).open(PAYLOAD, TOPIC, records[ACME].value or b"") == b"body"
    assert site.service.asked == asked


def _is_complete(keyring: Keyring) -> bool:
    known = keyring.known(ACME)
    return known is not None and not known.missing


async def test_who_was_waited_for_in_vain_is_not_waited_for_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = site.keyring()
    await keyring.keys(ACME)
    asked = site.service.asked
    monkeypatch.setattr(unwrapping, "PATIENCE_S", 3600.0)

    for _ in range(3):
        site.now_s += FRESH_S
        await keyring.keys(ACME)

    assert site.service.asked == asked


async def test_those_who_need_keys_at_the_same_time_wait_for_one_answer(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unwrapping, "PATIENCE_S", 3600.0)
    keyring, before = site.keyring(), site.service.asked
    waiting = [asyncio.create_task(keyring.keys(ACME)) for _ in range(3)]
    await eventually(lambda: site.service.asked > before)
    assert not any(one.done() for one in waiting)

    site.service.answers.set()

    assert [(await one).seal(PAYLOAD, TOPIC, b"body") != b"" for one in waiting] == [True] * 3
    assert site.service.asked == before + len(KeyPurpose)


async def test_a_key_that_is_destroyed_while_its_answer_is_on_the_way_is_not_kept(site: Site) -> None:
    keyring = site.keyring()
    await keyring.keys(ACME)
    site.stored.rows[ACME] = dict.fromkeys(site.stored.rows[ACME], "")
    site.now_s += FRESH_S
    await keyring.keys(ACME)

    asked = asyncio.all_tasks()
    site.service.answers.set()
    await asyncio.wait(asked - {asyncio.current_task()}, timeout=1)

    known = keyring.known(ACME)
    assert known is not None
    assert not known.ciphers
    assert not known.recipients


async def test_making_keys_for_one_tenant_holds_up_no_other(site: Site) -> None:
    site.stored.rows.clear()
    site.service.slow_for = {ACME}
    keyring = site.keyring()
    running = asyncio.create_task(site.making(keyring).run())

    await eventually(lambda: len(site.stored.rows[BETA]) == len(KeyPurpose))
    assert not site.stored.rows[ACME]
    site.service.answers.set()
    await eventually(lambda: len(site.stored.rows[ACME]) == len(KeyPurpose))

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_who_makes_keys_ends_at_once_while_a_key_service_hangs(site: Site) -> None:
    site.stored.rows.clear()
    running = asyncio.create_task(site.making(site.keyring()).run())
    before = site.service.asked
    await eventually(lambda: site.service.asked > before)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 1)
    assert not site.stored.rows[ACME]
