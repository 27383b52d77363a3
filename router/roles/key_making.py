"""Keys of tenants whose data is sealed: made where there are none, renewed in time, brought back after a loss."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import structlog

from router.core.model.alert import TenantId
from router.core.model.instant import Span
from router.core.seal.epochs import alive, current, lacking, next_keys, worn
from router.errors import KeyUnavailableError, UnavailableError
from router.observe.incident import Incident
from router.ports.sealing import MAX_EPOCHS, KeyService, StoredKeys, Wrapped
from router.roles.keyring import Keyring
from router.roles.polling import poll
from router.roles.ring import Ring
from router.roles.unwrapping import PATIENCE_S

LOOK_S: Final = 0.5
"""Seconds between two looks for tenants without keys."""

_DESTROY_SOME: Final = "destroy the oldest, see `alert-router sealing list {}`"

_log = structlog.get_logger("router.keys")


class SealedTenants(Protocol):
    """The tenants that are known."""

    def sealed(self) -> Iterable[TenantId]:
        """Those whose data is sealed."""

    async def is_lost(self, tenant: TenantId) -> bool:
        """Whether a tenant that is not there was not removed either."""


class KeyMaking:
    """What a worker does about keys; `fresh` makes the bytes of one, `life` is for how long it seals."""

    def __init__(
        self,
        stored: StoredKeys,
        service: KeyService | None,
        keyring: Keyring,
        tenants: SealedTenants,
        fresh: Callable[[], bytes],
        life: Span,
    ) -> None:
        self._stored = stored
        self._service = service
        self._keyring = keyring
        self._tenants = tenants
        self._fresh = fresh
        self._life = life
        self._failing: dict[TenantId, Incident] = {}
        self._looking: dict[TenantId, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Look again and again until cancelled; what fails or waits for one tenant holds up no other."""
        try:
            await poll(LOOK_S, self._round, "keys_wait")
        finally:
            for looking in self._looking.values():
                looking.cancel()

    async def _round(self) -> None:
        for tenant in list(self._tenants.sealed()):
            await self._begin(tenant)

    async def _begin(self, tenant: TenantId) -> None:
        """Look after one tenant; where its key service is slow the look goes on beside those for others."""
        before = self._looking.get(tenant)
        looking = self._looking[tenant] = before or asyncio.create_task(self._try(tenant))
        done, _ = await asyncio.wait([looking], timeout=0 if before else PATIENCE_S)
        if done:
            del self._looking[tenant]
            looking.result()

    async def _try(self, tenant: TenantId) -> None:
        try:
            await self.look(tenant)
            self._failing.pop(tenant, None)
        except UnavailableError as error:
            if self._failing.setdefault(tenant, Incident()).happens(str(error)):
                _log.warning("keys_wait", tenant=tenant, error=str(error), times=self._failing[tenant].times)

    async def look(self, tenant: TenantId) -> None:
        """See to it that one tenant has the keys that it needs.

        Raises:
            UnavailableError: Redis or the key service does not answer, or the tenant has as many keys as it may.
        """
        known = self._keyring.known(tenant)
        if known is None or known.is_lost or lacking(known.wrapped):
            known = await self._keyring.look(tenant)
        now = await self._stored.now() if known.wrapped and not known.is_lost else None
        if known.is_lost:
            await self._bring_back(known)
        elif now is None or lacking(known.wrapped) or worn(known.wrapped, now, self._life):
            await self._make(tenant)

    async def _bring_back(self, known: Ring) -> None:
        """What Redis has lost is stored again as it was: bodies in Kafka are sealed with it."""
        if await self._tenants.is_lost(known.tenant) and await self._stored.replace(known.tenant, {}, known.wrapped):
            _log.warning("keys_brought_back", tenant=known.tenant, keys=len(known.wrapped))
            await self._keyring.look(known.tenant)

    async def _make(self, tenant: TenantId) -> None:
        before = await self._stored.of(tenant)
        now = await self._stored.now()
        purposes = [*lacking(before), *worn(before, now, self._life)]
        if not purposes or self._service is None:
            return
        if alive(before) + len(purposes) > MAX_EPOCHS:
            raise KeyUnavailableError(f"it has {alive(before)} keys: {_DESTROY_SOME.format(tenant)}")
        for one in current(before).values():
            await self._service.keep_apart(tenant, one, before[one])
        made = {key: await self._service.wrap(tenant, key, self._fresh()) for key in next_keys(before, purposes, now)}
        if await self._stored.replace(tenant, before, _joined(before, made)):
            _log.info("keys_made", tenant=tenant, purposes=[one.purpose for one in made])
        await self._keyring.look(tenant)


def _joined(before: Wrapped, made: Wrapped) -> Wrapped:
    return {**before, **made}
