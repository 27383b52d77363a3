"""The wait for Redis at the start: the process is alive, takes no work, and goes on by itself."""

import asyncio
from typing import Any, Final

import structlog

from router.adapters.redis.connection import Connection
from router.errors import UnavailableError
from router.observe.incident import Incident
from router.roles.tenants import ActiveRules

_RETRY_S: Final = 0.5
_REMEDY: Final = "check ALERT_ROUTER_REDIS__URL and that the server runs"
_log = structlog.get_logger("router.app")


async def redis_ready(redis: Connection, tenants: ActiveRules[Any]) -> None:
    """Return once Redis answers and all configurations are loaded.

    Raises:
        ConfigurationError: Redis answers, and refuses us, or is not what the settings call it.
    """
    away = Incident()
    while True:
        try:
            await redis.greet()
            await tenants.load()
        except UnavailableError as error:
            if away.happens(str(error)):
                _log.warning("redis_awaited", error=str(error), remedy=_REMEDY, times=away.times)
            await asyncio.sleep(_RETRY_S)
        else:
            if times := away.ends():
                _log.info("redis_is_there", times=times)
            return
