"""Whether workspaces answer in time: noticed while a call is still waiting, and named to the operator."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from router.core.model.alert import TenantId
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.roles.notify.places import Pace, Places


class Watch:
    """Times calls, and keeps the pace of their workspaces."""

    def __init__(self, places: Places, metrics: Metrics) -> None:
        self.places = places
        self._metrics = metrics
        self._log = structlog.get_logger("router.watch")

    @contextmanager
    def over(self, tenant: TenantId, workspace: str) -> Iterator[None]:
        """Around a call."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        timer = loop.call_later(self.places.limits.slow_after_s, self._slow, tenant, workspace)
        try:
            yield
        finally:
            timer.cancel()
            self._answered(tenant, workspace, loop.time() - began)

    def _slow(self, tenant: TenantId, workspace: str) -> None:
        if self._pace(workspace) is not Pace.SLOW:
            self._log.warning("workspace_slow", tenant=tenant, workspace=workspace)
        self.places.slow(workspace, asyncio.get_running_loop().time())
        self._metrics.problems.begin(tenant, TenantProblem.WORKSPACE_SLOW)

    def _answered(self, tenant: TenantId, workspace: str, after_s: float) -> None:
        before = self._pace(workspace)
        self.places.answered(workspace, after_s, asyncio.get_running_loop().time())
        if self._pace(workspace) is Pace.SLOW:
            return
        self._metrics.problems.end(tenant, TenantProblem.WORKSPACE_SLOW)
        if before is Pace.SLOW:
            self._log.info("workspace_in_time_again", tenant=tenant, workspace=workspace)

    def _pace(self, workspace: str) -> Pace:
        return self.places.pace(workspace, asyncio.get_running_loop().time())
