"""Take into the record what Redis holds, or give Redis back what is recorded."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from router.control.record.projecting import Drift, ahead, changed, token_drift
from router.core.cell import NO_CELL, CellName
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.core.model.token import ID_LENGTH
from router.errors import OperationError
from router.ports.audit import Action
from router.ports.control import ConfigurationVersions, KeptVersion, StoredTokens
from router.ports.provenance import UNKNOWN
from router.ports.record import (
    Attempts,
    Changing,
    Projection,
    RecordedToken,
    RecordedVersion,
    Recording,
    Standing,
)
from router.ports.secrets import SealedTexts
from router.ports.tenants import Absence

_ANY_NUMBER: Final = 1_000


@dataclass(frozen=True, slots=True)
class Live:
    """What is in force: Redis, as it is read and, where drift is discarded, written."""

    versions: ConfigurationVersions
    tokens: StoredTokens
    secrets: SealedTexts
    projection: Projection


@dataclass(frozen=True, slots=True)
class Status:
    """How the record stands to Redis: whose projection that is, the tenants, and what drifts, with who caused it."""

    managed_by: str
    tenants: Sequence[Standing]
    drift: Sequence[tuple[Drift, str]]
    unrecorded: Sequence[TenantId]
    """Tenants of Redis that the record does not know."""


class Adopting:
    """What an operator may do about the record as a whole."""

    def __init__(
        self, record: Recording, secrets: SealedTexts, live: Live, attempts: Attempts, cell: CellName = NO_CELL
    ) -> None:
        self._cell = cell
        self._record = record
        self._secrets = secrets
        self._live = live
        self._attempts = attempts

    async def status(self) -> Status:
        """How all of it stands."""
        tenants = [one.tenant for one in await self._record.standing()]
        fences = await self._live.projection.fences(tenants)
        standing = await self._record.standing()  # after the fences, so that no change lies between
        found = await self._drift(standing, ahead(standing, fences))
        drift = [(one, await self._live.projection.noted_past(one.tenant)) for one in found]
        known = {one.tenant for one in standing}
        names, _ = await self._live.versions.changed_since(0)
        unknown = [one for one in sorted(set(names) - known) if await self._live.versions.active(one) is not None]
        return Status(await self._live.projection.managed_by(), standing, drift, unknown)

    async def _drift(self, standing: Sequence[Standing], beyond: frozenset[Drift]) -> list[Drift]:
        here = [one for one in standing if one.cell == self._cell]
        there = [one.tenant for one in here if not one.is_gone]
        recorded = {token.digest: one for one in there for token in await self._record.tokens(one)}
        settled = {one.tenant for one in here if one.in_force}
        tokens = token_drift(recorded, await self._live.projection.tokens(), settled)
        return sorted(beyond | tokens | changed(await self._live.projection.changed_by_others(there), beyond))

    async def adopt(self, named: Sequence[TenantId]) -> list[TenantId]:
        """Take what Redis holds into the record: of these tenants, or of all that it does not have or that drift.

        Raises:
            OperationError: Redis holds nothing of a tenant that is named, or what it holds is not what was applied.
        """
        status = await self.status()
        drifting = {one.tenant for one, _ in status.drift}
        tenants = sorted(named or {*status.unrecorded, *drifting})
        known = {one.tenant for one in status.tenants}
        tokens = _by_tenant(await self._live.projection.tokens()) if tenants else {}
        for tenant in tenants:
            await self._take(tenant, known, tokens.get(tenant, set()))
        return tenants

    async def _take(self, tenant: TenantId, known: Collection[TenantId], tokens: Collection[str]) -> None:
        versions = [_recorded(one) for one in reversed(await self._live.versions.versions(tenant))]
        removed = not versions and await self._live.versions.absence(tenant) is Absence.REMOVED
        if not versions and not (removed and tenant in known):
            raise OperationError(f"Redis holds no configuration of tenant {tenant!r}")
        action = Action.DRIFT_ADOPT if tenant in known else Action.TENANT_ADOPT
        past = await self._live.projection.noted_past(tenant)
        entry = replace(self._attempts(action, tenant, "tenant"), reason=past)
        before, live = await self._secrets.of(tenant), await self._live.secrets.of(tenant)
        async with self._record.changing(tenant, entry) as change:
            if removed:
                await change.remove()
            else:
                await self._store(change, versions, is_known=tenant in known)
                await change.seal(before, live)
                await self._follow(change, tenant, tokens)
            await change.touch()
        await self._live.projection.accept(tenant)

    async def _store(self, change: Changing, versions: Sequence[RecordedVersion], *, is_known: bool) -> None:
        if is_known:
            await change.publish(versions[-1])
            return
        await change.begin()
        for one in versions:
            await change.store(one)
        await change.activate(versions[-1].number)

    async def _follow(self, change: Changing, tenant: TenantId, tokens: Collection[str]) -> None:
        recorded = {one.digest for one in await self._record.tokens(tenant)}
        made = {one.id: one.created_at for one in await self._live.tokens.live(tenant)}
        for digest in sorted(set(tokens) - recorded):
            await change.add_token(RecordedToken(digest, made.get(digest[:ID_LENGTH], NEVER)), _ANY_NUMBER)
        for digest in sorted(recorded - set(tokens)):
            await change.revoke_tokens(digest[:ID_LENGTH])

    async def discard(self, tenant: TenantId) -> None:
        """Give Redis back what is recorded of a tenant, in place of what somebody else has written there.

        Raises:
            OperationError: the record does not know the tenant.
        """
        if tenant not in {one.tenant for one in await self._record.standing()}:
            raise OperationError(f"the record holds nothing of tenant {tenant!r}")
        past = await self._live.projection.noted_past(tenant)
        entry = replace(self._attempts(Action.DRIFT_DISCARD, tenant, "tenant"), reason=past)
        recorded = {one.digest for one in await self._record.tokens(tenant)}
        there = {one for one, owner in (await self._live.projection.tokens()).items() if owner == tenant}
        async with self._record.changing(tenant, entry) as change:
            await change.touch()
        for digest in sorted(there - recorded):
            with suppress(OperationError):
                await self._live.tokens.revoke(tenant, digest[:ID_LENGTH])
        await self._live.projection.revive(tenant, sorted(recorded - there))
        await self._live.projection.accept(tenant)


def _by_tenant(tokens: Mapping[str, TenantId]) -> dict[TenantId, set[str]]:
    found: dict[TenantId, set[str]] = {}
    for digest, tenant in tokens.items():
        found.setdefault(tenant, set()).add(digest)
    return found


def _recorded(kept: KeptVersion) -> RecordedVersion:
    if kept.altered or kept.untrusted is not None:
        raise OperationError(
            f"version {kept.version} is not what was applied", remedy="apply its file again, then adopt it"
        )
    made_by = kept.recorded.provenance if kept.recorded else UNKNOWN
    return RecordedVersion(kept.version, kept.text, kept.applied_at, made_by)
