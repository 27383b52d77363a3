"""The page of one tenant's own metrics, for its own Prometheus: by its token, within its quota of requests."""

import asyncio
from dataclasses import dataclass
from typing import Final

from router.core.budget.quota import Charge, Resource
from router.errors import UnavailableError
from router.http.problems import Problem
from router.http.tenant_metrics import MetricsRequest, Routes, tenant_metrics_routes
from router.observe.exposition import Exposition, exposition
from router.ports.counts import TenantCounts
from router.roles.gateway.accept import Admission, check_sender
from router.roles.gateway.authenticate import Authentication

PATIENCE_S: Final = 5.0
"""Seconds that Redis has to answer; Prometheus waits ten, where nothing else is set."""
_RETRY_AFTER_S: Final = 5


@dataclass(frozen=True, slots=True)
class TenantMetrics:
    """Reads what tenants count of their alerts; whoever may send for a tenant may read it."""

    authentication: Authentication
    admission: Admission
    counts: TenantCounts

    def routes(self) -> Routes:
        """The routes to mount."""
        return tenant_metrics_routes(self.read)

    async def read(self, request: MetricsRequest) -> Exposition:
        """The page of one tenant; an empty one where the tenant counts nothing.

        Raises:
            Problem: why it is refused.
        """
        await check_sender(self.authentication, self.admission, request)
        rules = await self.admission.rules(request.tenant)
        await self.admission.charge(request.tenant, [Charge(Resource.REQUESTS, rules.inbound.requests, 1)])
        metrics = rules.metrics.metrics
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await self.counts.read(request.tenant, [one.metric_id for one in metrics])
        except (UnavailableError, TimeoutError):
            raise Problem(503, "metrics-unavailable", "they cannot be read now; try again", _RETRY_AFTER_S) from None
        return await asyncio.to_thread(exposition, metrics, found, request.headers.get("accept", ""))
