"""Tenants whose active configuration is not what somebody with a key has applied: named until one is that is."""

from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.observe.problems import TenantProblem, TenantProblems
from router.ports.tenants import ActiveDocument

_REMEDY: Final = (
    "apply its file again, and look who may write there; what is yours and unsigned, `alert-router sign` signs"
)


class UntrustedConfigurations:
    """By the last look at each, and why."""

    def __init__(self, problems: TenantProblems | None) -> None:
        self._problems = problems
        self._why: dict[TenantId, str] = {}
        self._log = structlog.get_logger("router.tenants")

    def note(self, document: ActiveDocument) -> None:
        """Whether this one can be trusted."""
        tenant, why = document.tenant, document.untrusted
        if why is None:
            self.forget(tenant)
        elif self._why.get(tenant) != why:
            self._log.error(
                "configuration_untrusted", tenant=tenant, version=document.version, reason=why, remedy=_REMEDY
            )
            self._why[tenant] = why
            self.remind()

    def forget(self, tenant: TenantId) -> None:
        """The tenant has another one, or none."""
        if self._why.pop(tenant, None) is not None and self._problems is not None:
            self._problems.end(tenant, TenantProblem.CONFIGURATION_UNTRUSTED)

    def remind(self) -> None:
        """They last."""
        if self._problems is not None:
            for tenant, why in self._why.items():
                self._problems.begin(tenant, TenantProblem.CONFIGURATION_UNTRUSTED, why=why)

    def __contains__(self, tenant: TenantId) -> bool:
        """Whether the tenant's active one is not to be trusted."""
        return tenant in self._why
