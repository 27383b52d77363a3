"""Tenants' rules in memory: loaded before work is taken, kept when Redis is away, a second behind at most.

Documents are compiled in a thread, one at a time, so that nobody waits for another tenant's. A document that cannot
be read, say one of a later version, or that is beyond its bounds, leaves the last good one in force. A suspended
tenant keeps its rules: its alerts are taken as ever, only the notifier leaves it alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, Generic, Protocol, Self, TypeVar

import structlog

from router.config.compiler import load_tenant
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER
from router.core.model.tenant import InboundRates, Tenant
from router.errors import ConfigurationError, RebuildError, UnavailableError
from router.observe.problems import TenantProblem, TenantProblems
from router.ports.state import ApplyResult
from router.ports.tenants import ActiveDocument, Tenants
from router.roles.polling import poll

_POLL_S: Final = 0.3

PATIENCE_S: Final = 0.05
"""Seconds that others wait at most for a tenant's document to be compiled: a usual one takes a few milliseconds."""

OnChange = Callable[[TenantId], Awaitable[None]]


class Versioned(Protocol):
    """What a document is compiled to: immutable, with the number of the version in force."""

    @property
    def version(self) -> int:
        """The number that transitions are checked against."""

    def under(self: Self, version: int) -> Self:
        """The same, in force as another version."""


class Limited(Protocol):
    """What a gateway needs of a tenant's rules."""

    @property
    def inbound(self) -> InboundRates:
        """How fast a tenant's senders may post."""


class KnownTenants(Protocol):
    """What a gateway asks the tenants in memory for."""

    def get(self, tenant: TenantId) -> Limited | None:
        """A tenant's rules; None for one without a configuration."""

    def is_unreachable(self, tenant: TenantId) -> bool:
        """Whether the tenant may have a configuration, which Redis has not answered for yet."""

    def __iter__(self) -> Iterator[TenantId]:
        """All tenants known."""


Rules = TypeVar("Rules", bound=Versioned)
Load = Callable[[str, int], Rules]
"""Compile a stored text as this version; raises ConfigurationError. It runs in a thread."""


