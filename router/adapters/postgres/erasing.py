"""The rows of a tenant that is erased: deleted, and certified in the audit log."""

from collections.abc import Iterator
from dataclasses import replace

from router.adapters.postgres.changing import Record
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, to_rfc3339
from router.ports.audit import Action, Difference
from router.ports.erasure import Certificate
from router.ports.record import Attempts, TenantState


class RecordedParts:
    """What the record holds of a tenant; each change with its entry."""

    def __init__(self, record: Record, attempts: Attempts) -> None:
        self._record = record
        self._attempts = attempts

    async def begin(self, tenant: TenantId) -> None:
        """Take no change of the tenant any more."""
        if await self._state(tenant) in {TenantState.ERASING, TenantState.ERASED}:
            return
        async with self._record.changing(tenant, self._attempts(Action.TENANT_ERASE, tenant, "tenant")) as change:
            await change.begin_erasure()

    async def revoke(self, tenant: TenantId) -> None:
        """Revoke all tokens of its senders."""
        if not await self._record.tokens(tenant):
            return
        async with self._record.changing(tenant, self._attempts(Action.TOKEN_REVOKE, tenant, "tokens")) as change:
            await change.revoke_tokens()

    async def delete(self, tenant: TenantId) -> None:
        """Delete its rows, but for those that keep its id from being given again."""
        async with self._record.changing(tenant, self._attempts(Action.TENANT_ERASE, tenant, "rows")) as change:
            await change.erase()

    async def certify(self, certificate: Certificate) -> None:
        """Append the certificate to the audit log, once: with it the tenant is erased for good."""
        tenant = certificate.erasure.tenant
        if await self._state(tenant) is TenantState.ERASED:
            return
        entry = self._attempts(Action.TENANT_ERASED, tenant, "tenant")
        certified = replace(entry, diff=tuple(_differences(certificate)), reason=_messages(certificate))
        async with self._record.changing(tenant, certified) as change:
            await change.set_state(TenantState.ERASED)

    async def _state(self, tenant: TenantId) -> TenantState | None:
        return next((one.state for one in await self._record.standing() if one.tenant == tenant), None)


def _differences(certificate: Certificate) -> Iterator[Difference]:
    for kind in certificate.deleted:
        yield Difference(kind, "stored", None)
    for one in certificate.left:
        until = "" if one.until == NEVER else f", at most until {to_rfc3339(one.until)}"
        yield Difference(one.kind, "stored", f"{one.why}{until}")


def _messages(certificate: Certificate) -> str:
    erasure = certificate.erasure
    return f"{erasure.edited} live messages got their last line, {erasure.unedited} stay as they are"
