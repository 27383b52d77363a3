"""Senders that are not let in: whose tenant they name and why, so that somebody sees why its alerts do not come."""

import structlog

from router.core.model.alert import TenantId
from router.http.problems import Problem
from router.observe.incident import Incidents
from router.roles.rules import KnownTenants

_REFUSED = range(401, 404)


class Strangers:
    """One line a minute for each tenant and reason; anybody may name any tenant, so one that is not there is not."""

    def __init__(self) -> None:
        self._incidents = Incidents()
        self._log = structlog.get_logger("router.gateway")

    def note(self, tenants: KnownTenants, tenant: TenantId, problem: Problem) -> None:
        """Take note of who asked in the tenant's name; engines that do not answer are nobody's fault."""
        if problem.status not in _REFUSED:
            return
        named = tenant if tenant in tenants else ""
        if times := self._incidents.happens(f"{named} {problem.name}"):
            self._log.warning("sender_refused", tenant=named, status=problem.status, reason=problem.name, times=times)
