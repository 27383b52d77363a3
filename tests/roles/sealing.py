"""A keyring with keys for tenants of which some are sealed."""

from collections.abc import Collection
from itertools import count

from prometheus_client import CollectorRegistry

from router.adapters.crypto.envelope import GcmCipher
from router.adapters.crypto.hpke import recipient
from router.adapters.crypto.naming import TenantNames
from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyPurpose
from router.core.seal.epochs import next_keys
from router.observe.metrics import SealingMetrics
from router.roles.keyring import Keyring, Uses
from tests.adapters.builders import ACME
from tests.fakes.keys import FakeKeyService, FakeStoredKeys


async def a_keyring(
    stored: FakeStoredKeys, sealed: Collection[TenantId] = (ACME,), service: FakeKeyService | None = None
) -> Keyring:
    """One whose sealed tenants have a key of each purpose; each look at the clock is a second later."""
    service = service or FakeKeyService()
    for number, tenant in enumerate(sealed):
        made = next_keys({}, KeyPurpose, stored.at)
        rows = {key: await service.wrap(tenant, key, bytes([number + 1]) * 32) for key in made}
        await stored.replace(tenant, {}, rows)
    clock = count()
    return Keyring(
        stored,
        service,
        Uses(GcmCipher, TenantNames, recipient),
        sealed.__contains__,
        SealingMetrics(CollectorRegistry()),
        lambda: next(clock) * 1.0,
    )
