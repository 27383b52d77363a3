"""Tenants whose data Redis has lost: an operator hears of each once, also where nothing comes in for it."""

from collections.abc import Mapping
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.observe.problems import TenantProblem, TenantProblems
from router.roles.tenants import ActiveTenants

_REMEDY: Final = "apply its configuration again; what came in meanwhile is held, and what was folded is read again"


class LostTenants:
    """Who has lost its data, by the last look at each."""

    def __init__(self, tenants: ActiveTenants, problems: TenantProblems) -> None:
        self._tenants = tenants
        self._problems = problems
        self._lost: set[TenantId] = set()
        self._log = structlog.get_logger("router.recovery")

    async def take_note(self, found: Mapping[TenantId, bool]) -> None:
        """Which of these tenants have no epoch; one that was removed has not lost anything."""
        for tenant, is_lost in found.items():
            if is_lost and not await self._tenants.forget_if_gone(tenant):
                self._problems.begin(tenant, TenantProblem.DATA_LOST)
                if tenant not in self._lost:
                    self._log.error("tenant_data_lost", tenant=tenant, remedy=_REMEDY)
                    self._lost.add(tenant)
            elif tenant in self._lost:
                self._problems.end(tenant, TenantProblem.DATA_LOST)
                self._log.info("tenant_data_back", tenant=tenant)
                self._lost.discard(tenant)

    @property
    def all_lost(self) -> bool:
        """Whether no tenant that is known has its data."""
        return bool(self._lost) and all(tenant in self._lost for tenant in self._tenants)
