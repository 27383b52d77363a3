"""Plan a folder against what is there, and apply a plan exactly: what has moved meanwhile is not touched."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from router.config.parts import is_platform_alone, is_rules_alone, read_platform, read_rules
from router.config.read import TemplateValidator, document_of, parse
from router.config.stored import StoredDocument
from router.control.change import Change
from router.control.gitops.plan import Known, Plan, PlannedTenant, Source, Step, Wish, moved, planned, removals
from router.control.offered import Configurations
from router.control.ownership import Claim, check_owner, owner_of
from router.control.parts import WrittenPlatform, WrittenRules
from router.core.model.alert import TenantId
from router.errors import ChangedMeanwhileError, OperationError, RouterError, UnavailableError
from router.ports.control import KeptVersion
from router.ports.provenance import Provenance


class Removing(Protocol):
    """Deletes tenants."""

    async def delete(self, tenant: TenantId, version: int) -> None:
        """Delete a tenant whose active version is this one.

        Raises:
            ChangedMeanwhileError: it is another one.
        """


class Outcome(StrEnum):
    """What came of a tenant of a plan."""

    DONE = "done"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    """It was changed since it was planned; nothing was done."""
    FAILED = "failed"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Applied:
    """A tenant of a plan, and what came of it."""

    planned: PlannedTenant
    outcome: Outcome
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Applying:
    """What both need."""

    tenants: Configurations
    removing: Removing
    validate_templates: TemplateValidator

    async def plan(self, wishes: Sequence[Wish], made: Plan, prune: "Prune") -> Plan:
        """The plan of these wishes, which nobody else applies; removals come last.

        Raises:
            ConfigurationError: a file is not valid as it would stand there.
            OperationError: a tenant is of another source, and that is not to be taken over; or not allowed.
        """
        by = Provenance(source=made.source.name, source_ref=made.source.ref)
        found = []
        for wish in wishes:
            one = planned(wish, await self._change(wish))
            if one.step is Step.CHANGE and made.claim is Claim.KEEP:
                check_owner(wish.tenant, await self._active(wish.tenant), by)
            found.append(one)
        gone = await self._removals(wishes, made.source) if prune is Prune.OWN else []
        return replace(made, tenants=(*found, *gone))

    async def apply(self, plan: Plan, by: Provenance) -> AsyncIterator[Applied]:
        """Apply a plan: nothing at all if any tenant has moved since, then each tenant by itself.

        A tenant that cannot be changed leaves the others alone; once an engine is away, nothing more is tried.
        """
        current = [(one, await self._now(one)) for one in plan.tenants]
        if any(moved(one, now) for one, (now, _) in current):
            for one, (now, _) in current:
                yield Applied(one, Outcome.MOVED if moved(one, now) else Outcome.NOT_TRIED, _moved_text(one, now))
            return
        away = ""
        for one, (_, change) in current:
            done = (
                await self._done(one, change, by, plan.claim) if not away else Applied(one, Outcome.NOT_TRIED, away)
            )
            away = away or (done.problem if done.outcome is Outcome.NOT_TRIED else "")
            yield done if done.outcome is not Outcome.NOT_TRIED else replace(done, problem=away)

    async def _done(self, one: PlannedTenant, change: Change | None, by: Provenance, claim: Claim) -> Applied:
        if one.step is Step.UNCHANGED:
            return Applied(one, Outcome.UNCHANGED)
        try:
            if change is None:
                await self.removing.delete(one.tenant, one.before)
            else:
                await self.tenants.publish(change, by, claim)
        except ChangedMeanwhileError as error:
            return Applied(one, Outcome.MOVED, str(error))
        except UnavailableError as error:
            return Applied(one, Outcome.NOT_TRIED, str(error))
        except RouterError as error:
            return Applied(one, Outcome.FAILED, str(error))
        return Applied(one, Outcome.DONE)

    async def _now(self, one: PlannedTenant) -> tuple[PlannedTenant, Change | None]:
        """What the same wish comes to by now."""
        if one.step is Step.REMOVE:
            active = await self._active(one.tenant)
            return replace(one, before=active.version if active else 0), None
        wish = Wish(one.tenant, one.file, one.text)
        change = await self._change(wish)
        return planned(wish, change), change

    async def _change(self, wish: Wish) -> Change:
        written = parse(wish.text, wish.file)
        if is_rules_alone(written):
            read_rules(written, wish.tenant, validate_templates=self.validate_templates)
            return await self.tenants.plan_part(WrittenRules(wish.tenant, written))
        if is_platform_alone(written):
            return await self.tenants.plan_part(WrittenPlatform(read_platform(written).tenant, written))
        document = document_of(written, validate_templates=self.validate_templates)
        return await self.tenants.plan(StoredDocument(document, wish.text), wish.file)

    async def _removals(self, wishes: Sequence[Wish], source: Source) -> list[PlannedTenant]:
        wanted = {wish.tenant for wish in wishes}
        others = [one.tenant for one in await self.tenants.all_active() if one.tenant not in wanted]
        known = {}
        for tenant in others:
            active = await self._active(tenant)
            if active is not None:
                known[tenant] = Known(active.version, owner_of(active))
        return removals(known, wanted, source)

    async def _active(self, tenant: TenantId) -> KeptVersion | None:
        try:
            return next((one.kept for one in await self.tenants.history(tenant) if one.kept.active), None)
        except OperationError:
            return None


class Prune(StrEnum):
    """Which tenants that no file has any more are removed."""

    NONE = "none"
    OWN = "own"
    """Those that the same source has applied."""


def _moved_text(then: PlannedTenant, now: PlannedTenant) -> str:
    if not moved(then, now):
        return ""
    active = f"version {now.before} is active" if now.before else "it is not there"
    before = f"of version {then.before}" if then.before else "where there was none"
    return f"it was planned {before}, and by now {active}"