class ActiveRules(Generic[Rules]):
    """The active configuration of every tenant, as `load` compiles it."""

    def __init__(self, tenants: Tenants, load: Load[Rules], problems: TenantProblems | None = None) -> None:
        self._tenants = tenants
        self._compile = load
        self._problems = problems
        self._active: dict[TenantId, Rules] = {}
        self._documents: dict[TenantId, ActiveDocument] = {}
        self._loading: dict[TenantId, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()
        self._sequence = 0
        self._missed: set[TenantId] = set()
        self._log = structlog.get_logger("router.tenants")
        self.loaded = False

    async def load(self) -> None:
        """Load all that has changed since the last time: at the start, everything.

        Tenants for whom Redis does not answer are tried again the next time; the others' rules hold from now on.

        Raises:
            UnavailableError: it answers for none of them.
        """
        changed, newest = await self._tenants.changed_since(self._sequence)
        wanted = dict.fromkeys([*self._missed, *changed])
        failures = {one: error for one in wanted if (error := await self._failure_to_load(one)) is not None}
        self._missed = set(failures)
        if failures and len(failures) == len(wanted):
            raise next(iter(failures.values()))
        while self._loading:
            await asyncio.wait(list(self._loading.values()))
        self._sequence = newest
        self.loaded = True

    async def _failure_to_load(self, tenant: TenantId) -> UnavailableError | None:
        try:
            if await self.refresh(tenant) is None:
                await self.forget_if_gone(tenant)
        except UnavailableError as error:
            if tenant not in self._missed:
                self._log.warning("configuration_unreachable", tenant=tenant, error=str(error))
            return error
        return None

    async def watch(self, on_change: OnChange) -> None:
        """Follow changes until cancelled; Redis being away changes nothing."""
        announced = {tenant: self._in_force(tenant) for tenant in self}

        async def follow() -> None:
            failure: UnavailableError | None = None
            try:
                await self.load()
            except UnavailableError as error:
                failure = error
            for tenant in self:
                in_force = self._in_force(tenant)
                if _same(in_force, announced.get(tenant)):
                    continue
                try:
                    await on_change(tenant)
                    announced[tenant] = in_force
                except UnavailableError as error:
                    failure = error
            if failure is not None:
                raise failure

        await poll(_POLL_S, follow, "configuration_unreachable")

    async def refresh(self, tenant: TenantId) -> Rules | None:
        """Ask Redis for a tenant's active configuration; None if it has none.

        One that takes long to compile is not waited for: the last good rules hold on under its number until then.
        """
        document = await self._tenants.active(tenant)
        if document is None:
            return None
        before = self._documents.get(tenant)
        if before != document:
            self._documents[tenant] = document
            self._note_suspension(before, document)
        if not _is_text_of(document, before):
            self._keep_last_good(document)
            self._loading[tenant] = asyncio.create_task(self._take_in(document))
        if tenant in self._loading:
            most = PATIENCE_S if tenant in self._active else None
            await asyncio.wait([self._loading[tenant]], timeout=most)
        return self._active.get(tenant)

    async def find(self, tenant: TenantId) -> Rules | None:
        """A tenant's rules; Redis is asked before a tenant is called unknown."""
        return self._active.get(tenant) or await self.refresh(tenant)

    def get(self, tenant: TenantId) -> Rules | None:
        """A tenant's rules as they are in memory."""
        return self._active.get(tenant)

    async def forget_if_gone(self, tenant: TenantId) -> bool:
        """Whether the tenant was removed; not to be confused with a Redis that has lost everything."""
        if await self._tenants.active(tenant) is not None or await self._tenants.is_empty():
            return False
        self._active.pop(tenant, None)
        self._documents.pop(tenant, None)
        return True

    async def is_outdated(self, tenant: TenantId, answer: ApplyResult) -> bool:
        """Whether the tenant's rules are not those that a refused transition was decided by; they are read again.

        Raises:
            RebuildError: Redis has lost the tenant's data.
        """
        if answer is ApplyResult.REBUILD and not await self.forget_if_gone(tenant):
            raise RebuildError(f"Redis holds no data of tenant {tenant!r} any more: apply its configuration again")
        if answer in {ApplyResult.OK, ApplyResult.CONFLICT, ApplyResult.FULL}:
            return False
        await self.refresh(tenant)
        return True

    def is_suspended(self, tenant: TenantId) -> bool:
        """Whether nothing is to be sent for the tenant."""
        document = self._documents.get(tenant)
        return document is not None and document.suspended_since != NEVER

    def is_unreachable(self, tenant: TenantId) -> bool:
        """Whether the tenant may have a configuration, which Redis has not answered for yet."""
        return tenant in self._missed and tenant not in self._active

    @property
    def suspended(self) -> int:
        """How many tenants are suspended."""
        return sum(self.is_suspended(tenant) for tenant in self)

    def is_unreadable(self, tenant: TenantId) -> bool:
        """Whether the tenant has a configuration that this program cannot read, and no earlier one in memory."""
        return tenant in self._documents and tenant not in self._active

    def _in_force(self, tenant: TenantId) -> tuple[Rules | None, bool]:
        return self._active.get(tenant), self.is_suspended(tenant)

    def _note_suspension(self, before: ActiveDocument | None, document: ActiveDocument) -> None:
        if document.suspended_since != (before.suspended_since if before else NEVER):
            event = "tenant_suspended" if document.suspended_since != NEVER else "tenant_resumed"
            self._log.info(event, tenant=document.tenant)

    def _keep_last_good(self, document: ActiveDocument) -> None:
        """The last good rules hold on under the new version's number, which transitions are checked against."""
        good = self._active.get(document.tenant)
        if good is not None:
            self._active[document.tenant] = good.under(document.version)

    def __iter__(self) -> Iterator[TenantId]:
        """All tenants known."""
        return iter(tuple(self._active))

    async def _take_in(self, document: ActiveDocument) -> None:
        """Compile the document; of no use if a newer one came meanwhile, or the tenant was removed."""
        tenant = document.tenant
        async with self._turn:
            compiled = await asyncio.to_thread(self._compiled, document)
        if self._loading.get(tenant) is asyncio.current_task():
            del self._loading[tenant]
        if not _is_text_of(document, self._documents.get(tenant)):
            return
        if compiled is not None:
            self._active[tenant] = compiled
            self._log.info("configuration_loaded", tenant=tenant, version=document.version)

    def _compiled(self, document: ActiveDocument) -> Rules | None:
        try:
            return self._compile(document.text, document.version)
        except ConfigurationError as error:
            self._note_unreadable(document, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a document does to us, it is that tenant's alone
            self._note_unreadable(document, repr(error))
        return None

    def _note_unreadable(self, document: ActiveDocument, error: str) -> None:
        tenant, version = document.tenant, document.version
        self._log.error("configuration_unreadable", tenant=tenant, version=version, error=error)
        if self._problems is not None:
            self._problems.count(tenant, TenantProblem.CONFIGURATION_UNREADABLE)


class ActiveTenants(ActiveRules[Tenant]):
    """All rules of every tenant: what a worker needs."""

    def __init__(
        self, tenants: Tenants, problems: TenantProblems | None = None, load: Load[Tenant] = load_tenant
    ) -> None:
        super().__init__(tenants, load, problems)


def _is_text_of(document: ActiveDocument, newest: ActiveDocument | None) -> bool:
    return newest is not None and (newest.version, newest.text) == (document.version, document.text)


def _same(one: tuple[object, bool], other: tuple[object, bool] | None) -> bool:
    return other is not None and one[0] is other[0] and one[1] == other[1]
