"""Alertmanager is asked beside the turns about alerts that it leaves out, and what it knows is stored.

One request at a time for a tenant; nobody waits for it. What nobody answers is shown as by bodies alone.
"""

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core import engine
from router.core.fold.upstream import Findings, findings
from router.core.model.alert import AlertId, TenantId
from router.core.model.group import AlertGroup
from router.core.model.rules.context import AlertmanagerAccess
from router.core.model.rules.tenant import Tenant
from router.errors import SecretNotFoundError, UnavailableError
from router.observe.incident import Incident
from router.observe.metrics import Metrics
from router.ports.alertmanager import Alertmanager
from router.ports.clock import Clock
from router.ports.state import ApplyResult, GroupStates
from router.ports.tenants import Secrets
from router.roles.beside import Beside
from router.roles.transitions import Change, Transitions

MAX_WAITING: Final = 200
"""Alert groups of one tenant about which Alertmanager is being asked, or is to be; beyond, none is asked about."""


@dataclass
class _Line:
    """Those of one tenant who wait to ask."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    incident: Incident = field(default_factory=Incident)


class Asking:
    """Asks; what this process does not come to the end of is due again by itself."""

    def __init__(
        self,
        alertmanager: Alertmanager,
        secrets: Secrets,
        groups: GroupStates,
        transitions: Transitions,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._alertmanager = alertmanager
        self._secrets = secrets
        self._groups = groups
        self._transitions = transitions
        self._clock = clock
        self._metrics = metrics
        self._beside = Beside()
        self._lines: dict[TenantId, _Line] = {}
        self._waiting = Counter[TenantId]()
        self._log = structlog.get_logger("router.asking")

    def begin(self, tenant: Tenant, group: AlertGroup, wanted: Collection[AlertId]) -> None:
        """Begin to ask about these alerts of a group as it is stored."""
        if tenant.alertmanager is None or self._waiting[tenant.tenant_id] >= MAX_WAITING:
            return
        self._waiting[tenant.tenant_id] += 1
        self._beside.begin(self._find_out(tenant, tenant.alertmanager, group, wanted))

    async def settled(self) -> None:
        """Wait until nobody is being asked."""
        await self._beside.settled()

    async def close(self) -> None:
        """Stop asking."""
        await self._beside.close()

    async def _find_out(
        self, tenant: Tenant, access: AlertmanagerAccess, group: AlertGroup, wanted: Collection[AlertId]
    ) -> None:
        try:
            found = await self._found(tenant, access, group, wanted)
            await self._store(tenant, group, found)
        except UnavailableError as error:
            self._log.warning("alertmanager_answer_waits", tenant=tenant.tenant_id, error=str(error))
        except Exception as error:  # noqa: BLE001 - logged; the group is due again by itself
            self._log.error("asking_failed", tenant=tenant.tenant_id, exc_info=error)
        finally:
            self._waiting[tenant.tenant_id] -= 1
            if self._waiting[tenant.tenant_id] <= 0:
                del self._waiting[tenant.tenant_id]

    async def _found(
        self, tenant: Tenant, access: AlertmanagerAccess, group: AlertGroup, wanted: Collection[AlertId]
    ) -> Findings:
        """What is known; nothing where nobody answers."""
        line = self._lines.setdefault(tenant.tenant_id, _Line())
        async with line.lock:
            now = await self._clock.now()
            try:
                token = await self._secrets.find(tenant.tenant_id, access.token) if access.token else ""
                known = await self._alertmanager.alerts(access, token, dict(group.key.group))
            except (UnavailableError, SecretNotFoundError) as error:
                self._metrics.upstream.asked.labels(outcome="unanswered").inc()
                if line.incident.happens(str(error)):
                    self._log.warning(
                        "alertmanager_not_asked", tenant=tenant.tenant_id, error=str(error), times=line.incident.times
                    )
                return Findings({}, now)
        line.incident.ends()
        self._metrics.upstream.asked.labels(outcome="answered").inc()
        return findings(wanted, known, tenant.ignored_labels, now)

    async def _store(self, tenant: Tenant, group: AlertGroup, found: Findings) -> None:
        """Take the answer in, however often others change the group meanwhile."""
        current: object = group
        while isinstance(current, AlertGroup):
            timing = tenant.timing(current.key.receiver, current.key.path)
            now = await self._clock.now()
            learned = engine.learn(current, found, timing, now)
            applied = await self._transitions.settle(Change(tenant, current, learned), now)
            if applied is ApplyResult.OK:
                return
            if applied is ApplyResult.REBUILD:
                raise UnavailableError(f"Redis holds no data of tenant {tenant.tenant_id!r} any more")
            [current] = await self._groups.load(tenant.tenant_id, [group.key.group_id])
