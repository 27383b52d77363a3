"""Seal each body that a sender hands in, and answer with what the gateway answers; nothing is kept.

A sender is Alertmanager, or whoever sends as it does: it gets 2xx only once the gateway has accepted what was sealed,
and comes again where the gateway would have it come again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.rules.names import is_slug
from router.core.parse.bounds import BodyBounds
from router.core.seal.sent import Suite
from router.http.alerts import AlertsRequest, Routes, alerts_routes
from router.http.problems import Problem
from router.observe.incident import Incidents
from router.observe.metrics import SenderMetrics
from router.ports.sender import SealedBody, SealTo, SenderGateway, Shown
from router.roles.gateway.body import Bodies
from router.roles.gateway.media import check_media_type, is_sealed_body
from router.roles.offload import off_the_loop_if_large
from router.roles.sender.content import Content, content_of
from router.roles.sender.keys import SenderKeys
from router.roles.sender.pinning import Pinning

_NOT_TAKEN: Final = "sealed-not-taken"
_RETRY_AFTER_S: Final = 60
_log = structlog.get_logger("router.sender")


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seals with one suite; `bounds` are those of the gateway and the workers."""

    gateway: SenderGateway
    keys: SenderKeys
    seal_to: SealTo
    pinning: Pinning
    suite: Suite
    bounds: BodyBounds

    async def seal(self, tenant: TenantId, shown: Shown, body: bytes, content: Content) -> SealedBody:
        """A body sealed for a tenant.

        Raises:
            Problem: there is no key to seal with, or none that is pinned.
        """
        keys = self.pinning.chosen(tenant, await self.keys.of(tenant, shown), self.suite)
        try:
            data = await off_the_loop_if_large(body, self.seal_to, keys, self.suite, body)
        except ValueError as error:
            raise Problem(503, "key-unavailable", str(error), _RETRY_AFTER_S) from None
        return SealedBody(data, content.alerts, content.group)

    async def read(self, tenant: TenantId, body: bytes) -> Content:
        """What a body holds.

        Raises:
            Problem: 400 where it is not a webhook, or none of its alerts can be read.
        """
        return await off_the_loop_if_large(body, content_of, tenant, body, self.bounds)


@dataclass(frozen=True, slots=True)
class BesideSender:
    """The HTTP side; `own` gives the header `Authorization` for a sender that has none."""

    sealing: Sealing
    bodies: Bodies
    metrics: SenderMetrics
    own: Callable[[], str]
    troubles: Incidents

    def routes(self) -> Routes:
        """The routes to mount: those of a gateway."""
        return alerts_routes(self.accept)

    def answered(self, status: int) -> None:
        """Count an answer, of whatever path."""
        self.metrics.requests.labels(status=status).inc()

    async def accept(self, request: AlertsRequest) -> int:
        """Seal one webhook body and hand it on; how many alerts the gateway has accepted.

        Raises:
            Problem: why it is refused, here or by the gateway.
        """
        tenant = request.tenant
        try:
            return await self._handed_on(tenant, request)
        except Problem as problem:
            if times := self.troubles.happens(f"{tenant} {problem.name}"):
                _log.warning("not_handed_on", tenant=tenant, status=problem.status, reason=problem.name, times=times)
            raise

    async def _handed_on(self, tenant: TenantId, request: AlertsRequest) -> int:
        _check(request)
        with self.bodies.hand(tenant) as hand:
            body = await hand.read(request.chunks)
            content = await self.sealing.read(tenant, body)
            if not content.alerts:
                return 0
            return await self._posted(tenant, self._shown(request), body, content)

    async def _posted(self, tenant: TenantId, shown: Shown, body: bytes, content: Content) -> int:
        sealed = await self.sealing.seal(tenant, shown, body, content)
        try:
            return await self.sealing.gateway.post(tenant, shown, sealed)
        except Problem as problem:
            if problem.name == _NOT_TAKEN:
                self.sealing.keys.forget(tenant)
            raise

    def _shown(self, request: AlertsRequest) -> Shown:
        headers = request.headers
        authorization = headers.get("authorization", "") or self.own()
        return Shown(authorization, headers.get("traceparent", ""))


def _check(request: AlertsRequest) -> None:
    """Refuse what would not be sealed, or not for a tenant."""
    if not is_slug(request.tenant):
        raise Problem(404, "http-error", "Not Found")
    check_media_type(request.headers, opens=True)
    if is_sealed_body(request.headers):
        raise Problem(415, "not-json", "the body is sealed already: send it to the gateway")
