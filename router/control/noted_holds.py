"""Sending on hold, each time with an entry in the audit log, for which the hold never waits."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from router.control.hold import HoldControl
from router.control.noted_silences import Note
from router.core.model.alert import TenantId
from router.errors import UnavailableError
from router.ports.audit import Action, Outcome
from router.ports.control import Everybody
from router.ports.record import Attempts

Result = TypeVar("Result")
_EVERY: Final = TenantId("*")


@dataclass(frozen=True, slots=True)
class NotedHolds:
    """As `HoldControl`; what is done is noted once it is, since messages that do harm wait for nothing."""

    holds: HoldControl
    note: Note
    attempts: Attempts

    async def hold(self, tenant: TenantId) -> bool:
        """Begin no call to Slack for a tenant; raises as the other does."""
        return await self._noted(Action.TENANT_SUSPEND, tenant, lambda: self.holds.hold(tenant))

    async def release(self, tenant: TenantId) -> bool:
        """Send for a tenant again; raises as the other does."""
        return await self._noted(Action.TENANT_RESUME, tenant, lambda: self.holds.release(tenant))

    async def hold_everybody(self) -> Everybody:
        """Begin no call to Slack for anybody."""
        return await self._noted(Action.TENANT_SUSPEND, _EVERY, self.holds.hold_everybody)

    async def release_everybody(self) -> Everybody:
        """Send again for all but those who are on hold by themselves."""
        return await self._noted(Action.TENANT_RESUME, _EVERY, self.holds.release_everybody)

    async def _noted(self, action: Action, tenant: TenantId, work: Callable[[], Awaitable[Result]]) -> Result:
        entry = self.attempts(action, tenant, "hold")
        try:
            done = await work()
        except UnavailableError as error:
            await self.note(replace(entry, outcome=Outcome.FAILED, error=str(error)))
            raise
        await self.note(entry)
        return done
