"""Accept: authenticate the sender, bound the body, append to Kafka, and answer 2xx only then.

The body decides nothing but whether it can be read. A request is refused whole or accepted whole; a bad alert in a
good body is set aside later, by the worker.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.model.alert import TenantId, Webhook
from router.core.model.instant import Instant
from router.core.parse.bounds import DEFAULT_BOUNDS, BodyBounds
from router.core.parse.naming import alert_named_in
from router.core.parse.webhook import parse
from router.errors import PayloadError
from router.http.alerts import AlertsRequest, Routes, alerts_routes
from router.http.problems import Problem
from router.observe.metrics import Metrics
from router.observe.problems import TenantProblem
from router.roles.gateway.append import Inbound, InboundLog
from router.roles.gateway.authenticate import Authentication
from router.roles.gateway.quota import Quota
from router.roles.offload import off_the_loop_if_large
from router.roles.tenants import KnownTenants

_BY_STATUS: Final[Mapping[int, TenantProblem]] = {
    400: TenantProblem.BODY_REFUSED,
    403: TenantProblem.NOT_CONFIGURED,
    413: TenantProblem.BODY_REFUSED,
    415: TenantProblem.BODY_REFUSED,
    429: TenantProblem.OVER_QUOTA,
}

_log = structlog.get_logger("router.gateway")


@dataclass(frozen=True, slots=True)
class Admission:
    """What a tenant may hand in: how many alerts, by its configuration, how many bytes at once, in what sizes."""

    tenants: KnownTenants
    quota: Quota
    max_body: int
    bounds: BodyBounds = DEFAULT_BOUNDS

    async def read(self, request: AlertsRequest) -> bytes:
        """The body.

        Raises:
            Problem: 413 when it is too large.
        """
        too_large = Problem(413, "body-too-large", f"a body may have {self.max_body} bytes")
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self.max_body:
            raise too_large
        body = bytearray()
        async for chunk in request.chunks:
            body += chunk
            if len(body) > self.max_body:
                raise too_large
        return bytes(body)

    def check_quota(self, tenant: TenantId, alerts: int) -> None:
        """Take the alerts from the tenant's quota.

        Raises:
            Problem: 403 without a configuration, 429 over quota.
        """
        rules = self.tenants.get(tenant)
        if rules is None:
            raise Problem(403, "tenant-not-configured", "the tenant has no configuration; apply one first")
        wait = self.quota.take(tenant, rules.inbound, alerts)
        if wait:
            raise Problem(429, "quota-exceeded", "the tenant sends more alerts than its quota allows", wait)


@dataclass(frozen=True, slots=True)
class Gateway:
    """The HTTP side of a gateway process; `wall_clock` stamps what is received."""

    authentication: Authentication
    admission: Admission
    inbound: InboundLog
    wall_clock: Callable[[], Instant]
    metrics: Metrics

    def routes(self) -> Routes:
        """The routes to mount."""
        return alerts_routes(self.accept, lambda status: self.metrics.requests.labels(status=status).inc())

    async def accept(self, request: AlertsRequest) -> int:
        """Accept one webhook body; how many alerts it holds.

        Raises:
            Problem: why it is refused.
        """
        tenant, headers, body = request.tenant, request.headers, b""
        await self.authentication.check(tenant, headers.get("authorization", ""))
        try:
            _check_media_type(headers)
            body = await self.admission.read(request)
            return await self._admit(tenant, body, headers.get("traceparent", ""))
        except Problem as problem:
            self._note_refused(tenant, problem, alert_named_in(body))
            raise

    async def _admit(self, tenant: TenantId, body: bytes, trace: str) -> int:
        received = self.wall_clock()
        webhook = await off_the_loop_if_large(body, _parse, body, received, self.admission.bounds)
        if not webhook.alerts:
            return 0
        self.admission.check_quota(tenant, len(webhook.alerts) + len(webhook.rejected))
        await self.inbound.append(Inbound(tenant, body, webhook, received, trace))
        return len(webhook.alerts)

    def _note_refused(self, tenant: TenantId, problem: Problem, alert: str) -> None:
        """What a tenant's own sender does wrong; a Kafka that is away is nobody's fault there."""
        kind = _BY_STATUS.get(problem.status)
        if kind is not None:
            self.metrics.problems.count(tenant, kind)
            _log.warning("body_refused", tenant=tenant, alert=alert, status=problem.status, reason=problem.name)


def _check_media_type(headers: Mapping[str, str]) -> None:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(415, "not-json", "send the header Content-Type: application/json")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "encoded-body", "send the body without Content-Encoding")


def _parse(body: bytes, received: Instant, bounds: BodyBounds) -> Webhook:
    try:
        webhook = parse(body, received, bounds)
    except PayloadError as error:
        raise Problem(400, error.reason.replace("_", "-"), str(error)) from None
    if webhook.rejected and not webhook.alerts:
        first = webhook.rejected[0].error
        raise Problem(400, "no-readable-alert", f"no alert of the body can be read; the first: {first}")
    return webhook
