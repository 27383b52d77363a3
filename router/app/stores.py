"""Where commands write: the record where one is configured, else Redis, which then is the record itself."""

import getpass
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from router.adapters.redis.connection import Connection
from router.adapters.redis.projection import RedisProjection
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.app.connections import signatures
from router.control.managed import DirectWrites
from router.errors import ConfigurationError
from router.ports.control import ConfigurationVersions, StoredTokens
from router.ports.secrets import SealedTexts
from router.settings import Settings


@dataclass(frozen=True, slots=True)
class Stores:
    """Configurations, tokens and secrets, as commands read and write them."""

    versions: ConfigurationVersions
    tokens: StoredTokens
    secrets: SealedTexts


@asynccontextmanager
async def stores(settings: Settings, redis: Connection, past: str = "") -> AsyncIterator[Stores]:
    """The stores; `past` is why somebody writes past the record, to Redis.

    Raises:
        ConfigurationError: a record is configured, and what it needs is not installed.
    """
    if settings.postgres.url is None or past:
        yield live_stores(settings, redis, past)
        return
    with needing_control():
        from router.app.recorded import recorded_stores
    async with recorded_stores(settings, redis) as found:
        yield found


def live_stores(settings: Settings, redis: Connection, past: str = "") -> Stores:
    """Redis, which refuses what a record alone may write unless there is a reason to go past it."""
    signed, permit = signatures(settings), DirectWrites(RedisProjection(redis), login(), past)
    return Stores(
        TenantRepository(redis, signed, permit),
        TokenRepository(redis, signed, permit),
        SecretRepository(redis, permit),
    )


_MISSING: Final = "the record needs the extra \"control\": pip install 'alert-router[control]'"
_PACKAGES: Final = frozenset({"alembic", "psycopg", "sqlalchemy"})


@contextmanager
def needing_control() -> Iterator[None]:
    """Import what belongs to the extra `control` in here.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PACKAGES:
            raise
        raise ConfigurationError(
            "the record needs the extra \"control\": pip install 'alert-router[control]'"
        ) from None


def login() -> str:
    """Who runs this process, and where."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = ""
    return f"{user}@{socket.gethostname()}"
