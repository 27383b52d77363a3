"""`GET /metrics/tenants/{tenant}` as HTTP: what a tenant's own Prometheus brings, and what it gets."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from router.core.model.alert import TenantId
from router.http.problems import Problem, as_response
from router.http.protocol import CERTIFICATE
from router.observe.exposition import Exposition

Routes = APIRouter


@dataclass(frozen=True, slots=True)
class MetricsRequest:
    """A request for a tenant's metrics: the tenant of its URL, its headers by lower-case name.

    `certificate` are the DNS names and URIs of the certificate that was shown.
    """

    tenant: TenantId
    headers: Mapping[str, str]
    certificate: frozenset[str] = frozenset()


def tenant_metrics_routes(read: Callable[[MetricsRequest], Awaitable[Exposition]]) -> Routes:
    """The routes; `read` gives the page or raises Problem."""

    async def get_metrics(request: Request) -> Response:
        """One page."""
        shown = request.scope.get("state", {}).get(CERTIFICATE, frozenset())
        try:
            page = await read(MetricsRequest(TenantId(request.path_params["tenant"]), request.headers, shown))
        except Problem as problem:
            return as_response(problem)
        return Response(page.body, headers={"content-type": page.content_type})

    routes = APIRouter()
    routes.add_route("/metrics/tenants/{tenant}", get_metrics, methods=["GET"])
    return routes
