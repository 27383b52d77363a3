"""The role that answers the control API; it is joined in `control_api.py`, which needs the extra `control`."""

from typing import Final

import structlog
from prometheus_client import CollectorRegistry

from router.app.access_file import access_of
from router.app.connections import redis_connection
from router.app.serving import serving
from router.app.shutdown import Shutdown
from router.app.storing import needing_control
from router.http.connections import ConnectionLimits
from router.http.operations import Check, http_app, operations
from router.http.server import HttpServer, ServerOptions, bind
from router.observe.metrics import Metrics
from router.settings import Settings

_CONNECTIONS: Final = ServerOptions(connections=ConnectionLimits(512, 64))


async def run_control(settings: Settings, shutdown: Shutdown) -> None:
    """The control API until SIGTERM; ready while the record answers.

    Raises:
        ConfigurationError: the access document has mistakes.
    """
    with needing_control():
        from router.app.control_api import open_api
    own, redis = settings.control, redis_connection(settings)
    metrics = Metrics(CollectorRegistry())
    metrics.control_serving.set(1)
    try:
        async with open_api(settings, redis, access_of(own.access_file), metrics) as api:
            checks: dict[str, Check] = {"record": api.record_reached}
            listener = bind(own.host, own.port, "ALERT_ROUTER_CONTROL__PORT")
            beside = bind(own.host, own.operations_port, "ALERT_ROUTER_CONTROL__OPERATIONS_PORT")
            server = HttpServer(api.app, listener, _CONNECTIONS)
            operating = HttpServer(http_app(operations(checks, metrics)), beside)
            async with serving(server, operating):
                structlog.get_logger("router.app").info("serving", control=server.url, operations=operating.url)
                await shutdown.wait()
    finally:
        await redis.close()
