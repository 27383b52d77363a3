"""Wrapped keys are unwrapped beside whoever needs them, who waits a moment for the key service and goes on without.

So a key service that takes connections and does not answer, or answers slowly, holds up no batch in which its tenant
stands beside others. Who was waited for in vain is not waited for again until it has answered.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyId
from router.errors import KeyUnavailableError, UndecipherableError
from router.ports.sealing import KeyService, Wrapped

PATIENCE_S: Final = 0.25
"""Seconds for which a tenant's keys are waited for, once; afterwards the tenant alone waits."""
NOT_YET: Final = "its key service has not answered yet"
_NO_SERVICE: Final = (
    "no key service is configured here: set ALERT_ROUTER_SEALING__KEY, ALERT_ROUTER_TRANSIT__URL or"
    " ALERT_ROUTER_AWS_KMS__ID"
)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What the key service made of one tenant's keys: secrets, and why there is none."""

    asked: Wrapped
    secrets: Mapping[KeyId, bytes] = field(repr=False)
    missing: Mapping[KeyId, str]


class Unwrapping:
    """Asks the key service, once at a time for each tenant; `arrived` gets the answer, be it late."""

    def __init__(self, service: KeyService | None, arrived: Callable[[TenantId, Unwrapped], None]) -> None:
        self._service = service
        self._arrived = arrived
        self._asking: dict[TenantId, asyncio.Task[None]] = {}
        self._late = set[TenantId]()

    async def ask(self, tenant: TenantId, wrapped: Wrapped) -> None:
        """Ask for these keys; returns when they have arrived, or after a moment."""
        asking = self._asking.get(tenant)
        if asking is None:
            asking = self._asking[tenant] = asyncio.create_task(self._ask(tenant, wrapped))
            asking.add_done_callback(lambda _: self._asking.pop(tenant, None))
        done, _ = await asyncio.wait([asking], timeout=0 if tenant in self._late else PATIENCE_S)
        if done:
            asking.result()
        else:
            self._late.add(tenant)

    def service(self) -> KeyService:
        """What is asked.

        Raises:
            KeyUnavailableError: none is configured here.
        """
        if self._service is None:
            raise KeyUnavailableError(_NO_SERVICE)
        return self._service

    async def _ask(self, tenant: TenantId, wrapped: Wrapped) -> None:
        missing = dict[KeyId, str]()
        found = await asyncio.gather(*(self._one(tenant, key, text, missing) for key, text in wrapped.items()))
        secrets = {key: secret for key, secret in zip(wrapped, found, strict=True) if secret is not None}
        if secrets:
            self._late.discard(tenant)
        self._arrived(tenant, Unwrapped(wrapped, secrets, missing))

    async def _one(self, tenant: TenantId, key: KeyId, text: str, missing: dict[KeyId, str]) -> bytes | None:
        try:
            return await self.service().unwrap(tenant, key, text)
        except (KeyUnavailableError, UndecipherableError) as error:
            missing[key] = str(error)
            return None
