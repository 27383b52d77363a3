"""Open what exports a tenant: Redis or the record, and the audit log where one is configured."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.app.auditing import open_audit
from router.app.toolbox import open_offboarding
from router.control.auditing import Export
from router.control.exporting import Exporting
from router.core.model.alert import TenantId
from router.settings import Settings


@asynccontextmanager
async def open_exporting(settings: Settings) -> AsyncIterator[Exporting]:
    """What reads all that is stored of a tenant."""

    @asynccontextmanager
    async def audited(tenant: TenantId) -> AsyncIterator[Export]:
        async with open_audit(settings) as audit, audit.export(tenant) as exported:
            yield exported

    async with open_offboarding(settings) as offboarding:
        yield Exporting(offboarding, audited if settings.audit.url else None)
