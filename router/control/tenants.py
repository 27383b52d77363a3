"""Tenants' configurations: plan and publish changes, list versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from router.config import stored
from router.config.stored import StoredDocument, pool_of
from router.control.change import Candidate, Change, changed_part, plan_change
from router.control.comparison import Comparison, compared
from router.control.history import HistoryEntry, history_of
from router.control.isolation.kept import Breach, breaches
from router.control.isolation.moving import FREE, Moves
from router.control.isolation.promised import NO_PROMISE, Promise
from router.control.ownership import Claim, check_owner
from router.control.parts import EarlierRules, OnePart
from router.core.budget.ceilings import DEFAULT_CEILINGS, Ceilings
from router.core.cell import NO_CELL
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.core.pool import Pool
from router.diagnostic import one_line
from router.errors import ConfigurationError, OperationError, UnavailableError
from router.ports.control import ConfigurationVersions, KeptVersion, StoredGroups
from router.ports.provenance import UNKNOWN, Part, Provenance
from router.ports.signing import Untrusted
from router.ports.tenants import ActiveDocument


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version of a configuration with the text that its author wrote."""

    kept: KeptVersion
    source_text: str


class TenantControl:
    """What an operator may do with tenants' configurations."""

    def __init__(
        self,
        versions: ConfigurationVersions,
        groups: StoredGroups,
        ceilings: Ceilings = DEFAULT_CEILINGS,
        promise: Promise = NO_PROMISE,
        moves: Moves = FREE,
    ) -> None:
        self._moves = moves
        self._versions = versions
        self._groups = groups
        self._ceilings = ceilings
        self._promise = promise

    async def active(self, tenant: TenantId) -> ActiveDocument:
        """The tenant's active configuration.

        Raises:
            OperationError: it has none.
        """
        active = await self._versions.active(tenant)
        if active is None:
            raise OperationError(
                f"tenant {tenant!r} has no configuration", remedy="`alert-router tenant list` shows all tenants"
            )
        return active

    async def all_active(self) -> list[ActiveDocument]:
        """The active configurations of all tenants, in the order of their names."""
        names, _ = await self._versions.changed_since(0)
        found = {name: one async for some in self._versions.active_of(names) for name, one in some.items()}
        if missing := set(names) - found.keys():
            raise UnavailableError(f"Redis does not answer for {len(missing)} of {len(names)} tenants")
        return [one for name in sorted(names) if (one := found[name]) is not None]

    async def breaches(self) -> list[Breach]:
        """The tenants whose files in force break what is promised of them today.

        Raises:
            UnavailableError: Redis does not answer for all of them.
        """
        return await breaches(await self.all_active(), self._promise)

    async def plan(self, content: StoredDocument, name: str) -> Change:
        """What applying a document would change; nothing is stored. `name` is what the diff calls it."""
        candidate = Candidate.of(content, name)
        return await self._planned(candidate, await self._versions.active(candidate.tenant))

    async def _planned(self, candidate: Candidate, active: ActiveDocument | None) -> Change:
        """What activating a candidate would change.

        Raises:
            ConfigurationError: the operator's part is not what the tenant's level of isolation needs.
            OperationError: it names another cell, and the tenant may not go there now.
        """
        if candidate.platform_text is not None:
            document, text = candidate.content.document, candidate.platform_text
            await self._promise.check(document, text, candidate.name, partial(self._others_in, candidate.tenant))
        await self._moves.check(active, candidate.content.document.platform.cell or NO_CELL)
        return await plan_change(candidate, active, self._groups, self._ceilings)

    async def _others_in(self, tenant: TenantId, pool: Pool) -> list[TenantId]:
        """The other tenants whose active files name a pool."""
        return [one.tenant for one in await self.all_active() if one.tenant != tenant and pool_of(one.text) == pool]

    async def plan_rollback(self, tenant: TenantId, version: int | None = None) -> Change:
        """What activating an earlier version again would change; without `version`, the one before the active one.

        Raises:
            OperationError: that version is not kept, or this program does not accept it as valid any more.
        """
        active = await self.active(tenant)
        earlier = await self._version(tenant, active.version - 1 if version is None else version)
        content = _loaded(tenant, earlier)
        candidate = Candidate(content, earlier.text, f"{tenant} version {earlier.version}", content.source_text)
        return await self._planned(candidate, active)

    async def plan_part(self, part: OnePart) -> Change:
        """What applying one part would change, beside the other part as it is; nothing is stored.

        Raises:
            ConfigurationError: both parts together are not valid.
            OperationError: there is no operator's part to stand beside, or what stands there is not what was applied.
        """
        active = await self._versions.active(part.tenant)
        if active is not None:
            _loaded(part.tenant, await self._version(part.tenant, active.version))
        return await self._planned(part.beside(active), active)

    async def plan_rules_rollback(self, tenant: TenantId, version: int | None = None) -> Change:
        """What the tenant's part of an earlier version would change; the operator's part stays.

        Without `version` it is the newest whose tenant's part is not that of the active version.

        Raises:
            OperationError: that version is not kept, or what it says is not allowed any more.
        """
        active = await self.active(tenant)
        earlier = await (self._other_rules(active) if version is None else self._version(tenant, version))
        return await self.plan_part(EarlierRules(_loaded(tenant, earlier), earlier.version))

    async def _other_rules(self, active: ActiveDocument) -> KeptVersion:
        now = stored.load(active.text)
        for one in await self._versions.versions(active.tenant):
            if changed_part(_loaded(active.tenant, one), now) in {Part.TENANT, Part.BOTH} and not one.active:
                return one
        raise OperationError(
            f"no version of tenant {active.tenant!r} that is kept has another tenant's part",
            remedy=f"`alert-router tenant history {active.tenant}` shows which are kept",
        )

    async def publish(self, change: Change, by: Provenance = UNKNOWN, claim: Claim = Claim.KEEP) -> None:
        """Store a planned change as the next version, with who made it, and make it the active one.

        What is unchanged is published as well: it is not stored again, only announced, in case that failed before.
        Where `by` names no source, it is that of the change: a file, or an earlier version.

        Raises:
            ChangedMeanwhileError: the tenant's configuration was changed since the change was planned.
            OperationError: the active version is of another source, and that is not to be taken over.
        """
        await self.check_source(change, by, claim)
        provenance = replace(by, source=by.source or one_line(change.source), part=change.part)
        await self._versions.publish(change.tenant, change.text, change.before, provenance)

    async def check_source(self, change: Change, by: Provenance, claim: Claim) -> None:
        """Whether a change by somebody may follow what is active.

        Raises:
            OperationError: the active version is of another source, and that is not to be taken over.
        """
        if claim is Claim.KEEP and not change.unchanged:
            kept = await self._versions.versions(change.tenant)
            check_owner(change.tenant, next((one for one in kept if one.active), None), by)

    async def history(self, tenant: TenantId) -> list[HistoryEntry]:
        """The versions that are kept, newest first, and what each of them changed.

        Raises:
            OperationError: the tenant has no configuration.
        """
        await self.active(tenant)
        return history_of(await self._versions.versions(tenant))

    async def show(self, tenant: TenantId, version: int | None = None) -> ShownVersion:
        """A version with its author's text; the active one without `version`.

        Raises:
            OperationError: the tenant has no configuration, or that version is not kept.
            ConfigurationError: this program cannot read it.
        """
        active = await self.active(tenant)
        kept = await self._version(tenant, active.version if version is None else version)
        return ShownVersion(kept, stored.load(kept.text).source_text)

    async def compare(self, tenant: TenantId, before: int, after: int) -> Comparison:
        """What one version that is kept has otherwise than another.

        Raises:
            OperationError: one of them is not kept, or this program does not accept it as valid any more.
        """
        kept = [await self._version(tenant, number) for number in (before, after)]
        one, other = (_loaded(tenant, version) for version in kept)
        return compared((before, one), (after, other))

    async def held_since(self) -> Instant:
        """Since when sending is on hold for everybody; NEVER while it is not."""
        return await self._versions.held_since()

    async def suspended_since(self, tenants: Sequence[TenantId]) -> Mapping[TenantId, Instant]:
        """Since when nothing is sent for each of these tenants; NEVER for those that are served, or not in force.

        Raises:
            UnavailableError: Redis does not answer for all of them.
        """
        found = {name: one async for some in self._versions.active_of(tenants) for name, one in some.items()}
        if missing := set(tenants) - found.keys():
            raise UnavailableError(f"Redis does not answer for {len(missing)} of {len(tenants)} tenants")
        return {name: NEVER if one is None else one.suspended_since for name, one in found.items()}

    async def _version(self, tenant: TenantId, version: int) -> KeptVersion:
        kept = await self._versions.versions(tenant)
        found = next((one for one in kept if one.version == version), None)
        if found is None:
            raise OperationError(
                f"tenant {tenant!r} has no version {version}",
                remedy=f"`alert-router tenant history {tenant}` shows which are kept",
            )
        return found


def _loaded(tenant: TenantId, version: KeptVersion) -> StoredDocument:
    if version.altered:
        raise _not_applied(tenant, version.version, "somebody has changed it in Redis")
    if version.untrusted is not None:
        raise _unsigned(tenant, version.version, version.untrusted)
    try:
        return stored.load(version.text)
    except ConfigurationError as error:
        source = f"version {version.version} of {tenant!r} is no longer valid"
        reasons = [str(replace(one, source=source)) for one in error.diagnostics]
        raise OperationError("\n".join(reasons)) from None


def _unsigned(tenant: TenantId, version: int, why: Untrusted) -> OperationError:
    return _not_applied(tenant, version, f"its signature is missing or wrong ({why})")


def _not_applied(tenant: TenantId, version: int, why: str) -> OperationError:
    return OperationError(
        f"version {version} of {tenant!r} is not what was applied: {why}",
        remedy="apply its file again, both parts, and look who may write there",
    )
