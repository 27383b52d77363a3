"""Tenants' configurations as immutable documents with an active pointer, and the list of who has one.

A new version is stored before the pointer moves, so readers never see half of one. Every activation gets the next
number of one sequence; whoever remembers the last number it has seen finds what is new. Suspending and resuming a
tenant are announced by the same sequence.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from redis.exceptions import WatchError

from router.adapters.redis import keys
from router.adapters.redis.announcing import announced
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.documents import (
    UNPROVEN,
    Pointer,
    document_commands,
    is_unproven,
    read_active,
    read_document,
)
from router.adapters.redis.generation import read_generation
from router.adapters.redis.holds import Held, HoldRepository, hold_command, release_command
from router.adapters.redis.provenance import dump_provenance, load_provenance
from router.adapters.redis.server import Pipeline, Work
from router.adapters.redis.signatures import NOTHING_SIGNED, Signatures
from router.adapters.redis.versions import (
    KEPT,
    READ,
    StoredVersion,
    beside_keys,
    config_key,
    note,
    read_version,
    reading,
)
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, NEVER, Instant, parse_rfc3339, to_rfc3339
from router.errors import UnavailableError
from router.ports.control import KeptVersion, check_active
from router.ports.provenance import UNKNOWN, Provenance
from router.ports.record import Permit, anybody
from router.ports.tenants import Absence, ActiveDocument

_ATTEMPTS: Final = 10


class TenantRepository:
    """All versions of all tenants' configurations, and who is suspended."""

    def __init__(
        self, connection: Connection, signatures: Signatures = NOTHING_SIGNED, permit: Permit = anybody
    ) -> None:
        self._redis = connection
        self._permit = permit
        self._signatures = signatures
        self._holds = HoldRepository(connection)

    async def publish(
        self, tenant: TenantId, text: str, onto: int | None = None, provenance: Provenance = UNKNOWN
    ) -> int:
        """Store the document as the next version and make it the active one; its version.

        An equal document that is active already stays as it is; it is signed where it is not, and announced again, in
        case the first time failed.

        Raises:
            ChangedMeanwhileError: another version than `onto` (0: none) is active, which whoever asked has not seen.
        """
        await self._permit(tenant)
        version = StoredVersion(text, to_rfc3339(await self._redis.now()), dump_provenance(provenance, text))
        proof = UNPROVEN if await self.absence(tenant) is Absence.LOST else ""
        return await self._publish(tenant, version, onto, proof)

    async def _publish(self, tenant: TenantId, new: StoredVersion, onto: int | None, proof: str) -> int:
        active_key = keys.tenant_key(tenant, "active")

        async def store(pipeline: Pipeline) -> int:
            await pipeline.watch(active_key)
            active = int(await pipeline.get(active_key) or 0)
            if active and await pipeline.get(config_key(tenant, active)) == new.text:
                version, is_noted = active, await self._is_noted(pipeline, tenant, active, new.text)
            else:
                check_active(tenant, active, onto)
                version, is_noted = active + 1, False
            pipeline.multi()
            if not is_noted:
                note(pipeline, tenant, version, replace(new, signature=new.signed(self._signatures, tenant, version)))
            pipeline.setnx(keys.tenant_key(tenant, "epoch"), f"{proof}{version}")
            pipeline.set(config_key(tenant, version), new.text)
            pipeline.set(active_key, version)
            pipeline.delete(config_key(tenant, version - KEPT))
            await pipeline.execute()
            return version

        version = await self._unless_overtaken(tenant, active_key, store)
        await self._holds.follow(tenant)
        await self._redis.ask(COMMANDS.zrem(keys.REMOVED, tenant))
        await self._announce_change(tenant)
        await self._holds.follow(tenant)  # a hold of everybody may have passed over a tenant that nobody knew
        return version

    async def _is_noted(self, pipeline: Pipeline, tenant: TenantId, version: int, text: str) -> bool:
        """Whether what stands beside the text of a version is what somebody with a key has stored there."""
        stored = StoredVersion(text, *[await pipeline.hget(key, str(version)) or "" for key in beside_keys(tenant)])
        return stored.distrust(self._signatures, tenant, version) is None

    async def _announce_change(self, tenant: TenantId) -> None:
        await self._redis.ask(announced(tenant))

    async def remove(self, tenant: TenantId, onto: int | None = None) -> None:
        """Remove every key of the tenant and announce it, noted among the removed ones first: removed, not lost.

        The epoch goes before the rest: from then on nobody stores anything for the tenant.

        Raises:
            ChangedMeanwhileError: another version than `onto` (0: none) is active.
        """
        await self._permit(tenant)
        if onto is not None:
            check_active(tenant, await self._active_number(tenant), onto)
        await self._redis.ask(COMMANDS.zadd(keys.REMOVED, {tenant: await self._redis.now() // MILLISECOND}))
        if onto is None:
            await self._redis.ask(COMMANDS.delete(*keys.tenant_keys(tenant, "active", "epoch")))
        else:
            await self._remove_active(tenant, onto)
        await self._announce_change(tenant)
        async for found in self._redis.scan(keys.tenant_pattern(tenant)):
            await self._redis.ask_all([COMMANDS.unlink(key) for key in found])
        await self._redis.ask(COMMANDS.zrem(keys.TURNS, tenant))

    async def _remove_active(self, tenant: TenantId, onto: int) -> None:
        """Delete what makes a version the active one, if it still is; else the tenant does not count as removed."""
        active_key, epoch_key = keys.tenant_keys(tenant, "active", "epoch")

        async def delete(pipeline: Pipeline) -> int:
            await pipeline.watch(active_key)
            active = int(await pipeline.get(active_key) or 0)
            pipeline.multi()
            if active == onto:
                pipeline.delete(active_key, epoch_key)
            await pipeline.execute()
            return active

        active = await self._unless_overtaken(tenant, active_key, delete)
        if active not in {0, onto}:
            await self._redis.ask(COMMANDS.zrem(keys.REMOVED, tenant))
        check_active(tenant, active, onto)

    async def _unless_overtaken(self, tenant: TenantId, key: str, work: Work[int]) -> int:
        for _ in range(_ATTEMPTS):
            try:
                return await self._redis.atomically(key, work)
            except WatchError:
                continue
        raise UnavailableError(f"Redis: the configuration of tenant {tenant!r} is being changed by others")

    async def _active_number(self, tenant: TenantId) -> int:
        return int(await self._redis.ask(COMMANDS.get(keys.tenant_key(tenant, "active"))) or 0)

    async def suspend(self, tenant: TenantId) -> bool:
        """Send nothing for the tenant from now on; False if that held already. Announced in either case."""
        changed = await self._redis.ask(hold_command(tenant, Held.TENANT, await self._redis.now()))
        await self._announce_change(tenant)
        return bool(changed)

    async def resume(self, tenant: TenantId) -> bool:
        """Serve the tenant again; False if it was. Announced in either case."""
        changed = await self._redis.ask(release_command(tenant, Held.TENANT, await self._redis.now()))
        await self._announce_change(tenant)
        return bool(changed)

    async def versions(self, tenant: TenantId) -> list[KeptVersion]:
        """Every version that is kept, the newest first, which is the active one."""
        active = await self._active_number(tenant)
        numbers = range(active, max(0, active - KEPT), -1)
        answers = iter(await self._redis.ask_all([command for one in numbers for command in reading(tenant, one)]))
        stored = [read_version([next(answers) for _ in range(READ)]) for _ in numbers]
        return [
            KeptVersion(
                number,
                one.text,
                _instant(one.applied_at),
                number == active,
                load_provenance(one.provenance),
                one.distrust(self._signatures, tenant, number),
            )
            for number, one in zip(numbers, stored, strict=True)
            if one is not None
        ]

    async def active(self, tenant: TenantId) -> ActiveDocument | None:
        """The tenant's active document; None for a tenant that has none."""
        version = await self._active_number(tenant)
        if not version:
            return None
        suspended, epoch, *found = await self._redis.ask_all([
            COMMANDS.get(keys.tenant_key(tenant, "suspended")),
            COMMANDS.get(keys.tenant_key(tenant, "epoch")),
            *document_commands(tenant, version),
        ])  # fmt: skip
        pointer = Pointer(tenant, version, _instant(suspended), is_unproven(epoch))
        return await read_document(pointer, found, self._signatures, await self._redis.now())

    def active_of(self, tenants: Sequence[TenantId]) -> AsyncIterator[Mapping[TenantId, ActiveDocument | None]]:
        """The active documents of many tenants, some megabytes at a time; left out where Redis does not answer.

        Raises:
            UnavailableError: it answers for none of the next ones.
        """
        return read_active(self._redis, tenants, self._signatures)

    async def listed(self) -> list[TenantId]:
        """All tenants that are there or were lost, by name."""
        listed, removed = await self._redis.ask_all([
            COMMANDS.zrange(keys.TENANTS, 0, -1), COMMANDS.zrange(keys.REMOVED, 0, -1)
        ])  # fmt: skip
        return sorted(TenantId(one) for one in {*listed} - {*removed})

    async def changed_since(self, sequence: int) -> tuple[list[TenantId], int]:
        """Tenants activated after that number of the sequence, and the newest number."""
        rows = await self._redis.ask(
            COMMANDS.zrange(keys.TENANTS, f"({sequence}", "+inf", byscore=True, withscores=True)
        )
        return [TenantId(tenant) for tenant, _ in rows], max((int(score) for _, score in rows), default=sequence)

    async def held_since(self) -> Instant:
        """Since when sending is on hold for everybody; NEVER while it is not."""
        return await self._holds.since()

    async def absence(self, tenant: TenantId) -> Absence:
        """Why a tenant has no active document, by what the index holds."""
        entry, removed, erased, stored = await self._redis.ask_all([
            COMMANDS.zscore(keys.TENANTS, tenant),
            COMMANDS.zscore(keys.REMOVED, tenant),
            COMMANDS.hget(keys.ERASED, tenant),
            COMMANDS.get(keys.GENERATION),
        ])  # fmt: skip
        generation = read_generation(stored)
        if erased is not None:
            return Absence.ERASED
        if removed is not None:
            return Absence.REMOVED
        if entry is not None or generation is None or generation.is_doubtful(await self._redis.now()):
            return Absence.LOST
        return Absence.UNKNOWN


def _instant(text: str | None) -> Instant:
    try:
        return parse_rfc3339(text or "")
    except ValueError:
        return NEVER
