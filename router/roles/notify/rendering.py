"""Render: a claim as a message. An alert must arrive, whatever it says or a template does."""

from collections.abc import Callable

import structlog

from router.core.model.instant import Instant
from router.core.render.render import render, render_plain
from router.core.render.request import RenderRequest
from router.core.slack.message import SlackMessage
from router.observe.metrics import Metrics
from router.ports.tenants import Localizations
from router.roles.notify.in_flight import Delivery


class Rendering:
    """Renders claims in their receivers' languages."""

    def __init__(self, localizations: Localizations, metrics: Metrics) -> None:
        self._localizations = localizations
        self._metrics = metrics
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
            group, context = claim.snapshot, delivery.context
            request = RenderRequest(group, claim.notification, receiver, tenant, localizer, now, context)
            return renders(request)
        except Exception:  # noqa: BLE001 - logged, counted, and answered with the plain message
            self._metrics.render_failures.inc()
            self._log.exception("render_failed", tenant=tenant.tenant_id, group=claim.snapshot.key.group_id)
            return None
