"""Tenants' configurations in the record. Whom sending stands still for is asked of Redis, where it is in force."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from router.adapters.postgres.changing import Record
from router.adapters.postgres.reading import active_version, all_versions
from router.adapters.postgres.scope import scope
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.ports.audit import Action
from router.ports.control import ConfigurationVersions, KeptVersion, Recorded
from router.ports.provenance import UNKNOWN, Provenance, digest_of
from router.ports.record import Attempts, RecordedVersion
from router.ports.tenants import Absence, ActiveDocument


class RecordedVersions:
    """All versions of all tenants' configurations: the record's, and beside them what `live` holds."""

    def __init__(self, record: Record, live: ConfigurationVersions, attempts: Attempts) -> None:
        self._record = record
        self._live = live
        self._attempts = attempts

    async def publish(
        self, tenant: TenantId, text: str, onto: int | None = None, provenance: Provenance = UNKNOWN
    ) -> int:
        """Store the document as the next version, and make it the active one; its number.

        A document that is active already stays as it is.

        Raises:
            OperationError: another version than `onto` (0: none) is active.
        """
        attempt = self._attempts(Action.TENANT_APPLY, tenant, "configuration")
        entry = replace(attempt, reason=provenance.message or attempt.reason)
        async with self._record.changing(tenant, entry) as change:
            return await change.publish(RecordedVersion(0, text, NEVER, provenance), onto)

    async def remove(self, tenant: TenantId, onto: int | None = None) -> None:
        """Delete the tenant's configurations and secrets, and revoke its tokens.

        Raises:
            ChangedMeanwhileError: another version than `onto` (0: none) is active.
        """
        async with self._record.changing(tenant, self._attempts(Action.TENANT_REMOVE, tenant, "tenant")) as change:
            await change.remove(onto)

    async def versions(self, tenant: TenantId) -> list[KeptVersion]:
        """Every version, newest first."""
        async with scope(self._record.engine, tenant) as connection:
            active = await active_version(connection, tenant)
            found = await all_versions(connection, tenant)
        return [_kept(one, active.number if active else 0) for one in found]

    async def active(self, tenant: TenantId) -> ActiveDocument | None:
        """The tenant's active document; None for a tenant that has none."""
        async with scope(self._record.engine, tenant) as connection:
            active = await active_version(connection, tenant)
        return None if active is None else ActiveDocument(tenant, active.number, active.text)

    async def suspend(self, tenant: TenantId) -> bool:
        """Send nothing for the tenant from now on; False if it was suspended already."""
        return await self._live.suspend(tenant)

    async def resume(self, tenant: TenantId) -> bool:
        """Send for the tenant again; False if it was not suspended."""
        return await self._live.resume(tenant)

    def active_of(self, tenants: Sequence[TenantId]) -> AsyncIterator[Mapping[TenantId, ActiveDocument | None]]:
        """The documents that are in force."""
        return self._live.active_of(tenants)

    async def changed_since(self, sequence: int) -> tuple[list[TenantId], int]:
        """Tenants whose document came into force after that number of the sequence, and the newest number."""
        return await self._live.changed_since(sequence)

    async def held_since(self) -> Instant:
        """Since when sending is on hold for everybody; NEVER while it is not."""
        return await self._live.held_since()

    async def absence(self, tenant: TenantId) -> Absence:
        """Why a tenant has no document in force."""
        return await self._live.absence(tenant)


def _kept(one: RecordedVersion, active: int) -> KeptVersion:
    recorded = Recorded(one.provenance, digest_of(one.text))
    return KeptVersion(one.number, one.text, one.applied_at, one.number == active, recorded)
