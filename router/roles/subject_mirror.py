"""The lists of people whose data was erased, kept in the record too, and brought back where Redis has lost them."""

from collections.abc import Iterable

import structlog

from router.control.record.subjects import is_one, to_record, to_redis
from router.core.model.alert import TenantId
from router.ports.subject_copies import LiveSubjects, Parts, RecordedSubjects

_log = structlog.get_logger("router.projector")


class SubjectMirror:
    """Both sides."""

    def __init__(self, recorded: RecordedSubjects, live: LiveSubjects) -> None:
        self._recorded = recorded
        self._live = live

    async def look(self, tenants: Iterable[TenantId]) -> None:
        """Bring both sides of these tenants up to date; one who has no list on either costs one question.

        Raises:
            UnavailableError: the record or Redis does not answer.
        """
        asked = list(tenants)
        known = await self._recorded.tenants() if asked else ()
        for tenant in asked:
            if tenant in known or await self._live.parts(tenant):
                await self._look(tenant)

    async def _look(self, tenant: TenantId) -> None:
        async def compared(recorded: Parts) -> Parts:
            live, now = await self._live.parts(tenant), await self._live.now()
            if not is_one(recorded, live):
                _log.warning("erased_persons_differ", tenant=tenant)
            if missing := to_redis(recorded, live, now):
                await self._live.restore(tenant, missing)
                _log.warning("erased_persons_restored", tenant=tenant, parts=len(missing))
            return to_record(recorded, live, now)

        await self._recorded.compare(tenant, compared)
