"""`POST /v1/tenants/{tenant}/alerts` as HTTP: what a request brings, and how it is answered."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from router.core.model.alert import TenantId
from router.http.problems import Problem, as_response
from router.http.protocol import CERTIFICATE

Routes = APIRouter

ABORTED: Final = 499
"""The status that nobody gets: the sender went away within its body."""


@dataclass(frozen=True, slots=True)
class AlertsRequest:
    """A request to accept alerts: the tenant of its URL, its headers by lower-case name, its body in chunks.

    `certificate` are the DNS names and URIs of the certificate that its sender has shown.
    """

    tenant: TenantId
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]
    certificate: frozenset[str] = frozenset()


def alerts_routes(accept: Callable[[AlertsRequest], Awaitable[int]]) -> Routes:
    """The routes; `accept` gives the number of alerts accepted or raises Problem."""

    async def post_alerts(request: Request) -> JSONResponse:
        """Accept one webhook body."""
        tenant = TenantId(request.path_params["tenant"])
        shown = request.scope.get("state", {}).get(CERTIFICATE, frozenset())
        try:
            accepted = await accept(AlertsRequest(tenant, request.headers, _chunks(request), shown))
        except Problem as problem:
            return as_response(problem)
        return JSONResponse({"accepted": accepted}, 202)

    routes = APIRouter()
    routes.add_route("/v1/tenants/{tenant}/alerts", post_alerts, methods=["POST"])
    return routes


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise Problem(ABORTED, "body-aborted", "the sender went away within the body") from None
