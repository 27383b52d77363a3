"""Asks for the charts of groups as they are stored, and has a message edited for a chart that came too late for it.

Nothing here keeps an alert waiting, and no error of it reaches one: what Prometheus does not answer costs the chart.
"""

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

from router.core.context.asked import Asked, asked_of
from router.core.context.chart import Chart
from router.core.model.alert import TenantId
from router.core.model.group import AlertGroup
from router.core.model.key import GroupId
from router.core.model.phase import Idle
from router.core.model.rules.context import PrometheusAccess
from router.core.model.rules.tenant import Tenant
from router.errors import SecretNotFoundError, UnavailableError
from router.observe.metrics import Metrics
from router.ports.clock import Clock
from router.ports.prometheus import Prometheus
from router.ports.tenants import Secrets
from router.roles.beside import Beside
from router.roles.charting.crowd import Crowd
from router.roles.charting.drawing import Drawing, Outcome, draw
from router.roles.charting.illustrating import Illustrating
from router.roles.charting.known import Known, KnownCharts
from router.roles.charting.rests import Rest

AGAIN_S: Final = 15.0
"""Seconds after which a group is asked about again, when it changes."""
AFTER_S: Final = 0.05
"""Seconds for which a question gives way to the call of a group that does not wait, unless that is made before."""
CALL_S: Final = 0.01
"""Seconds after which a message that was written is on its way: what is asked then keeps it no longer."""
MAX_RESTS: Final = 20_000
"""Accesses of which it is remembered how they have answered; beyond, all begin as if nobody had failed."""

_KEEPS: Final = frozenset({Outcome.UNANSWERED, Outcome.UNLISTED, Outcome.RESTING})
"""Without a newer one, what was drawn before stands."""
_RESTING: Final = Drawing(Outcome.RESTING)


