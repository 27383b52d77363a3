"""The pins of a tenant's public keys, for whoever hands them to its senders by another way than a gateway.

They are of the secrets themselves, not of the public keys that are wrapped beside them for gateways: where those
secrets are wrapped by a key that gateways lack, no gateway can put its own there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyPurpose
from router.core.seal.epochs import current
from router.core.seal.pin import pin_of
from router.core.seal.sent import PublicKeys, Suite
from router.errors import OperationError
from router.ports.sealing import KeyState, StoredKeys, Wrapping


@dataclass(frozen=True, slots=True)
class KeyPin:
    """A pin, and of which key it is."""

    suite: Suite
    epoch: int
    state: KeyState
    pin: str


@dataclass(frozen=True, slots=True)
class SenderPins:
    """Tenants' keys as they are stored; `offered` makes the public keys of a tenant's epoch from their secret."""

    stored: StoredKeys
    service: Wrapping | None
    offered: Callable[[TenantId, int, bytes], PublicKeys]

    async def of(self, tenant: TenantId) -> list[KeyPin]:
        """The pins of a tenant's keys that open, the newest first.

        Raises:
            OperationError: it has none, or there is no key service here.
            KeyUnavailableError: the key service does not answer, or does not have the key that wrapped one.
            UndecipherableError: one was changed.
        """
        wrapped = await self.stored.of(tenant)
        live = [one for one, text in wrapped.items() if text and one.purpose is KeyPurpose.SENDER]
        if not live:
            raise OperationError(
                f"tenant {tenant!r} has no keys for senders",
                "they are made once its file has `keys: own` below `platform`",
            )
        if self.service is None:
            raise OperationError(
                "no key service is configured here", "set what workers have set of SEALING and TRANSIT"
            )
        newest, pins = current(wrapped).get(KeyPurpose.SENDER), list[KeyPin]()
        for one in sorted(live, key=lambda key: -key.epoch):
            keys = self.offered(tenant, one.epoch, await self.service.unwrap(tenant, one, wrapped[one]))
            state = KeyState.CURRENT if one == newest else KeyState.RETIRED
            pins += [KeyPin(suite, one.epoch, state, pin_of(key)) for suite, key in keys.keys]
        return pins
