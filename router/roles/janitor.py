"""Deletes what was promised to go after a time, and no engine ends by itself.

Silences that are long over go otherwise with the next one that is made, and answers to requests with the next request
that has a key. Any number of these work side by side: what one has deleted another does not count.
"""

from dataclasses import dataclass
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.forgetting import KeptAnswers, KeptSilences, ListedTenants
from router.roles.polling import poll

LOOK_S: Final = 3600.0
"""Seconds between two looks."""

_SILENCES: Final = "silences"
_log = structlog.get_logger("router.janitor")


@dataclass(frozen=True, slots=True)
class Janitor:
    """Looks at all tenants."""

    tenants: ListedTenants
    silences: KeptSilences
    answers: KeptAnswers
    clock: Clock
    metrics: Metrics

    async def run(self) -> None:
        """Look again and again until cancelled."""
        await poll(LOOK_S, self.look, "janitor_waits")

    async def look(self) -> None:
        """Look at all once.

        Raises:
            UnavailableError: an engine does not answer: what was deleted is.
        """
        for tenant in await self.tenants.listed():
            if deleted := await self._forget(tenant):
                self.metrics.outdated_deleted.labels(_SILENCES).inc(deleted)
                _log.info("outdated_deleted", tenant=tenant, kind=_SILENCES, count=deleted)
        await self.answers.forget()

    async def _forget(self, tenant: TenantId) -> int:
        now = await self.clock.now()
        gone = [one.silence_id for one in await self.silences.all_of(tenant) if one.is_due_to_go(now)]
        return await self.silences.forget(tenant, gone) if gone else 0
