"""The HTTP servers of a role: on ports bound first, answering before all is ready, stopped before what they need."""

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from router.adapters.redis.metrics import RedisTenantCounts
from router.app.compose import Base
from router.app.options import connection_limits, deadlines, server_tls
from router.http.operations import Check, Note, http_app, operations
from router.http.server import HttpServer, ServerOptions
from router.roles.gateway.accept import Gateway
from router.roles.gateway.metrics import TenantMetrics
from router.roles.gateway.sender_key import OfferedKeys, SenderKey


def alerts_server(base: Base, gateway: Gateway, offered: OfferedKeys, listener: socket.socket) -> HttpServer:
    """What senders ask, and what their tenants' Prometheus scrape, and nothing besides.

    Raises:
        ConfigurationError: TLS cannot be set up.
    """
    tls = server_tls(base.settings)
    if tls is not None:
        base.metrics.gateway.expires.set_function(lambda: tls.expires.timestamp())
    options = ServerOptions(
        connections=connection_limits(base.settings),
        deadlines=deadlines(base.settings),
        tls=tls,
        answered=gateway.answered,
        ended=gateway.connection_ended,
    )
    pages = TenantMetrics(gateway.authentication, gateway.admission, RedisTenantCounts(base.redis))
    keys = SenderKey(gateway.authentication, gateway.admission, offered)
    routes = (gateway.routes(), pages.routes(), keys.routes())
    server = HttpServer(http_app(*routes, answered=gateway.answered), listener, options)
    base.metrics.gateway.open.set_function(lambda: server.connections)
    return server


def operations_server(base: Base, checks: Mapping[str, Check], note: Note, listener: socket.socket) -> HttpServer:
    """What operators ask, who need not be let in by the door that senders use."""
    return HttpServer(http_app(operations(checks, base.metrics, note)), listener)


@asynccontextmanager
async def serving(*servers: HttpServer) -> AsyncIterator[None]:
    """Answer from now on, also while nothing is ready yet."""
    try:
        for server in servers:
            await server.start()
        yield
    finally:
        await _stop(servers)


@asynccontextmanager
async def stopped_after(*servers: HttpServer) -> AsyncIterator[None]:
    """Answer no more after the block: before what the answers need is closed."""
    try:
        yield
    finally:
        await _stop(servers)


async def _stop(servers: Sequence[HttpServer]) -> None:
    for server in servers:
        await server.stop()
