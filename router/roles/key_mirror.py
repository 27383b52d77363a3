"""Tenants' own keys, wrapped, kept in the record as well, and brought back to a Redis that has lost them."""

from collections.abc import Iterable
from typing import Final, Protocol

import structlog

from router.control.record.keys import to_record, to_redis
from router.core.model.alert import TenantId
from router.ports.sealing import LiveKeys, RecordedKeys, Wrapped

_log = structlog.get_logger("router.projector")


class Mirror(Protocol):
    """What a projector does about what Redis has, and the record only keeps."""

    async def look(self, tenants: Iterable[TenantId]) -> None:
        """Bring both sides of these tenants up to date.

        Raises:
            UnavailableError: the record or Redis does not answer.
        """


class KeyMirror:
    """Both sides."""

    def __init__(self, recorded: RecordedKeys, live: LiveKeys) -> None:
        self._recorded = recorded
        self._live = live

    async def look(self, tenants: Iterable[TenantId]) -> None:
        """See `Mirror`."""
        for tenant in tenants:
            await self._look(tenant)

    async def _look(self, tenant: TenantId) -> None:
        async def compared(recorded: Wrapped) -> Wrapped:
            live = await self._live.of(tenant)
            if missing := to_redis(recorded, live):
                await self._live.put(tenant, missing)
                _log.warning("keys_restored", tenant=tenant, keys=len(missing))
            if new := to_record(recorded, live):
                _log.info("keys_recorded", tenant=tenant, keys=len(new))
            return new

        await self._recorded.compare(tenant, compared)


class Mirrors:
    """Several, one after another."""

    def __init__(self, *mirrors: Mirror) -> None:
        self._mirrors = mirrors

    async def look(self, tenants: Iterable[TenantId]) -> None:
        """See `Mirror`."""
        asked = list(tenants)
        for one in self._mirrors:
            await one.look(asked)


class _NoMirror:
    """Where nobody keeps any of it."""

    async def look(self, tenants: Iterable[TenantId]) -> None:
        """See `Mirror`."""


NO_MIRROR: Final[Mirror] = _NoMirror()
