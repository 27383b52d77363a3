"""Silences whose every change has an entry in the audit log."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import uuid4

from router.control.silences import ListedSilence, SilenceControl, SilenceRequest
from router.core.model.alert import TenantId
from router.core.model.rules.silence import Silence
from router.errors import PayloadError, UnavailableError
from router.ports.audit import Action, Entry, Outcome
from router.ports.control import StoredSilences
from router.ports.record import Attempts

Result = TypeVar("Result")
Note = Callable[[Entry], Awaitable[None]]
"""Appends an entry to the audit log; raises UnavailableError."""


@dataclass(frozen=True, slots=True)
class NotedSilences:
    """The silences of `stored`, changed for one purpose: nothing is stored that is not noted first."""

    stored: StoredSilences
    note: Note
    action: Action
    attempts: Attempts

    async def all_of(self, tenant: TenantId) -> list[Silence]:
        """As the other does."""
        return await self.stored.all_of(tenant)

    async def store(self, tenant: TenantId, silences: Sequence[Silence], forgotten: Collection[str]) -> None:
        """Note it, then store; a second entry follows where that was not possible."""
        entry = self.attempts(self.action, tenant, f"silence/{silences[0].silence_id}")
        await noted(self.note, entry, lambda: self.stored.store(tenant, silences, forgotten))


@dataclass(frozen=True, slots=True)
class NotedSilencing:
    """What may be done with silences, each change noted as what it is; `silences` makes the control for one kind."""

    silences: Callable[[Action], SilenceControl]

    async def add(self, tenant: TenantId, request: SilenceRequest) -> Silence:
        """Store a new silence; raises as `SilenceControl.add`."""
        return await self.silences(Action.SILENCE_ADD).add(tenant, request)

    async def listed(self, tenant: TenantId, *, expired: bool) -> list[ListedSilence]:
        """The silences, by when they end; nothing is noted."""
        return await self.silences(Action.SILENCE_ADD).listed(tenant, expired=expired)

    async def expire(self, tenant: TenantId, silence_id: str) -> bool:
        """End a silence now; raises as `SilenceControl.expire`."""
        return await self.silences(Action.SILENCE_EXPIRE).expire(tenant, silence_id)


async def noted(note: Note, entry: Entry, work: Callable[[], Awaitable[Result]]) -> Result:
    """What the work comes to, which begins once its entry is appended; another entry says where it failed.

    Raises:
        UnavailableError: the entry could not be appended, and nothing was done; or the work failed so.
        PayloadError: the work failed so.
    """
    await note(entry)
    try:
        return await work()
    except (PayloadError, UnavailableError) as error:
        await note(replace(entry, id=str(uuid4()), outcome=Outcome.FAILED, error=str(error)))
        raise
