"""The role that brings the record to Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from prometheus_client import CollectorRegistry

from router.adapters.redis.connection import Connection
from router.app.connections import redis_connection
from router.app.serving import serving
from router.app.shutdown import Shutdown, supervised
from router.app.storing import needing_control
from router.control.adopting import Adopting
from router.http.operations import http_app, operations
from router.http.server import HttpServer, bind
from router.observe.metrics import Metrics
from router.settings import Settings


async def run_projector(settings: Settings, shutdown: Shutdown) -> None:
    """A projector until SIGTERM; ready while it meets both the record and Redis."""
    with needing_control():
        from router.app.recorded import open_projector
    redis = redis_connection(settings)
    try:
        async with open_projector(settings, redis) as projector:

            async def is_current() -> bool:
                return projector.is_current

            def note() -> dict[str, object]:
                drift = [{"tenant": one.tenant, "kind": one.kind, "what": one.what} for one in projector.drift]
                return {"behind": projector.behind, "drift": drift}

            listener = bind(settings.projector.host, settings.projector.port, "ALERT_ROUTER_PROJECTOR__PORT")
            checks = {"projection": is_current}
            server = HttpServer(http_app(operations(checks, Metrics(CollectorRegistry()), note)), listener)
            async with serving(server), supervised(projector.run()):
                structlog.get_logger("router.app").info("serving", operations=server.url)
                await shutdown.wait()
    finally:
        await redis.close()


@asynccontextmanager
async def open_control(settings: Settings) -> AsyncIterator[Adopting]:
    """What an operator may do about the record as a whole."""
    with needing_control():
        from router.app.recorded import open_adopting
    redis: Connection = redis_connection(settings)
    try:
        async with open_adopting(settings, redis) as adopting:
            yield adopting
    finally:
        await redis.close()


async def migrate(settings: Settings) -> tuple[str, str]:
    """Bring the schema of the record to the newest step; the steps before and after."""
    with needing_control():
        from router.app.recorded import migrate_record
    return await migrate_record(settings)
