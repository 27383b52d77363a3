"""The role that brings the record to Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import structlog
from prometheus_client import CollectorRegistry

from router.adapters.redis.connection import Connection
from router.app.checkpoints import signing
from router.app.clocks import steady_clock, wall_clock
from router.app.connections import redis_connection
from router.app.serving import serving
from router.app.shutdown import Shutdown, supervised
from router.app.storing import needing_control
from router.control.adopting import Adopting
from router.core.model.instant import SECOND
from router.http.operations import http_app, operations
from router.http.server import HttpServer, bind
from router.observe.metrics import Metrics
from router.ports.audit import AuditLog
from router.ports.record import DriftKind
from router.roles.projector import Projector
from router.settings import Settings


async def run_projector(settings: Settings, shutdown: Shutdown) -> None:
    """A projector until SIGTERM; ready while it meets both the record and Redis."""
    with needing_control():
        from router.app.recorded import open_projector
    redis = redis_connection(settings)
    try:
        async with open_projector(settings, redis, steady_clock) as opened, signing(settings, opened.log):
            projector, metrics = opened.projector, Metrics(CollectorRegistry())
            measured(projector, opened.log, metrics)

            async def is_current() -> bool:
                return projector.is_current

            def note() -> dict[str, object]:
                drift = [{"tenant": one.tenant, "kind": one.kind, "what": one.what} for one in projector.drift]
                return {"behind": projector.behind, "drift": drift}

            listener = bind(settings.projector.host, settings.projector.port, "ALERT_ROUTER_PROJECTOR__PORT")
            server = HttpServer(http_app(operations({"projection": is_current}, metrics, note)), listener)
            async with serving(server), supervised(projector.run()):
                structlog.get_logger("router.app").info("serving", operations=server.url)
                await shutdown.wait()
    finally:
        await redis.close()


def measured(projector: Projector, log: AuditLog, metrics: Metrics) -> None:
    """Let the metrics be of this projector and of this log, whenever they are read."""
    of = metrics.projection
    of.age.set_function(lambda: projector.oldest_wait / SECOND)
    of.behind.set_function(lambda: projector.behind)
    of.succeeded.set_function(lambda: _succeeded(projector))
    of.record_away.set_function(lambda: projector.record_away / SECOND)
    for kind in DriftKind:
        of.drift.labels(kind).set_function(partial(_drifting, projector, kind))

    async def look() -> None:
        of.unsigned.set(await log.unsigned_for() / SECOND)

    metrics.looks.append(look)


def _succeeded(projector: Projector) -> float:
    """As seconds since the epoch; 0 for never."""
    at = projector.succeeded_at
    return 0 if at is None else (wall_clock() - steady_clock() + at) / SECOND


def _drifting(projector: Projector, kind: DriftKind) -> float:
    return sum(one.kind is kind for one in projector.drift)


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
