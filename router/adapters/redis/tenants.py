"""Tenants' configurations as immutable documents with an active pointer, and the list of who has one.

A new version is stored before the pointer moves, so readers never see half of one. Every activation gets the next
number of one sequence; whoever remembers the last number it has seen finds what is new. Suspending and resuming a
tenant are announced by the same sequence.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final, NamedTuple

from redis.exceptions import WatchError

from router.adapters.redis import keys
from router.adapters.redis.announcing import announced
from router.adapters.redis.command import COMMANDS
from router.adapters.redis.connection import Connection
from router.adapters.redis.documents import UNPROVEN, config_key, is_unproven, read_active
from router.adapters.redis.generation import read_generation
from router.adapters.redis.holds import Held, HoldRepository, hold_command, release_command
from router.adapters.redis.provenance import dump_provenance, load_provenance, provenance_key
from router.adapters.redis.server import Pipeline
from router.adapters.redis.silences import silences_key, unexpired
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, NEVER, Instant, parse_rfc3339, to_rfc3339
from router.errors import OperationError, UnavailableError
from router.ports.control import KeptVersion
from router.ports.provenance import UNKNOWN, Provenance
from router.ports.tenants import Absence, ActiveDocument

_KEPT: Final = 20
_ATTEMPTS: Final = 10


class _Version(NamedTuple):
    """What is stored of a new version: its document, when it was applied, and where it comes from."""

    text: str
    applied_at: str
    provenance: str


class TenantRepository:
    """All versions of all tenants' configurations, and who is suspended."""

    def __init__(self, connection: Connection) -> None:
        self._redis = connection
        self._holds = HoldRepository(connection)

    async def publish(
        self, tenant: TenantId, text: str, onto: int | None = None, provenance: Provenance = UNKNOWN
    ) -> int:
        """Store the document as the next version and make it the active one; its version.

        An equal document that is active already stays as it is; it is announced again, in case the first time failed.

        Raises:
            OperationError: another version than `onto` (0: none) is active, which whoever asked has not seen.
        """
        version = _Version(text, to_rfc3339(await self._redis.now()), dump_provenance(provenance, text))
        proof = UNPROVEN if await self.absence(tenant) is Absence.LOST else ""
        for _ in range(_ATTEMPTS):
            try:
                return await self._publish(tenant, version, onto, proof)
            except WatchError:
                continue
        raise UnavailableError(f"Redis: the configuration of tenant {tenant!r} is being changed by others")

    async def _publish(self, tenant: TenantId, new: _Version, onto: int | None, proof: str) -> int:
        active_key = keys.tenant_key(tenant, "active")

        async def store(pipeline: Pipeline) -> int:
            await pipeline.watch(active_key)
            active = int(await pipeline.get(active_key) or 0)
            if active and await pipeline.get(config_key(tenant, active)) == new.text:
                version = active
            elif onto in {None, active}:
                version = active + 1
            else:
                raise OperationError(
                    f"tenant {tenant!r} was changed meanwhile: version {active} is active", remedy="try again"
                )
            pipeline.multi()
            if version != active:
                self._note(pipeline, tenant, version, new)
            pipeline.setnx(keys.tenant_key(tenant, "epoch"), f"{proof}{version}")
            pipeline.set(config_key(tenant, version), new.text)
            pipeline.set(active_key, version)
            pipeline.delete(config_key(tenant, version - _KEPT))
            await pipeline.execute()
            return version

        version = await self._redis.atomically(active_key, store)
        await self._holds.follow(tenant)
        await self._redis.ask(COMMANDS.zrem(keys.REMOVED, tenant))
        await self._announce_change(tenant)
        await self._holds.follow(tenant)  # a hold of everybody may have passed over a tenant that nobody knew
        return version

    @staticmethod
    def _note(pipeline: Pipeline, tenant: TenantId, version: int, new: _Version) -> None:
        notes = {keys.tenant_key(tenant, "applied"): new.applied_at, provenance_key(tenant): new.provenance}
        for key, text in notes.items():
            pipeline.hset(key, str(version), text)
            pipeline.hdel(key, str(version - _KEPT))

    async def _announce_change(self, tenant: TenantId) -> None:
        await self._redis.ask(announced(tenant))

    async def remove(self, tenant: TenantId) -> None:
        """Remove every key of the tenant and announce it, noted among the removed ones first: removed, not lost.

        The epoch goes before the rest: from then on nobody stores anything for the tenant.
        """
        await self._redis.ask(COMMANDS.zadd(keys.REMOVED, {tenant: await self._redis.now() // MILLISECOND}))
        first = [keys.tenant_key(tenant, part) for part in ("active", "epoch")]
        await self._redis.ask(COMMANDS.delete(*first))
        await self._announce_change(tenant)
        async for found in self._redis.scan(keys.tenant_key(tenant, "*")):
            await self._redis.ask_all([COMMANDS.unlink(key) for key in found])
        await self._redis.ask(COMMANDS.zrem(keys.TURNS, tenant))

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
        active = int(await self._redis.ask(COMMANDS.get(keys.tenant_key(tenant, "active"))) or 0)
        numbers = range(active, max(0, active - _KEPT), -1)
        texts = await self._redis.ask_all([COMMANDS.get(config_key(tenant, one)) for one in numbers])
        dates, origins = await self._redis.ask_all([
            COMMANDS.hgetall(keys.tenant_key(tenant, "applied")), COMMANDS.hgetall(provenance_key(tenant))
        ])  # fmt: skip
        return [
            KeptVersion(
                number,
                text,
                _instant(dates.get(str(number))),
                number == active,
                load_provenance(origins.get(str(number))),
            )
            for number, text in zip(numbers, texts, strict=True)
            if text is not None
        ]

    async def active(self, tenant: TenantId) -> ActiveDocument | None:
        """The tenant's active document; None for a tenant that has none."""
        version = await self._redis.ask(COMMANDS.get(keys.tenant_key(tenant, "active")))
        if not version:
            return None
        text, suspended, epoch, silences = await self._redis.ask_all([
            COMMANDS.get(config_key(tenant, int(version))),
            COMMANDS.get(keys.tenant_key(tenant, "suspended")),
            COMMANDS.get(keys.tenant_key(tenant, "epoch")),
            COMMANDS.hgetall(silences_key(tenant)),
        ])  # fmt: skip
        if text is None:
            return None
        left = await unexpired(tenant, silences, await self._redis.now())
        return ActiveDocument(tenant, int(version), text, _instant(suspended), is_unproven(epoch), left)

    def active_of(self, tenants: Sequence[TenantId]) -> AsyncIterator[Mapping[TenantId, ActiveDocument | None]]:
        """The active documents of many tenants, some megabytes at a time; left out where Redis does not answer.

        Raises:
            UnavailableError: it answers for none of the next ones.
        """
        return read_active(self._redis, tenants)

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
        entry, removed, stored = await self._redis.ask_all([
            COMMANDS.zscore(keys.TENANTS, tenant),
            COMMANDS.zscore(keys.REMOVED, tenant),
            COMMANDS.get(keys.GENERATION),
        ])  # fmt: skip
        generation = read_generation(stored)
        if removed is not None:
            return Absence.REMOVED
        if entry is not None or generation is None or generation.is_doubtful(await self._redis.now()):
            return Absence.LOST
        return Absence.UNKNOWN


def _instant(text: str | None) -> Instant:
    return parse_rfc3339(text) if text else NEVER
