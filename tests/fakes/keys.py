"""Tenants' keys in memory, and a key service that may be away, or take its time."""

import asyncio
from collections import defaultdict

from router.adapters.crypto.hpke import public_keys
from router.core.model.alert import TenantId
from router.core.model.instant import Instant
from router.core.seal.envelope import KeyId
from router.core.seal.sent import PublicKeys
from router.errors import KeyUnavailableError, UndecipherableError
from router.ports.sealing import SenderSecrets, Wrapped
from tests.adapters.builders import NOON
from tests.fakes.faults import Faulty, asked


class FakeStoredKeys(Faulty):
    """Wrapped keys, and the store's time."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: defaultdict[TenantId, dict[KeyId, str]] = defaultdict(dict)
        self.at: Instant = NOON

    @asked
    async def of(self, tenant: TenantId) -> Wrapped:
        return dict(self.rows[tenant])

    @asked
    async def replace(self, tenant: TenantId, before: Wrapped, after: Wrapped) -> bool:
        if self.rows[tenant] != before:
            return False
        self.rows[tenant] = dict(after)
        return True

    @asked
    async def put(self, tenant: TenantId, wrapped: Wrapped) -> None:
        self.rows[tenant] |= wrapped

    async def tenants(self) -> list[TenantId]:
        return sorted(tenant for tenant, rows in self.rows.items() if rows)

    async def now(self) -> Instant:
        return self.at


class FakeKeyService:
    """Wraps as `<number of its key>/tenant/purpose/epoch/secret`."""

    def __init__(self) -> None:
        self.is_away = False
        self.newest = 1
        self.asked = 0
        self.destroyed = list[TenantId]()
        self.sender_secrets = SenderSecrets.APART
        self.slow_for = set[TenantId]()
        self.answers = asyncio.Event()
        """Set where it answers those whom it is slow for."""

    async def wrap(self, tenant: TenantId, key: KeyId, secret: bytes) -> str:
        await self._asked_for(tenant)
        return f"{self.newest}/{_bound(tenant, key)}/{secret.hex()}"

    async def unwrap(self, tenant: TenantId, key: KeyId, wrapped: str) -> bytes:
        await self._asked_for(tenant)
        number, _, rest = wrapped.partition("/")
        bound, _, secret = rest.rpartition("/")
        if bound != _bound(tenant, key) or not number:
            raise UndecipherableError("another's")
        try:
            return bytes.fromhex(secret)
        except ValueError:
            raise UndecipherableError("changed") from None

    async def keep_apart(self, tenant: TenantId, key: KeyId, wrapped: str) -> None:
        """Nothing: no gateway has its key."""

    async def public(self, tenant: TenantId, key: KeyId, wrapped: str) -> PublicKeys:
        return public_keys(tenant, key.epoch, await self.unwrap(tenant, key, wrapped))

    async def is_newest(self, tenant: TenantId, wrapped: str) -> bool:
        self._ask()
        return wrapped.startswith(f"{self.newest}/")

    async def destroy(self, tenant: TenantId) -> None:
        self._ask()
        self.destroyed.append(tenant)

    async def _asked_for(self, tenant: TenantId) -> None:
        self._ask()
        if tenant in self.slow_for:
            await self.answers.wait()

    def _ask(self) -> None:
        self.asked += 1
        if self.is_away:
            raise KeyUnavailableError("the key service does not answer")


def _bound(tenant: TenantId, key: KeyId) -> str:
    return f"{tenant}/{key.purpose}/{key.epoch}"
