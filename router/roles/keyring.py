"""Tenants' keys in memory: read again each second in which they are used, unwrapped once, the last good copy kept.

A tenant's key service, or Redis, being away keeps that tenant waiting whose keys are not here, and nobody else. A key
that was destroyed is dropped with the next reading.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyId, KeyPurpose
from router.core.seal.epochs import current
from router.core.seal.sent import PublicKeys
from router.errors import KeyUnavailableError, UnavailableError
from router.observe.metrics import SealingMetrics
from router.ports.sealing import Cipher, KeyService, Naming, Recipient, StoredKeys, TenantKeys, Wrapped
from router.roles.ring import Ring
from router.roles.unwrapping import NOT_YET, Unwrapped, Unwrapping

FRESH_S: Final = 1.0
"""Seconds for which keys that were read are used without another look."""
MAX_RINGS: Final = 4_096
"""Tenants whose keys are kept in memory; those that were not used for longest make room for others."""

_Ready = TypeVar("_Ready")


@dataclass(frozen=True, slots=True)
class Uses:
    """What becomes of unwrapped keys; without `recipient` nothing that senders have sealed is opened here."""

    cipher: Callable[[bytes], Cipher]
    naming: Callable[[bytes], Naming]
    recipient: Callable[[bytes], Recipient] | None = None

    def includes(self, key: KeyId) -> bool:
        """Whether it is unwrapped at all."""
        return self.recipient is not None or key.purpose is not KeyPurpose.SENDER


class Keyring:
    """The rings of all tenants; `is_sealed` tells whose data is sealed, `steady` counts seconds and never steps."""

    def __init__(
        self,
        stored: StoredKeys,
        service: KeyService | None,
        uses: Uses,
        is_sealed: Callable[[TenantId], bool],
        metrics: SealingMetrics,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stored = stored
        self._unwrapping = Unwrapping(service, self._arrived)
        self._uses = uses
        self._is_sealed = is_sealed
        self._metrics = metrics
        self._steady = steady
        self._rings: OrderedDict[TenantId, tuple[Ring, float]] = OrderedDict()
        self._looking: dict[TenantId, asyncio.Task[Ring]] = {}
        self._offered: dict[TenantId, tuple[str, PublicKeys]] = {}

    def seals(self, tenant: TenantId) -> bool:
        """Whether what is written of the tenant is sealed; what is read says so itself."""
        return self._is_sealed(tenant)

    def at_hand(self, tenant: TenantId) -> Ring | None:
        """The tenant's keys where `keys` would wait for nobody."""
        ring, until = self._rings.get(tenant, (None, 0.0))
        return ring if self._steady() < until else None

    async def keys(self, tenant: TenantId) -> TenantKeys:
        """The tenant's keys, a second old at most while Redis answers.

        Raises:
            KeyUnavailableError: nothing is known of them now.
        """
        return await self._ring(tenant)

    async def _ring(self, tenant: TenantId) -> Ring:
        return self.at_hand(tenant) or await self.look(tenant)

    async def public_keys(self, tenant: TenantId) -> PublicKeys:
        """What the tenant's senders seal with now.

        Raises:
            KeyUnavailableError: there is none, or it cannot be had now.
            UndecipherableError: it was changed.
        """
        ring = await self._ring(tenant)
        key = ring.sealing.get(KeyPurpose.SENDER)
        if key is None:
            raise KeyUnavailableError(f"tenant {tenant!r} has no current key for senders")
        text, (known, offered) = ring.wrapped[key], self._offered.get(tenant, ("", None))
        if offered is None or text != known:
            offered = await self._unwrapping.service().public(tenant, key, text)
            self._offered[tenant] = text, offered
        return offered

    async def earlier_keys(self, tenant: TenantId, most: int) -> list[PublicKeys]:
        """What they sealed with before that, newest first, as far as it still opens; at most so many.

        Raises:
            KeyUnavailableError: they cannot be had now.
            UndecipherableError: one was changed.
        """
        ring = await self._ring(tenant)
        newest = ring.sealing.get(KeyPurpose.SENDER)
        live = [one for one, text in ring.wrapped.items() if text and one.purpose is KeyPurpose.SENDER]
        before = sorted((one for one in live if one != newest), key=lambda one: -one.epoch)[:most]
        return [await self._unwrapping.service().public(tenant, one, ring.wrapped[one]) for one in before]

    async def look(self, tenant: TenantId) -> Ring:
        """Read the tenant's keys now; those who ask at the same time share the answer.

        Raises:
            KeyUnavailableError: nothing is known of them now.
        """
        looking = self._looking.get(tenant)
        if looking is None:
            looking = self._looking[tenant] = asyncio.create_task(self._look(tenant))
            looking.add_done_callback(lambda _: self._looking.pop(tenant, None))
        await asyncio.wait([looking])
        return looking.result()

    def known(self, tenant: TenantId) -> Ring | None:
        """What was read of the tenant last, however long ago."""
        return self._rings.get(tenant, (None, 0.0))[0]

    def forget(self, tenant: TenantId) -> None:
        """Keys of a tenant that was removed: none of them belongs to one that is given its id again."""
        self._rings.pop(tenant, None)
        self._offered.pop(tenant, None)

    def names(self, tenant: TenantId) -> Naming | None:
        """What makes the tenant's names, as far as that is known here."""
        ring = self.known(tenant)
        with suppress(KeyUnavailableError):
            return None if ring is None else ring.names
        return None

    def measure(self) -> dict[str, int]:
        """How many keys are in memory, by their state."""
        counts = dict.fromkeys(("current", "retired", "destroyed", "unavailable"), 0)
        for ring, _ in self._rings.values():
            ready = ring.ciphers.keys() | ring.recipients.keys() | ring.naming.keys()
            sealing = ready & set(ring.sealing.values())
            counts["current"] += len(sealing)
            counts["retired"] += len(ready - sealing)
            counts["destroyed"] += sum(not text for text in ring.wrapped.values())
            counts["unavailable"] += len(ring.missing)
        return counts

    async def _look(self, tenant: TenantId) -> Ring:
        before = self.known(tenant)
        try:
            wrapped = await self._stored.of(tenant)
        except UnavailableError as error:
            if before is None:
                raise KeyUnavailableError(f"the keys of tenant {tenant!r} cannot be read: {error}") from error
            return self._keep(before)
        is_lost = before is not None and not wrapped and any(before.wrapped.values())
        if before is not None and (is_lost or (wrapped == before.wrapped and not before.missing)):
            return self._keep(before if before.is_lost is is_lost else replace(before, is_lost=is_lost))
        ring = self._reread(tenant, wrapped, before)
        if not ring.missing:
            return self._keep(ring)
        self._rings[tenant] = ring, self._steady()
        await self._unwrapping.ask(tenant, {key: wrapped[key] for key in ring.missing})
        return self._keep(self._rings.get(tenant, (ring, 0.0))[0])

    def _reread(self, tenant: TenantId, wrapped: Wrapped, before: Ring | None) -> Ring:
        """The ring of these keys with what is ready of them; the others are missing so far."""
        live = {key: text for key, text in wrapped.items() if text and self._uses.includes(key)}
        ciphers = _kept(before.ciphers, live) if before is not None else {}
        recipients = _kept(before.recipients, live) if before is not None else {}
        naming = _kept(before.naming, live) if before is not None else {}
        known = before.missing if before is not None else {}
        lacking = live.keys() - ciphers.keys() - recipients.keys() - naming.keys()
        missing = {key: known.get(key, NOT_YET) for key in lacking}
        return Ring(tenant, wrapped, ciphers, recipients, missing, self._metrics, current(wrapped), naming=naming)

    def _arrived(self, tenant: TenantId, found: Unwrapped) -> None:
        """Take over what the key service has answered, as far as the tenant has these keys still."""
        ring, until = self._rings.get(tenant, (None, 0.0))
        if ring is None:
            return
        ours = {key for key, text in found.asked.items() if ring.wrapped.get(key) == text}
        ciphers, recipients, naming = dict(ring.ciphers), dict(ring.recipients), dict(ring.naming)
        for key in ours & found.secrets.keys():
            if key.purpose is KeyPurpose.NAME:
                naming[key] = self._uses.naming(found.secrets[key])
            elif self._uses.recipient is not None and key.purpose is KeyPurpose.SENDER:
                recipients[key] = self._uses.recipient(found.secrets[key])
            else:
                ciphers[key] = self._uses.cipher(found.secrets[key])
        lacking = ring.missing.keys() - ciphers.keys() - recipients.keys() - naming.keys()
        missing = {key: found.missing.get(key, ring.missing[key]) for key in lacking}
        found_ring = replace(ring, ciphers=ciphers, recipients=recipients, missing=missing, naming=naming)
        self._rings[tenant] = found_ring, until

    def _keep(self, ring: Ring) -> Ring:
        self._rings[ring.tenant] = ring, self._steady() + FRESH_S
        self._rings.move_to_end(ring.tenant)
        if len(self._rings) > MAX_RINGS:
            self._offered.pop(self._rings.popitem(last=False)[0], None)
        return ring


def _kept(ready: Mapping[KeyId, _Ready], live: Mapping[KeyId, str]) -> dict[KeyId, _Ready]:
    """Those whose keys still are."""
    return {key: one for key, one in ready.items() if key in live}
