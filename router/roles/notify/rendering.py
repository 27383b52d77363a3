"""Render: a claim as a message. An alert must arrive, whatever it says or a template does."""

from collections.abc import Callable
from typing import Final, Protocol

import structlog

from router.core.context.chart import Chart
from router.core.context.context import Context
from router.core.model.alert import TenantId
from router.core.model.changed import replace
from router.core.model.instant import Instant
from router.core.model.key import GroupId
from router.core.render.render import render, render_plain
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from router.observe.metrics import Metrics
from router.ports.tenants import Localizations
from router.roles.notify.in_flight import Delivery
from router.roles.notify.taken import TakenBlocks


class Charts(Protocol):
    """What is known of charts."""

    def chart(self, tenant: TenantId, group: GroupId) -> Chart | None:
        """The newest chart of a group, which its message is about to show; None where there is none."""


class NoCharts:
    """Nothing is."""

    def chart(self, _tenant: TenantId, _group: GroupId) -> Chart | None:
        """None."""
        return None


NO_CHARTS: Final = NoCharts()


class Rendering:
    """Renders claims in their receivers' languages."""

    def __init__(self, localizations: Localizations, metrics: Metrics, charts: Charts = NO_CHARTS) -> None:
        self._localizations = localizations
        self._metrics = metrics
        self._charts = charts
        self.taken = TakenBlocks()
        self._log = structlog.get_logger("router.rendering")

    def render(self, delivery: Delivery, now: Instant) -> SlackMessage | None:
        """The message, the plain one if it fails; None if that fails too."""
        return self._try(render, delivery, now) or self._try(render_plain, delivery, now)

    def _try(
        self, renders: Callable[[RenderRequest], SlackMessage], delivery: Delivery, now: Instant
    ) -> SlackMessage | None:
        claim, tenant, receiver = delivery.claim, delivery.tenant, delivery.policy.receiver
        try:
            localizer = self._localizations.localizer(receiver.locale, tenant.time_zone, receiver.layout)
            group, context = claim.snapshot, self._context(delivery)
            takes = self.taken.of(delivery.request.workspace)
            request = RenderRequest(group, claim.notification, receiver, tenant, localizer, now, context, takes)
            return renders(request)
        except Exception:  # noqa: BLE001 - logged, counted, and answered with the plain message
            self._metrics.render_failures.inc()
            self._log.exception("render_failed", tenant=tenant.tenant_id, group=claim.snapshot.key.group_id)
            return None

    def _context(self, delivery: Delivery) -> Context:
        """What is known beside the alerts, with the newest chart where the message is to show one."""
        claim, tenant = delivery.claim, delivery.tenant
        if not claim.notification.op.shows_group or tenant.prometheus is None:
            return delivery.context
        chart = self._charts.chart(tenant.tenant_id, claim.snapshot.key.group_id)
        return delivery.context if chart is None else replace(delivery.context, chart=chart)
