"""Open what operators work with, for one command: Redis is connected for it, and closed after it whatever happens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.adapters.crypto.ring import fresh_key
from router.adapters.environment import EnvironmentSecrets
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.holds import HoldRepository
from router.adapters.redis.signed import SignedSilences, SignedVersions
from router.adapters.redis.silences import SilenceRepository
from router.adapters.redis.sources import RedisSources
from router.adapters.redis.surroundings import RedisSurroundings
from router.adapters.redis.tenants import TenantRepository
from router.adapters.redis.tokens import TokenRepository
from router.app.ceilings import ceilings
from router.app.connections import redis_connection, secret_store, signatures
from router.app.options import history_of
from router.control.explain.live import Beside, LiveExplaining
from router.control.hold import HoldControl
from router.control.offboard import Offboarding
from router.control.secrets import SecretControl
from router.control.signing import SigningControl
from router.control.silences import SilenceControl
from router.control.tenants import TenantControl
from router.control.tokens import TokenControl
from router.ports.signing import SignedRows
from router.settings import Settings, process_environment


@asynccontextmanager
async def open_tenants(settings: Settings) -> AsyncIterator[TenantControl]:
    """Tenants' configurations."""
    async with open_redis(settings) as redis:
        yield TenantControl(TenantRepository(redis, signatures(settings)), GroupStore(redis), ceilings(settings))


@asynccontextmanager
async def open_holds(settings: Settings) -> AsyncIterator[HoldControl]:
    """What puts sending on hold."""
    async with open_redis(settings) as redis:
        versions = TenantRepository(redis, signatures(settings))
        yield HoldControl(TenantControl(versions, GroupStore(redis)), versions, HoldRepository(redis))


@asynccontextmanager
async def open_tokens(settings: Settings) -> AsyncIterator[TokenControl]:
    """Senders' tokens."""
    async with open_redis(settings) as redis:
        yield TokenControl(
            TokenRepository(redis, signatures(settings)), TenantRepository(redis, signatures(settings))
        )


@asynccontextmanager
async def open_signing(settings: Settings) -> AsyncIterator[SigningControl]:
    """What signs all that is stored."""
    signed = signatures(settings)
    async with open_redis(settings) as redis:
        kinds: list[SignedRows] = [
            TokenRepository(redis, signed),
            SignedVersions(redis, signed),
            SignedSilences(redis, signed),
        ]
        yield SigningControl(signed.ring, kinds)


@asynccontextmanager
async def open_silences(settings: Settings) -> AsyncIterator[SilenceControl]:
    """Tenants' silences."""
    async with open_redis(settings) as redis:
        yield SilenceControl(
            SilenceRepository(redis, signatures(settings)), TenantRepository(redis, signatures(settings)), redis
        )


@asynccontextmanager
async def open_explaining(settings: Settings) -> AsyncIterator[LiveExplaining]:
    """How alerts stand now."""
    async with open_redis(settings) as redis:
        groups = GroupStore(redis)
        yield LiveExplaining(
            TenantControl(TenantRepository(redis, signatures(settings)), groups),
            groups,
            RedisSources(redis),
            HoldRepository(redis),
            redis,
            Beside(RedisSurroundings(redis), history_of(settings)),
        )


@asynccontextmanager
async def open_secrets(settings: Settings) -> AsyncIterator[SecretControl]:
    """Tenants' secrets in the store."""
    async with open_redis(settings) as redis:
        environment = EnvironmentSecrets(process_environment())
        yield SecretControl(secret_store(settings, redis), environment, TenantRepository(redis, signatures(settings)))


@asynccontextmanager
async def open_offboarding(settings: Settings) -> AsyncIterator[Offboarding]:
    """All that is stored of a tenant."""
    async with open_redis(settings) as redis:
        tenants = TenantRepository(redis, signatures(settings))
        tokens = TokenControl(TokenRepository(redis, signatures(settings)), tenants)
        yield Offboarding(tenants, GroupStore(redis), tokens, secret_store(settings, redis))


@asynccontextmanager
async def open_redis(settings: Settings) -> AsyncIterator[Connection]:
    """A connection to Redis."""
    redis = redis_connection(settings)
    try:
        yield redis
    finally:
        await redis.close()


def new_secrets_key() -> str:
    """A random key for the store of secrets or for signing, as it is configured."""
    return fresh_key()
