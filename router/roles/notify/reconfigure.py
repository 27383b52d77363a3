"""New configurations: bring what is live up to them, and try again at once what could not be sent under the old."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from router.core.model.alert import TenantId
from router.core.model.key import GroupId
from router.core.model.rules.tenant import Tenant
from router.errors import RouterError, UnavailableError
from router.observe.problems import TenantProblem
from router.ports.clock import Clock
from router.ports.marks import ConfigurationMarks
from router.ports.schedule import Schedule, Turns
from router.roles.notify.due import DueGroups
from router.roles.tenants import ActiveTenants


@dataclass(frozen=True, slots=True)
class Reconfiguration:
    """Applies configurations to live groups, noting by which version a tenant is routed."""

    tenants: ActiveTenants
    due: DueGroups
    schedule: Schedule
    marks: ConfigurationMarks
    turns: Turns
    clock: Clock
    log: structlog.stdlib.BoundLogger = field(
        default_factory=lambda: structlog.get_logger("router.reconfigure"), compare=False, init=False
    )

    async def configuration_changed(self, tenant: TenantId) -> None:
        """Bring a tenant up to its configuration; an error of ours is logged, and the other tenants go on."""
        rules = await self.tenants.known(tenant)
        if rules is None:
            return
        self._forget_channels(rules)
        try:
            await self._reconfigure(rules)
        except RouterError:
            raise
        except Exception:
            self.log.exception("reconfiguration_failed", tenant=tenant)
        await self.turns.offer({tenant: await self.clock.now()})

    def _forget_channels(self, rules: Tenant) -> None:
        """A channel that no receiver names any more is nobody's problem; a label may name any."""
        receivers = rules.receivers.values()
        if any(one.channel_label is not None for one in receivers):
            return
        named = {channel for one in receivers for channel in one.channels}
        self.due.metrics.problems.end_elsewhere(rules.tenant_id, TenantProblem.CHANNEL_DEAD, named)

    async def finish(self, tenant: TenantId, routed: int) -> None:
        """Go on where no worker lived to the end of a change; `routed` is the version that all is routed by.

        A tenant for whom Redis does not answer is left to the next time.
        """
        version = self.tenants.rules_version(tenant)
        if version is None or routed >= version:
            return
        try:
            await self.configuration_changed(tenant)
        except UnavailableError as error:
            self.log.warning("reconfiguration_waits", tenant=tenant, error=str(error))

    async def _reconfigure(self, rules: Tenant) -> None:
        """What is not complete is not noted, so that the next sweep finishes it."""
        tenant = rules.tenant_id
        live = await self.schedule.live(tenant)
        complete = await self._state_sources(rules, live)
        if await self.due.reconfigure(rules, live) and complete:
            await self.marks.note_routed(tenant, rules.rules_version)
        now = await self.clock.now()
        for lane in await self.schedule.lanes(tenant):
            await self.schedule.try_lane_at(tenant, lane, now)

    async def _state_sources(self, rules: Tenant, live: Sequence[GroupId]) -> bool:
        """Before anything is decided by new rules; other silences are no reason to."""
        [routed] = await self.marks.routed([rules.tenant_id])
        if routed is not None and routed >= rules.rules_version:
            return True
        return await self.due.state_sources(rules, live)
