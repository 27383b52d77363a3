"""Documents compiled in threads, and those that nobody needs checked slowly, so that a broken one is always named."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Final, Generic, TypeVar

import structlog

from router.config.stored import is_of_this_form
from router.core.model.alert import TenantId
from router.errors import ConfigurationError
from router.observe.problems import TenantProblem, TenantProblems
from router.ports.tenants import ActiveDocument
from router.roles.kept import Good

LARGE: Final = 1 << 16
"""Characters of a document that takes long to compile: more than some 20 ms."""
REST: Final = 400
"""What nobody needs is checked in one part of so many of the time, so in a quarter of a percent of a core."""

Rules = TypeVar("Rules")
Load = Callable[[str, int], Rules]
"""Compile a stored text as this version; raises ConfigurationError. It runs in a thread."""


def may_wait(document: ActiveDocument) -> bool:
    """Whether a document is compiled only when it is needed: it is trusted, looks readable, and takes little time."""
    return document.untrusted is None and len(document.text) <= LARGE and is_of_this_form(document.text)


class Compiler(Generic[Rules]):
    """Compiles documents; whatever is wrong with one is logged and counted, and nobody else's trouble."""

    def __init__(self, load: Load[Rules], problems: TenantProblems | None) -> None:
        self._load = load
        self._problems = problems
        self._turn = asyncio.Lock()
        self._log = structlog.get_logger("router.tenants")

    async def compile_new(self, document: ActiveDocument) -> tuple[Good, Rules | None]:
        """A new document packed, and its rules; None if it cannot be compiled."""
        async with self._turn:
            good = await asyncio.to_thread(Good.of, document)
            return good, await asyncio.to_thread(self._compiled, document.tenant, document.text, good.version)

    async def compile(self, tenant: TenantId, good: Good) -> Rules | None:
        """The rules of a text that is kept. Large ones wait for each other, small ones for nobody."""
        async with self._turn if good.size > LARGE else nullcontext():
            return await asyncio.to_thread(lambda: self._compiled(tenant, good.text, good.version))

    def _compiled(self, tenant: TenantId, text: str, version: int) -> Rules | None:
        try:
            return self._load(text, version)
        except ConfigurationError as error:
            self._note_unreadable(tenant, version, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a document does to us, it is that tenant's alone
            self._note_unreadable(tenant, version, repr(error))
        return None

    def _note_unreadable(self, tenant: TenantId, version: int, error: str) -> None:
        self._log.error("configuration_unreadable", tenant=tenant, version=version, error=error)
        if self._problems is not None:
            self._problems.count(tenant, TenantProblem.CONFIGURATION_UNREADABLE)


class Unchecked:
    """Tenants whose configuration nobody has compiled yet, checked one after another with long rests."""

    def __init__(self) -> None:
        self._waiting: deque[TenantId] = deque()
        self._checked: set[TenantId] = set()
        self._news = asyncio.Event()

    def add(self, tenant: TenantId) -> None:
        """The tenant's is to be checked."""
        self._waiting.append(tenant)
        self._news.set()

    def discard(self, tenant: TenantId) -> None:
        """It was compiled for another reason."""
        if self._waiting:
            self._checked.add(tenant)

    async def check(self, work: Callable[[TenantId], Awaitable[None]]) -> None:
        """Check until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._news.wait()
            began = loop.time()
            tenant = self._next()
            if tenant is not None:
                await work(tenant)
                await asyncio.sleep(REST * (loop.time() - began))

    def _next(self) -> TenantId | None:
        while self._waiting:
            tenant = self._waiting.popleft()
            if tenant not in self._checked:
                return tenant
        self._checked.clear()
        self._news.clear()
        return None
