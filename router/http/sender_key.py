"""`GET /v1/tenants/{tenant}/key` as HTTP: the public keys that a tenant's senders seal with."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from router.core.model.alert import TenantId
from router.http.problems import Problem, as_response
from router.http.protocol import CERTIFICATE

Routes = APIRouter

FRESH_S: Final = 60
"""Seconds for which a sender may use what it was given, without asking again."""


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A request for a tenant's public keys: the tenant of its URL, its headers by lower-case name.

    `certificate` are the DNS names and URIs of the certificate that was shown.
    """

    tenant: TenantId
    headers: Mapping[str, str]
    certificate: frozenset[str] = frozenset()


def sender_key_routes(read: Callable[[KeyRequest], Awaitable[bytes]]) -> Routes:
    """The routes; `read` gives the document or raises Problem."""

    async def get_key(request: Request) -> Response:
        """One document; 304 where the sender has it."""
        shown = request.scope.get("state", {}).get(CERTIFICATE, frozenset())
        try:
            document = await read(KeyRequest(TenantId(request.path_params["tenant"]), request.headers, shown))
        except Problem as problem:
            return as_response(problem)
        tag = f'"{hashlib.sha256(document).hexdigest()[:16]}"'
        headers = {"etag": tag, "cache-control": f"private, max-age={FRESH_S}"}
        if tag in map(str.strip, request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        return Response(document, headers=headers, media_type="application/json")

    routes = APIRouter()
    routes.add_route("/v1/tenants/{tenant}/key", get_key, methods=["GET"])
    return routes
