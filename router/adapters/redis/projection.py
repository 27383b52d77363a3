"""What the record wants comes to Redis, tenant by tenant, fenced by generations.

A tenant has keys in two slots, its own and the index's, and a fence in each. Whoever comes late with an older
generation changes nothing, and what somebody else has written is reported as drift and left as it is.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from router.adapters.redis import keys
from router.adapters.redis.announcing import announced
from router.adapters.redis.command import COMMANDS, Command, Script
from router.adapters.redis.connection import Connection
from router.adapters.redis.documents import UNPROVEN
from router.adapters.redis.erasures import ErasureRepository
from router.adapters.redis.holds import HoldRepository
from router.adapters.redis.provenance import dump_provenance
from router.adapters.redis.signatures import NOTHING_SIGNED, Signatures
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.adapters.redis.versions import KEPT, StoredVersion, beside_keys
from router.core.cell import NO_CELL, CellName
from router.core.model.alert import TenantId
from router.core.model.instant import MILLISECOND, to_rfc3339
from router.ports.record import Fences, RecordedVersion, TenantState, Verdict, Wanted
from router.ports.tenants import Absence

_TENANT: Final = Script("project")
_INDEX: Final = Script("project_index")
_TOGETHER: Final = 500
_ACCEPT: Final = "accept"
_DISOWNED: Final = "disowned"
"""The fingerprint of nothing."""
_STORED: Final = frozenset({Verdict.STORED, Verdict.SAME})


class _Place(StrEnum):
    """Where a tenant is, as its part of the index has it."""

    HERE = "here"
    REMOVED = "removed"
    ELSEWHERE = "elsewhere"
    LEAVING = "leaving"


class RedisProjection:
    """Redis, as projectors write it."""

    def __init__(self, connection: Connection, signatures: Signatures = NOTHING_SIGNED) -> None:
        self._redis = connection
        self._signatures = signatures
        self._tenants = TenantRepository(connection, signatures)
        self._tokens = TokenRepository(connection, signatures)
        self._holds = HoldRepository(connection)
        self._erasures = ErasureRepository(connection)

    async def managed_by(self) -> str:
        """The id of the record that this Redis is a projection of; "" for none."""
        return await self._redis.ask(COMMANDS.get(keys.MANAGED)) or ""

    async def claim(self, installation: str, cell: CellName = NO_CELL) -> bool:
        """Make it a projection of this record, of a cell's tenants; False, and nothing done, if it is another.

        One that was claimed before there were cells is of none.
        """
        if cell and not await self.managed_by():
            await self._redis.ask(COMMANDS.setnx(keys.CELL, cell))
        await self._redis.ask(COMMANDS.setnx(keys.MANAGED, installation))
        return await self.managed_by() == installation and await self.cell() == cell

    async def cell(self) -> CellName:
        """The cell whose tenants are projected here."""
        return CellName(await self._redis.ask(COMMANDS.get(keys.CELL)) or NO_CELL)

    async def fences(self, tenants: Sequence[TenantId]) -> Mapping[TenantId, Fences]:
        """Which generation each tenant's two parts are of; 0 where nothing was projected, or it was lost."""
        found = dict[TenantId, Fences]()
        for start in range(0, len(tenants), _TOGETHER):
            some = tenants[start : start + _TOGETHER]
            index = await self._redis.ask(COMMANDS.hmget(keys.PROJECTED, list(some)))
            own = await self._redis.ask_all([COMMANDS.hget(fence_key(one), "generation") for one in some])
            found |= {
                tenant: Fences(int(one or 0), int((text or "0").partition(":")[0]), bool(text and ":" in text))
                for tenant, one, text in zip(some, own, index, strict=True)
            }
        return found

    async def project(self, wanted: Wanted) -> Verdict:
        """Write what is wanted; what somebody else has written, or a newer projector, stays."""
        return await (self._remove(wanted) if wanted.is_gone else self._store(wanted))

    async def _store(self, wanted: Wanted) -> Verdict:
        tenant = wanted.tenant
        own = Verdict(await self._redis.ask(await self._own_part(wanted)))
        index = Verdict(await self._redis.ask(await self._index_part(wanted, "")))
        if Verdict.STORED in {own, index} or own is index is Verdict.SAME:
            await self._holds.follow(tenant)
            await self._tokens.announce([*(one.digest for one in wanted.tokens), *wanted.revoked])
            await self._redis.ask(announced(tenant))
            await self._holds.follow(tenant)
        return own if own not in _STORED else index

    async def _remove(self, wanted: Wanted) -> Verdict:
        gone_at = str(await self._redis.now() // MILLISECOND)
        verdict = Verdict(await self._redis.ask(await self._index_part(wanted, gone_at)))
        if verdict in _STORED:
            await self._tokens.announce(wanted.revoked)
            await self._tenants.remove(wanted.tenant)
            if wanted.state is TenantState.ERASED:
                await self._erasures.restore(wanted.tenant, await self._redis.now())
        return verdict

    async def leave(self, wanted: Wanted) -> Verdict:
        """Write of a tenant of another cell that it is there, and in which; what else is there of it goes.

        As long as alert groups of it are open, what they need stays; nothing new of it is taken all the same.
        """
        tenant, now = wanted.tenant, str(await self._redis.now() // MILLISECOND)
        leaving = Verdict(await self._redis.ask(_absent(wanted, _Place.LEAVING, now)))
        if leaving is Verdict.STORED:
            await self._redis.ask(announced(tenant))
        if leaving in _STORED and await self._has_open(tenant):
            return Verdict.OPEN
        verdict = leaving
        if leaving in _STORED:
            verdict = Verdict(await self._redis.ask(_absent(wanted, _Place.ELSEWHERE, now)))
        if verdict is Verdict.STORED:
            await self._tenants.remove(tenant)
            if wanted.tokens:
                await self._redis.ask(COMMANDS.hdel(keys.TOKEN_USES, *(one.digest for one in wanted.tokens)))
        return Verdict.ELSEWHERE if verdict in _STORED else verdict

    async def _has_open(self, tenant: TenantId) -> bool:
        return int(await self._redis.ask(COMMANDS.hget(keys.tenant_key(tenant, "size"), "groups")) or 0) > 0

    async def changed_by_others(self, tenants: Sequence[TenantId]) -> list[TenantId]:
        """Of whom Redis holds something else than was projected last, or nothing since somebody removed them."""
        found = list[TenantId]()
        for start in range(0, len(tenants), _TOGETHER):
            some = tenants[start : start + _TOGETHER]
            answers = await self._redis.ask_all([_own(one, 0) for one in some])
            index = await self._redis.ask_all([_index(one, 0) for one in some])
            both = zip(some, answers, index, strict=True)
            found += [one for one, own, beside in both if Verdict.DRIFT in {own, beside}]
        return found

    async def tokens(self) -> Mapping[str, TenantId]:
        """Whose each token is that is good, by its digest."""
        return await self._tokens.all()

    async def accept(self, tenant: TenantId) -> None:
        """What Redis holds of the tenant counts as projected, so that the next generation may replace it."""
        await self._redis.ask(_own(tenant, 0, text=_ACCEPT))
        await self._redis.ask(COMMANDS.hdel(keys.PROJECTED, tenant))

    async def disown(self, tenant: TenantId) -> None:
        """What Redis holds of the tenant counts as written by somebody else, until it is accepted."""
        await self._redis.ask(COMMANDS.hset(fence_key(tenant), "print", _DISOWNED))

    async def note_past(self, tenant: TenantId, by: str) -> None:
        """Note who writes past the record, and why."""
        await self._redis.ask(COMMANDS.hset(fence_key(tenant), "past", by))

    async def noted_past(self, tenant: TenantId) -> str:
        """Who wrote past the record last, and why; "" for nobody."""
        return await self._redis.ask(COMMANDS.hget(fence_key(tenant), "past")) or ""

    async def revive(self, tenant: TenantId, digests: Sequence[str]) -> None:
        """Forget that these tokens were revoked, and that the tenant was removed: the record has them."""
        if digests:
            await self._redis.ask(COMMANDS.zrem(keys.TOKENS_REVOKED, *digests))
        await self._redis.ask(COMMANDS.zrem(keys.REMOVED, tenant))

    async def _own_part(self, wanted: Wanted) -> Command:
        tenant, version = wanted.tenant, wanted.version
        secrets = [part for pair in sorted(wanted.secrets.items()) for part in pair]
        if version is None:
            return _own(tenant, wanted.generation, secrets=secrets)
        proof = UNPROVEN if await self._tenants.absence(tenant) is Absence.LOST else ""
        stored = _stored(version)
        beside = (stored.applied_at, stored.provenance, stored.signed(self._signatures, tenant, version.number))
        epoch = f"{proof}{version.number}"
        arguments = (str(version.number), version.text, *beside, epoch, str(KEPT), *secrets)
        return _script(tenant, wanted.generation, arguments)

    async def _index_part(self, wanted: Wanted, gone_at: str) -> Command:
        written = [
            part for one in wanted.tokens
            for part in (one.digest, self._tokens.written(wanted.tenant, one.digest, one.created_at))
        ]  # fmt: skip
        place = _Place.REMOVED if gone_at else _Place.HERE
        arguments = [place, "", str(len(wanted.revoked)), *wanted.revoked, *written]
        return _index(wanted.tenant, wanted.generation, gone_at, arguments)


def fence_key(tenant: TenantId) -> str:
    """What was projected last of a tenant: its generation, its fingerprint, and who broke the glass since."""
    return keys.tenant_key(tenant, "projected")


def _own(tenant: TenantId, generation: int, text: str = "", secrets: Sequence[str] = ()) -> Command:
    return _script(tenant, generation, ("0", text, "", "", "", "", str(KEPT), *secrets))


def _absent(wanted: Wanted, place: _Place, gone_at: str) -> Command:
    digests = [*(one.digest for one in wanted.tokens), *wanted.revoked]
    arguments = [place, wanted.cell, str(len(digests)), *digests]
    return _index(wanted.tenant, wanted.generation, gone_at, arguments)


def _index(
    tenant: TenantId, generation: int, gone_at: str = "", arguments: Sequence[str] = (_Place.HERE, "", "0")
) -> Command:
    where = [keys.PROJECTED, keys.TOKENS, keys.TOKENS_REVOKED, keys.REMOVED, keys.ELSEWHERE]
    return _INDEX.on(where, [tenant, generation, gone_at, *arguments])


def _script(tenant: TenantId, generation: int, arguments: Sequence[str]) -> Command:
    parts = keys.tenant_keys(tenant, "active", "epoch", "secrets")
    where = [fence_key(tenant), *parts, *beside_keys(tenant)]
    return _TENANT.on(where, [generation, keys.tenant_key(tenant, "config", ""), *arguments])


def _stored(version: RecordedVersion) -> StoredVersion:
    origin = dump_provenance(version.provenance, version.text)
    return StoredVersion(version.text, to_rfc3339(version.applied_at), origin)
