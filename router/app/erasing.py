"""Open what erases a tenant: Redis, Slack with a worker's settings, and the record where there is one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.adapters.redis.connection import Connection
from router.adapters.redis.erasures import ErasureRepository, RedisParts
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.projection import RedisProjection
from router.app.connections import secret_store, signatures
from router.app.pools import pools_of
from router.app.retention import kept_by_setting
from router.app.sealing import reading_vault
from router.app.slack_toolbox import open_toolbox
from router.app.stores import erased_rows, stores
from router.app.storing import Stores
from router.app.toolbox import open_redis
from router.control.erasing import Erasing
from router.control.last_edits import LastEdits
from router.control.managed import RecordedAlone
from router.control.offboard import Offboarding
from router.control.tokens import TokenControl
from router.control.toolbox import Toolbox
from router.core.model.instant import MINUTE, Span
from router.ports.record import Permit, anybody
from router.roles.polling import pause
from router.settings import Settings


@asynccontextmanager
async def open_erasing(settings: Settings) -> AsyncIterator[Erasing]:
    """What erases a tenant, with a last edit of its live messages."""
    async with open_toolbox(settings) as toolbox, _open(settings, toolbox) as erasing:
        yield erasing


@asynccontextmanager
async def _open(settings: Settings, toolbox: Toolbox) -> AsyncIterator[Erasing]:
    async with open_redis(settings) as redis, stores(settings, redis) as found, erased_rows(settings) as rows:
        yield Erasing(
            offboarding=_offboarding(settings, redis, found),
            erasures=ErasureRepository(redis, _permit(settings, redis)),
            keys=RedisParts(redis, signatures(settings), tuple(pools_of(settings.kafka))),
            rows=rows,
            last_edits=LastEdits(toolbox, pause, Span(MINUTE // settings.slack.workspace_edits_per_min)),
            clock=redis,
            kept=kept_by_setting(settings),
        )


def _offboarding(settings: Settings, redis: Connection, found: Stores) -> Offboarding:
    tokens = TokenControl(found.tokens, found.versions)
    return Offboarding(
        found.versions,
        GroupStore(redis, reading_vault(settings, redis)),
        tokens,
        secret_store(settings, redis, found.secrets),
    )


def _permit(settings: Settings, redis: Connection) -> Permit:
    """A managed Redis is erased with its record, or not at all."""
    return anybody if settings.postgres.url else RecordedAlone(RedisProjection(redis))