@dataclass(slots=True)
class Charting:
    """Hears of each group that is stored; `monotonic` counts seconds and never steps."""

    prometheus: Prometheus
    secrets: Secrets
    illustrating: Illustrating
    clock: Clock
    metrics: Metrics
    monotonic: Callable[[], float] = time.monotonic
    after_s: float = AFTER_S
    call_s: float = CALL_S
    _beside: Beside = field(default_factory=Beside)
    _known: KnownCharts = field(default_factory=KnownCharts)
    _asking: dict[tuple[TenantId, GroupId], asyncio.Event] = field(default_factory=dict)
    """Groups that are being asked about; set once their message is written."""
    _crowd: Crowd = field(default_factory=Crowd)
    _ended: set[tuple[TenantId, GroupId]] = field(default_factory=set)
    """Groups that were over while they were being asked about."""
    _rests: dict[tuple[TenantId, PrometheusAccess], Rest] = field(default_factory=dict)
    _log: structlog.stdlib.BoundLogger = field(default_factory=lambda: structlog.get_logger("router.charting"))

    def look(self, tenant: Tenant, group: AlertGroup) -> None:
        """Begin to ask about a group that was stored, unless that was done a moment ago; never raises."""
        try:
            self._look(tenant, group)
        except Exception as error:  # noqa: BLE001 - logged; no alert may miss its way for a chart
            self._log.error("charting_failed", tenant=tenant.tenant_id, exc_info=error)

    def chart(self, tenant: TenantId, group: GroupId) -> Chart | None:
        """The newest chart of a group, which its message is about to show; None where there is none; never raises."""
        try:
            return self._shown(tenant, group)
        except Exception as error:  # noqa: BLE001 - logged; no message may be lost for a chart
            self._log.error("charting_failed", tenant=tenant, exc_info=error)
            return None

    def _shown(self, tenant: TenantId, group: GroupId) -> Chart | None:
        known = self._known.find(tenant, group)
        if known is None:
            known = Known(-math.inf, is_open=True)
            self._known.add(tenant, group, known)
        known.is_shown, known.shown = True, known.chart
        if (asking := self._asking.get((tenant, group))) is not None:
            asking.set()
        return known.chart

    async def settled(self) -> None:
        """Wait until nobody is being asked."""
        await self._beside.settled()

    async def close(self) -> None:
        """Stop asking."""
        await self._beside.close()

    def _look(self, tenant: Tenant, group: AlertGroup) -> None:
        receiver, owner = tenant.receivers.get(group.key.receiver), tenant.tenant_id
        if tenant.prometheus is None or group.digest is not None or receiver is None:
            return
        if not receiver.chart or receiver.sends_nothing:
            return
        known = self._known.find(owner, group.key.group_id)
        if known is None or known.is_open != group.is_open or self.monotonic() - known.at >= AGAIN_S:
            self._begin(tenant, tenant.prometheus, group)
        elif isinstance(group.phase, Idle) and tenant.context.chart_edit and known.is_late:
            self._beside.begin(self._illustrate(tenant, group.key.group_id))

    def _begin(self, tenant: Tenant, access: PrometheusAccess, stored: AlertGroup) -> None:
        owner, group = tenant.tenant_id, stored.key.group_id
        if (owner, group) in self._asking:
            if not stored.is_open:
                self._ended.add((owner, group))
            return
        if not self._crowd.has_room(owner):
            self._count(Outcome.CROWDED)
        elif self._rest(owner, access).is_on(self.monotonic()):
            self._count(Outcome.RESTING)
        else:
            self._asking[owner, group] = asyncio.Event()
            self._crowd.enter(owner)
            self._beside.begin(self._ask(tenant, access, stored))

    async def _ask(self, tenant: Tenant, access: PrometheusAccess, stored: AlertGroup) -> None:
        group = stored.key.group_id
        try:
            await self._give_way(self._asking[tenant.tenant_id, group])
            is_whole = stored.rev == 1
            await self._asked(tenant, access, stored if is_whole else await self.illustrating.load(tenant, group))
            if (tenant.tenant_id, group) in self._ended:
                await self._asked(tenant, access, await self.illustrating.load(tenant, group))
        except UnavailableError as error:
            self._log.debug("no_chart", tenant=tenant.tenant_id, error=str(error))
        except Exception as error:  # noqa: BLE001 - logged; the group's message goes without
            self._log.error("charting_failed", tenant=tenant.tenant_id, exc_info=error)
        finally:
            del self._asking[tenant.tenant_id, group]
            self._ended.discard((tenant.tenant_id, group))
            self._crowd.leave(tenant.tenant_id)

    async def _give_way(self, written: asyncio.Event) -> None:
        """To the group's own call: the sooner that is made, the less of the next one's time its chart takes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.after_s):
                await written.wait()
                await asyncio.sleep(self.call_s)

    async def _asked(self, tenant: Tenant, access: PrometheusAccess, current: AlertGroup | None) -> None:
        """Find out about a group, all of it, if it is there."""
        if current is None:
            return
        asked = asked_of(current)
        drawing = await self._found(tenant, access, asked) if isinstance(asked, Asked) else Drawing(Outcome.UNDRAWN)
        self._count(drawing.outcome)
        expression = asked.expression if isinstance(asked, Asked) else ""
        known = self._remember(tenant.tenant_id, current, expression, drawing)
        if known.is_late and tenant.context.chart_edit:
            await self._illustrate(tenant, current.key.group_id, current)

    async def _found(self, tenant: Tenant, access: PrometheusAccess, asked: Asked) -> Drawing:
        rest = self._rest(tenant.tenant_id, access)
        async with rest.places:
            return await self._drawn(tenant, access, asked, rest) if rest.ends(self.monotonic()) else _RESTING

    async def _drawn(self, tenant: Tenant, access: PrometheusAccess, asked: Asked, rest: Rest) -> Drawing:
        try:
            token = await self.secrets.find(tenant.tenant_id, access.token) if access.token else ""
            found = await draw(self.prometheus, access, token, asked, await self.clock.now())
        except SecretNotFoundError as error:
            self._log.debug("no_chart", tenant=tenant.tenant_id, error=str(error))
            return Drawing(Outcome.UNANSWERED)
        except UnavailableError as error:
            rest.failed(self.monotonic())
            self._log.debug("no_chart", tenant=tenant.tenant_id, error=str(error))
            return Drawing(Outcome.UNANSWERED)
        rest.answered()
        return found

    def _remember(self, tenant: TenantId, group: AlertGroup, expression: str, drawing: Drawing) -> Known:
        """Without an answer, or a rule, the chart before, of the same expression, is as good as it was."""
        before = self._known.find(tenant, group.key.group_id)
        known = Known(self.monotonic(), group.is_open, expression, drawing.chart)
        if before is not None:
            known.shown, known.is_shown = before.shown, before.is_shown
            if drawing.outcome in _KEEPS and before.expression == expression:
                known.chart = before.chart
        self._known.add(tenant, group.key.group_id, known)
        return known

    async def _illustrate(self, tenant: Tenant, group: GroupId, known: AlertGroup | None = None) -> None:
        """Have the message edited for its chart, where nothing else is about to be shown in it."""
        try:
            await self.illustrating.illustrate(tenant, group, known)
        except UnavailableError as error:
            self._log.debug("no_chart", tenant=tenant.tenant_id, error=str(error))

    def _rest(self, tenant: TenantId, access: PrometheusAccess) -> Rest:
        if len(self._rests) >= MAX_RESTS and (tenant, access) not in self._rests:
            self._rests.clear()
        return self._rests.setdefault((tenant, access), Rest())

    def _count(self, outcome: Outcome) -> None:
        self.metrics.upstream.charts.labels(outcome=outcome).inc()
