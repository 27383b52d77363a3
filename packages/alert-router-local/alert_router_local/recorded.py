"""The record beside an embedded system: PostgreSQL with the newest schema, what Redis holds taken in, a projector."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from pydantic import SecretStr

from alert_router_local.postgres import Postgres, start_postgres
from router.app.checkpoints import signing
from router.app.clocks import steady_clock
from router.app.compose import Base
from router.app.shutdown import supervised
from router.app.storing import needing_control
from router.settings import Settings

Recorded = Callable[[Base], AbstractAsyncContextManager[Mapping[str, str]]]
_LOGINS: Final = {"url": "ar_api", "projector_url": "ar_projector", "migrator_url": "ar_migrator"}
_AUDITING: Final = {"ALERT_ROUTER_AUDIT__URL": "ar_projector"}
"""Who reads the audit log, and may sign it."""


@asynccontextmanager
async def recorded(base: Base) -> AsyncIterator[Mapping[str, str]]:
    """Run the record in here; its addresses by the names of their settings.

    Raises:
        ConfigurationError: the extra `control` is not installed.
        OperationError: PostgreSQL does not start.
    """
    with needing_control():
        from router.app.recorded import migrate_record, open_adopting, open_projector
    server = await start_postgres()
    try:
        settings = _at(server, base.settings)
        await migrate_record(settings)
        async with open_adopting(settings, base.redis) as adopting:
            await adopting.adopt([])
        async with (
            open_projector(settings, base.redis, steady_clock) as opened,
            signing(settings, opened.log),
            supervised(opened.projector.run()),
        ):
            logins = {f"ALERT_ROUTER_POSTGRES__{name.upper()}": login for name, login in _LOGINS.items()} | _AUDITING
            yield {name: server.url(login) for name, login in logins.items()}
    finally:
        await server.stop()


def _at(server: Postgres, settings: Settings) -> Settings:
    urls = {name: SecretStr(server.url(login)) for name, login in _LOGINS.items()}
    return settings.model_copy(update={"postgres": settings.postgres.model_copy(update=urls)})
