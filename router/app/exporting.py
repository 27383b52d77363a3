"""Open what exports a tenant: Redis or the record, and the audit log where one is configured."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.adapters.redis.silences import SilenceRepository
from router.app.auditing import open_audit
from router.app.connections import signatures
from router.app.toolbox import open_offboarding, open_redis
from router.control.auditing import Export
from router.control.exporting import Exporting
from router.core.model.alert import TenantId
from router.settings import Settings


@asynccontextmanager
async def open_exporting(settings: Settings) -> AsyncIterator[Exporting]:
    """What reads what is stored of a tenant."""

    @asynccontextmanager
    async def audited(tenant: TenantId) -> AsyncIterator[Export]:
        async with open_audit(settings) as audit, audit.export(tenant) as exported:
            yield exported

    async with open_offboarding(settings) as offboarding, open_redis(settings) as redis:
        silences = SilenceRepository(redis, signatures(settings))
        yield Exporting(offboarding, silences, audited if settings.audit.url else None)
