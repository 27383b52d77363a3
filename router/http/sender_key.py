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

EARLIER: Final = 3
"""Keys before the current ones that are given out at most, with `?earlier=3`."""
_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A request for a tenant's public keys: the tenant of its URL, its headers by lower-case name.

    `certificate` are the DNS names and URIs of the certificate that was shown; `earlier` is how many keys before the
    current ones are asked for.
    """

    tenant: TenantId
    headers: Mapping[str, str]
    certificate: frozenset[str] = frozenset()
    earlier: int = 0


def sender_key_routes(read: Callable[[KeyRequest], Awaitable[bytes]]) -> Routes:
    """The routes; `read` gives the document or raises Problem."""

    async def get_key(request: Request) -> Response:
        """One document; 304 where the sender has it."""
        shown = request.scope.get("state", {}).get(CERTIFICATE, frozenset())
        try:
            tenant, earlier = TenantId(request.path_params["tenant"]), _earlier(request)
            document = await read(KeyRequest(tenant, request.headers, shown, earlier))
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


def _earlier(request: Request) -> int:
    text = request.query_params.get("earlier", "")
    return min(int(text), EARLIER) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
