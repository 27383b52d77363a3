"""Accept: authenticate the sender, bound the body, append to Kafka, and answer 2xx only then.

The tenant is the token's, and the URL must name the same; the body decides nothing but whether it can be read. A
request is refused whole or accepted whole; a bad alert in a good body is set aside later, by the worker.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from router.core.model.alert import TenantId, Webhook
from router.core.model.instant import Instant, to_rfc3339
from router.core.parse.webhook import parse
from router.errors import PayloadError, UnavailableError
from router.http.problems import Problem, as_response
from router.observe.telemetry import Metrics
from router.ports import Log
from router.roles.gateway.authenticate import Quota, Senders
from router.roles.offload import off_the_loop_if_large
from router.roles.tenants import Registry

_RETRY_AFTER_S: Final = 5
_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE | re.ASCII)
_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Gateway:
    """The HTTP side of a gateway process."""

    senders: Senders
    registry: Registry
    quota: Quota
    log: Log
    topic: str
    max_body: int
    wall_clock: Callable[[], Instant]
    metrics: Metrics

    def routes(self) -> APIRouter:
        """The routes to mount."""
        router = APIRouter()
        router.add_api_route(
            "/v1/tenants/{tenant}/alerts", self.post_alerts, methods=["POST"], status_code=202, response_model=None
        )
        return router

    async def post_alerts(self, tenant: str, request: Request) -> JSONResponse:
        """Accept one webhook body."""
        try:
            accepted = await self._accept(TenantId(tenant), request)
        except Problem as problem:
            self.metrics.requests.labels(status=problem.status).inc()
            return as_response(problem)
        self.metrics.requests.labels(status=202).inc()
        return JSONResponse({"accepted": accepted}, 202)

    async def _accept(self, tenant: TenantId, request: Request) -> int:
        await self._authenticate(tenant, request)
        _check_media_type(request)
        body = await self._read(request)
        received = self.wall_clock()
        group = await off_the_loop_if_large(body, _parse, body, received)
        if not group.alerts:
            return 0
        self._check_quota(tenant, len(group.alerts) + len(group.rejected))
        await self._append(tenant, request, body, group, received)
        return len(group.alerts)

    async def _authenticate(self, tenant: TenantId, request: Request) -> None:
        match = _BEARER.fullmatch(request.headers.get("authorization", ""))
        if match is None:
            raise Problem(401, "token-missing", "send the header Authorization: Bearer TOKEN")
        try:
            owner = await self.senders.tenant_of(match[1])
        except UnavailableError:
            raise Problem(503, "tokens-unavailable", "tokens cannot be looked up now", _RETRY_AFTER_S) from None
        if owner is None:
            raise Problem(401, "unknown-token", "this token is not known; `alert-router token create` makes one")
        if owner != tenant:
            raise Problem(403, "foreign-tenant", "this token does not belong to the tenant of the URL")

    async def _read(self, request: Request) -> bytes:
        too_large = Problem(413, "body-too-large", f"a body may have {self.max_body} bytes")
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self.max_body:
            raise too_large
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self.max_body:
                raise too_large
        return bytes(body)

    def _check_quota(self, tenant: TenantId, alerts: int) -> None:
        rules = self.registry.get(tenant)
        if rules is None:
            raise Problem(403, "tenant-not-configured", "the tenant has no configuration; apply one first")
        wait = self.quota.take(tenant, rules.inbound, alerts)
        if wait:
            raise Problem(429, "quota-exceeded", "the tenant sends more alerts than its quota allows", wait)

    async def _append(
        self, tenant: TenantId, request: Request, body: bytes, group: Webhook, received: Instant
    ) -> None:
        headers = [
            ("tenant", tenant.encode()),
            ("received_at", to_rfc3339(received).encode()),
            ("content-type", b"application/json"),
        ]
        trace = request.headers.get("traceparent", "")
        if _TRACEPARENT.fullmatch(trace):
            headers.append(("traceparent", trace.encode()))
        key = hashlib.sha256(f"{tenant}/{group.sender_group}".encode()).hexdigest()[:16].encode()
        try:
            await self.log.append(self.topic, body, key, headers)
        except UnavailableError as error:
            structlog.get_logger("router.gateway").warning("append_failed", error=str(error))
            raise Problem(503, "not-accepted", "Kafka cannot take it now; send it again", _RETRY_AFTER_S) from None
        except PayloadError as error:
            raise Problem(413, "body-too-large", str(error)) from None


def _check_media_type(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(415, "not-json", "send the header Content-Type: application/json")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "encoded-body", "send the body without Content-Encoding")


def _parse(body: bytes, received: Instant) -> Webhook:
    try:
        group = parse(body, received)
    except PayloadError as error:
        raise Problem(400, error.reason.replace("_", "-"), str(error)) from None
    if group.rejected and not group.alerts:
        raise Problem(
            400, "no-readable-alert", f"no alert of the body can be read; the first: {group.rejected[0].error}"
        )
    return group
