"""What tenants use of what is bounded, for the API and for commands."""

from router.adapters.redis.activity import RedisActivity
from router.adapters.redis.connection import Connection
from router.adapters.redis.memory import RedisMemory
from router.adapters.redis.metrics import RedisTenantCounts
from router.adapters.redis.silences import SilenceRepository
from router.adapters.redis.tokens import TokenRepository
from router.adapters.redis.whereabouts import TenantsHere
from router.app.ceilings import ceilings
from router.app.connections import signatures
from router.control.usage import Usage
from router.settings import Settings


def usage_of(settings: Settings, redis: Connection) -> Usage:
    """Answers from Redis."""
    signed = signatures(settings)
    return Usage(
        TenantsHere(redis, signed),
        RedisMemory(redis),
        RedisTenantCounts(redis),
        SilenceRepository(redis, signed),
        TokenRepository(redis, signed),
        RedisActivity(redis),
        redis,
        ceilings(settings),
    )
