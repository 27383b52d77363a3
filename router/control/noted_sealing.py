"""Tenants' keys, each change of which has an entry in the audit log."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import uuid4

from router.control.noted_silences import Note
from router.control.sealing import Rotated, SealingControl
from router.core.model.alert import TenantId
from router.core.seal.envelope import KeyId
from router.errors import OperationError, RouterError
from router.ports.audit import Action, Difference, Entry, Outcome
from router.ports.record import Attempts
from router.ports.sealing import Doomed, KeyEntry, Losses

Result = TypeVar("Result")
_KEYS = "keys"


@dataclass(frozen=True, slots=True)
class NotedSealing:
    """As `SealingControl`; what makes or destroys keys is noted before it is done, and again where it failed."""

    sealing: SealingControl
    note: Note
    attempts: Attempts

    async def tenants(self) -> list[TenantId]:
        """The tenants that have keys; nothing is noted."""
        return await self.sealing.tenants()

    async def keys(self, tenant: TenantId) -> list[KeyEntry]:
        """A tenant's keys; nothing is noted."""
        return await self.sealing.keys(tenant)

    async def doomed(self, tenant: TenantId, epoch: int | None, losses: Losses = Losses.REFUSE) -> Doomed:
        """What would be destroyed; nothing is noted. Raises as the other does."""
        return await self.sealing.doomed(tenant, epoch, losses)

    async def rotate(self, tenant: TenantId) -> Rotated:
        """Make the next keys; raises as the other does."""
        entry = self.attempts(Action.SEALING_ROTATE, tenant, _KEYS)
        return await self._noted(entry, lambda: self.sealing.rotate(tenant))

    async def destroy(self, tenant: TenantId, epoch: int | None, losses: Losses = Losses.REFUSE) -> Sequence[KeyId]:
        """Destroy keys, each of which the entry names; raises as the other does."""
        found = await self.sealing.doomed(tenant, epoch, losses)
        gone = tuple(Difference(f"{_KEYS}/{one.purpose}/{one.epoch}", "stored", None) for one in found.keys)
        entry = replace(self.attempts(Action.SEALING_DESTROY, tenant, _KEYS), diff=gone)
        return await self._noted(entry, lambda: self.sealing.destroy(tenant, epoch, losses))

    async def rewrap(self, tenant: TenantId) -> int:
        """Wrap keys again, noted where there were any; raises as the other does."""
        return await self._counted(Action.SEALING_REWRAP, tenant, await self.sealing.rewrap(tenant))

    async def reseal(self, tenant: TenantId) -> int:
        """Seal values again, noted where there were any; raises as the other does."""
        return await self._counted(Action.SEALING_RESEAL, tenant, await self.sealing.reseal(tenant))

    async def _counted(self, action: Action, tenant: TenantId, count: int) -> int:
        if count:
            entry = self.attempts(action, tenant, _KEYS)
            await self.note(replace(entry, diff=(Difference(_KEYS, None, f"{count} again"),)))
        return count

    async def _noted(self, entry: Entry, work: Callable[[], Awaitable[Result]]) -> Result:
        await self.note(entry)
        try:
            return await work()
        except RouterError as error:
            outcome = Outcome.DENIED if isinstance(error, OperationError) else Outcome.FAILED
            await self.note(replace(entry, id=str(uuid4()), outcome=outcome, error=str(error)))
            raise


TenantsKeys = SealingControl | NotedSealing
"""With a record or without."""
