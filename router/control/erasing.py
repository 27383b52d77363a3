"""Erase a tenant for good, step by step: each may be done again, so that a run goes on where another ended."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from router.control.kinds.erasing import after_step, certificate, next_step
from router.control.last_edits import LastEdits
from router.control.offboard import Belongings, Offboarding
from router.core.model.alert import TenantId
from router.core.model.instant import Span
from router.ports.clock import Clock
from router.ports.erasure import Certificate, ErasedKeys, ErasedRows, Erasure, Erasures, Step


class Messages(StrEnum):
    """What becomes of live messages."""

    LAST_EDIT = "last_edit"
    AS_THEY_ARE = "as_they_are"


@dataclass(frozen=True, slots=True)
class Erasing:
    """What an erasure needs; `kept` is for how long each topic keeps records, by the setting that names it."""

    offboarding: Offboarding
    erasures: Erasures
    keys: ErasedKeys
    rows: ErasedRows
    last_edits: LastEdits
    clock: Clock
    kept: Mapping[str, Span]

    async def plan(self, tenant: TenantId) -> Belongings | Erasure:
        """What would go; of an erasure that was begun how far that has come.

        Raises:
            OperationError: nothing is stored of this tenant.
        """
        return await self.erasures.find(tenant) or await self.offboarding.belongings(tenant)

    async def erase(self, tenant: TenantId, messages: Messages = Messages.LAST_EDIT) -> Certificate:
        """Erase it, or go on with that; what is certified once it is over, also of a tenant that was erased before.

        Raises:
            UnavailableError: something does not answer: what is done stays done.
            OperationError: the record alone may write to this Redis.
        """
        erasure = await self.erasures.find(tenant) or Erasure(tenant, await self.clock.now())
        await self.erasures.keep(erasure)
        while (step := next_step(erasure)) is not None:
            done = await self._do(step, erasure, messages)
            erasure = after_step(done, step, await self.clock.now())
            await self.erasures.keep(erasure)
        return certificate(erasure, self.kept, erasure.ended_at)

    async def _do(self, step: Step, erasure: Erasure, messages: Messages) -> Erasure:
        tenant = erasure.tenant
        match step:
            case Step.BEGIN:
                await self.rows.begin(tenant)
            case Step.SUSPEND:
                await self.keys.suspend(tenant)
            case Step.REVOKE:
                await self.rows.revoke(tenant)
                await self.keys.revoke(tenant)
            case Step.LAST_EDIT:
                edits = self.last_edits
                made = await (edits.make(tenant) if messages is Messages.LAST_EDIT else edits.skip(tenant))
                return replace(erasure, edited=made.edited, unedited=made.unedited)
            case Step.ROWS:
                await self.rows.delete(tenant)
            case Step.KEYS:
                await self.keys.delete_keys(tenant)
            case Step.ENTRIES:
                await self.keys.delete_entries(tenant)
            case Step.CERTIFY:
                await self.rows.certify(certificate(erasure, self.kept, await self.clock.now()))
        return erasure
