"""The record of the suite: none, or with TEST_RECORD=stopped one that has taken Redis in and is away ever since."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psycopg
from alert_router_local.postgres import start_postgres
from pydantic import SecretStr

from router.adapters.redis.connection import Connection
from router.app.clocks import steady_clock
from router.app.recorded import migrate_record, open_adopting, open_projector
from router.settings import PostgresSettings, Settings
from tests.waiting import eventually

STOPPED: Final = os.environ.get("TEST_RECORD") == "stopped"
"""Whether Redis belongs to a record that nobody can reach."""
OF_UP: Final = ("--control",) if STOPPED else ()
"""What `alert-router up` is started with besides."""
_GLASS: Final = ("--break-glass", "the record is stopped")
_WRITE: Final = {
    ("platform", "apply"),
    ("secret", "delete"),
    ("secret", "rotate"),
    ("secret", "set"),
    ("tenant", "apply"),
    ("tenant", "delete"),
    ("tenant", "rollback"),
    ("token", "create"),
    ("token", "revoke"),
    ("token", "rotate"),
}


def past(*arguments: str) -> tuple[str, ...]:
    """The arguments of a command, which writes past the record where that is away."""
    return (*arguments, *_GLASS) if STOPPED and arguments[:2] in _WRITE else arguments


async def stop(ready: Mapping[str, Any], redis: Any) -> None:
    """Stop the record of an `alert-router up` for good, once Redis holds all that it does."""

    async def is_projected() -> bool:
        return await redis.hlen("alert-router:{:index}:projected") >= len(ready["tokens"])  # type: ignore[no-any-return]

    await eventually(is_projected)
    async with await psycopg.AsyncConnection.connect(ready["postgres"]["ALERT_ROUTER_POSTGRES__URL"]) as connection:
        backend = connection.info.backend_pid
        os.kill(_parent_of(backend), signal.SIGQUIT)


async def leave(redis_url: str) -> None:
    """Let a record take in what this Redis holds, and be gone."""
    server, redis = await start_postgres(), Connection(redis_url)
    try:
        logins = {"url": "ar_api", "projector_url": "ar_projector", "migrator_url": "ar_migrator"}
        addresses = {name: SecretStr(server.url(login)) for name, login in logins.items()}
        settings = Settings(postgres=PostgresSettings(**addresses))
        await migrate_record(settings)
        async with (
            open_adopting(settings, redis) as adopting,
            open_projector(settings, redis, steady_clock) as projecting,
        ):
            await adopting.adopt([])
            await projecting.projector.round()
    finally:
        await redis.close()
        await server.stop()


def _parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
