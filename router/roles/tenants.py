"""Tenants' rules in memory: read before work is taken, kept when Redis is away, a second behind at most.

Documents are read many at a time and kept packed; a tenant's is compiled when it is first needed, and again when it
was not needed for long. A new version is compiled at once: one that cannot be read, say of a later release, or that
is beyond its bounds, leaves the last good one in force. Large documents are compiled in a thread, one at a time, so
that nobody waits for another tenant's. A suspended tenant keeps its rules: its alerts are taken as ever, only the
notifier leaves it alone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final, Generic, TypeVar

import structlog

from router.config.compile.tenant import load_tenant
from router.core.model.alert import TenantId
from router.core.model.rules.silence import Silences
from router.core.model.rules.tenant import Tenant
from router.errors import RebuildError, UnavailableError
from router.observe.problems import TenantProblems
from router.ports.state import ApplyResult
from router.ports.tenants import Absence, ActiveDocument, Tenants
from router.roles.changes import Changes, OnChange
from router.roles.compiled import Compiled
from router.roles.compiling import Compiler, Load, Unchecked, may_wait
from router.roles.hold import HoldOfAll
from router.roles.kept import Good, Kept
from router.roles.known_rules import KnownRules
from router.roles.polling import poll
from router.roles.rules import Versioned
from router.roles.uses import Uses

_POLL_S: Final = 0.3
_NAMED: Final = 10

PATIENCE_S: Final = 0.05
"""Seconds that others wait at most for a tenant's document to be compiled: a usual one takes a few milliseconds."""

Rules = TypeVar("Rules", bound=Versioned)


class ActiveRules(KnownRules, Generic[Rules]):
    """The active configuration of every tenant, as `load` compiles it."""

    def __init__(self, tenants: Tenants, load: Load[Rules], problems: TenantProblems | None = None) -> None:
        super().__init__(problems)
        self._tenants = tenants
        self._compiler = Compiler(load, problems)
        self._compiled = Compiled[Rules]()
        self._loading: dict[TenantId, asyncio.Task[None]] = {}
        self._recalled: dict[TenantId, asyncio.Task[None]] = {}
        self._changes = Changes()
        self.hold = HoldOfAll(tenants)
        self.uses = Uses()
        self._unchecked = Unchecked()
        self._log = structlog.get_logger("router.tenants")
        self.loaded = False

    async def load(self) -> None:
        """Load all that has changed since the last time: at the start, everything.

        Tenants for whom Redis does not answer are tried again the next time; the others' rules hold from now on.

        Raises:
            UnavailableError: it answers for none of them.
        """
        (changed, newest), _ = await asyncio.gather(self._tenants.changed_since(self.sequence), self.hold.look())
        wanted = list(dict.fromkeys([*self._missed, *changed]))
        self._note_missed(missed := await self._read(wanted))
        if missed and len(missed) == len(wanted):
            raise UnavailableError(f"Redis does not answer for any of {len(wanted)} tenants")
        while self._loading:
            await asyncio.wait(list(self._loading.values()))
        self._looked(newest)
        if not self.loaded:
            self._log.info("configurations_loaded", tenants=len(self._kept), suspended=len(self.suspended))
        self.loaded = True

    async def _read(self, wanted: Sequence[TenantId]) -> set[TenantId]:
        """Take in what is active of these; for whom Redis has not answered."""
        left = set(wanted)
        with suppress(UnavailableError):
            async for found in self._tenants.active_of(wanted):
                left -= found.keys()
                await self._note_all(found)
        return left

    async def _note_all(self, found: Mapping[TenantId, ActiveDocument | None]) -> None:
        documents = [one for one in found.values() if one is not None]
        at_rest = [one for one in documents if self._is_first_seen(one.tenant) and may_wait(one)]
        packed = await asyncio.to_thread(lambda: [Kept.of(one, Good.of(one)) for one in at_rest])
        for document, kept in zip(at_rest, packed, strict=True):
            if self._kept.get(document.tenant) is None:
                self._keep(document.tenant, kept)
                self._unchecked.add(document.tenant)
        for document in documents:
            self._note(document)
        for tenant in [one for one, document in found.items() if document is None and self._kept.get(one)]:
            await self.forget_if_gone(tenant)

    def _is_first_seen(self, tenant: TenantId) -> bool:
        """Whether the tenant was there before this process was, so that it is not news."""
        return self._kept.get(tenant) is None and (not self.loaded or tenant in self._missed)

    def _note_missed(self, missed: set[TenantId]) -> None:
        if new := missed - self._missed:
            self._log.warning("configuration_unreachable", tenants=len(new), some=sorted(new)[:_NAMED])
        self._missed = missed

    async def watch(self, on_change: OnChange) -> None:
        """Follow changes until cancelled, and check beside it what nobody needs; Redis being away changes nothing.

        Raises:
            RuntimeError: somebody follows them already.
        """
        self._changes.begin()

        async def follow() -> None:
            failure: UnavailableError | None = None
            self._untrusted.remind()
            try:
                await self.load()
            except UnavailableError as error:
                failure = error
            failure = await self._changes.announce(on_change, self.__contains__) or failure
            if failure is not None:
                raise failure

        async with asyncio.TaskGroup() as together:
            together.create_task(self._unchecked.check(self._check))
            await poll(_POLL_S, follow, "configuration_unreachable")

    async def refresh(self, tenant: TenantId) -> Rules | None:
        """Ask Redis for a tenant's active configuration; None if it has none.

        One that takes long to compile is not waited for: the last good rules hold on under its number until then.
        """
        document = await self._tenants.active(tenant)
        if document is None:
            return None
        self._note(document)
        if tenant in self._loading:
            most = PATIENCE_S if self._compiled.get(tenant) is not None else None
            await asyncio.wait([self._loading[tenant]], timeout=most)
        return await self.known(tenant)

    async def find(self, tenant: TenantId) -> Rules | None:
        """A tenant's rules; Redis is asked before a tenant is called unknown."""
        return await self.known(tenant) or await self.refresh(tenant)

    async def known(self, tenant: TenantId) -> Rules | None:
        """A tenant's rules, compiled now where they are not; Redis is not asked."""
        if tenant not in self:
            return None
        self.uses.note(tenant)
        if self._compiled.get(tenant) is None:
            if tenant not in self._recalled:
                self._recalled[tenant] = asyncio.create_task(self._recall(tenant))
            await asyncio.wait([self._recalled[tenant]])
        return self._compiled.get(tenant)

    def get(self, tenant: TenantId) -> Rules | None:
        """A tenant's rules if they are compiled just now."""
        return self._compiled.get(tenant)

    async def is_lost(self, tenant: TenantId) -> bool:
        """Whether a tenant without rules may have had some that Redis has lost."""
        return await self._tenants.absence(tenant) is Absence.LOST

    async def is_erased(self, tenant: TenantId) -> bool:
        """Whether the tenant was erased, or is being: there will be no rules for it any more."""
        return await self._tenants.absence(tenant) is Absence.ERASED

    async def forget_if_gone(self, tenant: TenantId) -> bool:
        """Whether the tenant was removed; what is kept of one that Redis has lost stays."""
        gone = await self._tenants.absence(tenant) in {Absence.REMOVED, Absence.ERASED}
        if not gone or await self._tenants.active(tenant) is not None:
            return False
        self._compiled.drop(tenant)
        self._forget(tenant)
        return True

    async def is_outdated(self, tenant: TenantId, answer: ApplyResult) -> bool:
        """Whether the tenant's rules are not those that a refused transition was decided by; they are read again.

        Raises:
            RebuildError: Redis has lost the tenant's data.
        """
        if answer is ApplyResult.REBUILD and not await self.forget_if_gone(tenant):
            raise RebuildError(f"Redis holds no data of tenant {tenant!r} any more: apply its configuration again")
        if answer in {ApplyResult.OK, ApplyResult.CONFLICT, ApplyResult.FULL, ApplyResult.HELD}:
            return False
        await self.refresh(tenant)
        return True

    def _note(self, document: ActiveDocument) -> None:
        """Take note of what is active; a text that is new, and to be trusted, is compiled from now on."""
        tenant = document.tenant
        self._untrusted.note(document)
        before = self._kept.get(tenant)
        if before is not None and before.is_text_of(document):
            self._keep(tenant, before.as_now(document))
            return
        newest = Kept.of(document, before.good if before else None)
        self._keep(tenant, newest)
        good = self._compiled.get(tenant)
        if good is not None:
            self._compiled.replace(tenant, good.under(document.version))
            self._changes.note(tenant)
        if newest.untrusted:
            return
        self._loading[tenant] = asyncio.create_task(self._take_in(document, newest))

    def _keep(self, tenant: TenantId, kept: Kept) -> None:
        before = self._kept.get(tenant)
        was_suspended, was_unproven = (before.suspended, before.unproven) if before else (False, False)
        if kept.unproven and was_suspended:  # it was suspended before the loss
            kept = replace(kept, suspended=True)
        self._kept.put(tenant, kept)
        if was_unproven and not kept.unproven:
            self._changes.note(tenant)
        if before is not None and before.beside != kept.beside:
            self._complete(tenant, kept)
        if kept.suspended != was_suspended and (before is not None or self.loaded):
            self._changes.note(tenant)
            self._log.info("tenant_suspended" if kept.suspended else "tenant_resumed", tenant=tenant)

    def _complete(self, tenant: TenantId, kept: Kept) -> None:
        """Other silences hold, or other people are hidden, under the same rules: those are not compiled again."""
        if (rules := self._compiled.get(tenant)) is not None:
            self._compiled.replace(tenant, self._completed(rules, kept))
        self._changes.note(tenant)
        silences, erased = len(kept.silences), len(kept.subjects.marks)
        self._log.info("silences_changed", tenant=tenant, silences=silences, erased=erased)

    def _completed(self, rules: Rules, _kept: Kept) -> Rules:
        """Rules with what changes without a new version, for those who need it."""
        return rules

    async def _take_in(self, document: ActiveDocument, newest: Kept) -> None:
        """Compile the document; of no use if a newer one came meanwhile, or the tenant was removed."""
        tenant = document.tenant
        good, rules = await self._compiler.compile_new(document)
        if self._loading.get(tenant) is asyncio.current_task():
            del self._loading[tenant]
        kept = self._kept.get(tenant)
        if rules is None or kept is None or not kept.is_same_text(newest):
            return
        self._kept.put(tenant, kept.with_good(good))
        self._compiled.put(tenant, self._completed(rules, kept), good.size)
        self._changes.note(tenant)
        if self.loaded:
            self._log.info("configuration_loaded", tenant=tenant, version=document.version)

    async def _recall(self, tenant: TenantId) -> None:
        """Compile what is kept of the tenant; of no use if something newer came meanwhile."""
        try:
            kept = self._kept.get(tenant)
            rules = await self._checked(tenant, kept) if kept else None
            current = self._kept.get(tenant)
            if rules is None or current is None or kept is None or current.good is not kept.good or not kept.good:
                return
            rules = rules.under(current.version) if current.version != kept.good.version else rules
            self._compiled.put(tenant, self._completed(rules, current), kept.good.size)
        finally:
            del self._recalled[tenant]

    async def _check(self, tenant: TenantId) -> None:
        """Find out whether a configuration that nobody has needed yet can be compiled."""
        if (kept := self._kept.get(tenant)) is not None and self._compiled.get(tenant) is None:
            await self._checked(tenant, kept)

    async def _checked(self, tenant: TenantId, kept: Kept) -> Rules | None:
        """The rules that are kept; what cannot be compiled is no longer called good."""
        if kept.good is None:
            return None
        rules = await self._compiler.compile(tenant, kept.good)
        self._unchecked.discard(tenant)
        current = self._kept.get(tenant)
        if rules is None and current is not None and current.good is kept.good:
            self._kept.put(tenant, current.with_good(None))
        return rules


class ActiveTenants(ActiveRules[Tenant]):
    """All rules of every tenant: what a worker needs."""

    def __init__(
        self, tenants: Tenants, problems: TenantProblems | None = None, load: Load[Tenant] = load_tenant
    ) -> None:
        super().__init__(tenants, load, problems)

    def _completed(self, rules: Tenant, kept: Kept) -> Tenant:
        """The rules with the tenant's silences, and without people whose data was erased."""
        heard = rules if rules.silences.all == kept.silences else replace(rules, silences=Silences(kept.silences))
        return heard if heard.erased.subjects == kept.subjects else heard.without(kept.subjects)
