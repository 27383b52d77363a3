"""Open what operators work with, for one command: Redis is connected for it, and closed after it whatever happens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from router.adapters.crypto.ring import fresh_key
from router.adapters.environment import EnvironmentSecrets
from router.adapters.redis.connection import Connection
from router.adapters.redis.groups import GroupStore
from router.adapters.redis.holds import HoldRepository
from router.adapters.redis.memory import RedisMemory
from router.adapters.redis.signed import SignedSilences, SignedVersions
from router.adapters.redis.silences import SilenceRepository
from router.adapters.redis.sources import RedisSources
from router.adapters.redis.surroundings import RedisSurroundings
from router.adapters.redis.tokens import TokenRepository
from router.adapters.redis.whereabouts import TenantsHere
from router.app.ceilings import ceilings
from router.app.cells import cells_of
from router.app.connections import redis_connection, secret_store, signatures
from router.app.isolation_file import promise_of
from router.app.options import history_of
from router.app.sealing import naming_vault, reading_vault, sealing_control, sender_pins
from router.app.stores import noting, stores
from router.control.explain.live import Beside, LiveExplaining
from router.control.hold import HoldControl
from router.control.isolation.moving import Moving
from router.control.noted_holds import NotedHolds
from router.control.noted_sealing import NotedSealing, TenantsKeys
from router.control.noted_silences import NotedSilences, NotedSilencing
from router.control.offboard import Offboarding
from router.control.secrets import SecretControl
from router.control.sender_pins import SenderPins
from router.control.signing import SigningControl
from router.control.silences import SilenceControl
from router.control.tenants import TenantControl
from router.control.tokens import TokenControl
from router.ports.audit import Action
from router.ports.signing import SignedRows
from router.settings import Settings, process_environment


@asynccontextmanager
async def open_tenants(settings: Settings, past: str = "") -> AsyncIterator[TenantControl]:
    """Tenants' configurations; `past` is why somebody writes past the record."""
    async with open_redis(settings) as redis, stores(settings, redis, past) as found:
        yield TenantControl(
            found.versions,
            _groups(settings, redis),
            ceilings(settings),
            promise_of(settings, found.cells, past),
            Moving(cells_of(settings), RedisMemory(redis)),
        )


@asynccontextmanager
async def open_holds(settings: Settings) -> AsyncIterator[HoldControl | NotedHolds]:
    """What puts sending on hold, noted in the audit log where there is a record."""
    async with open_redis(settings) as redis, noting(settings) as log:
        versions = TenantsHere(redis, signatures(settings))
        holds = HoldControl(TenantControl(versions, _groups(settings, redis)), versions, HoldRepository(redis))
        yield holds if log is None else NotedHolds(holds, log.note, log.attempts)


@asynccontextmanager
async def open_tokens(settings: Settings, past: str = "") -> AsyncIterator[TokenControl]:
    """Senders' tokens; `past` is why somebody writes past the record."""
    async with open_redis(settings) as redis, stores(settings, redis, past) as found:
        yield TokenControl(found.tokens, found.versions)


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
async def open_silences(settings: Settings) -> AsyncIterator[NotedSilencing]:
    """Tenants' silences; changes are noted in the audit log, where there is a record."""
    async with open_redis(settings) as redis, noting(settings) as log:
        stored, tenants = (
            SilenceRepository(redis, signatures(settings)),
            TenantsHere(redis, signatures(settings)),
        )

        def silences(action: Action) -> SilenceControl:
            kept = stored if log is None else NotedSilences(stored, log.note, action, log.attempts)
            return SilenceControl(kept, tenants, redis)

        yield NotedSilencing(silences)


@asynccontextmanager
async def open_explaining(settings: Settings) -> AsyncIterator[LiveExplaining]:
    """How alerts stand now."""
    async with open_redis(settings) as redis:
        groups = GroupStore(redis, reading_vault(settings, redis))
        yield LiveExplaining(
            TenantControl(TenantsHere(redis, signatures(settings)), groups),
            groups,
            RedisSources(redis, naming_vault(settings, redis)),
            HoldRepository(redis),
            redis,
            Beside(RedisSurroundings(redis, naming_vault(settings, redis)), history_of(settings)),
        )


@asynccontextmanager
async def open_secrets(settings: Settings, past: str = "") -> AsyncIterator[SecretControl]:
    """Tenants' secrets in the store; `past` is why somebody writes past the record."""
    async with open_redis(settings) as redis, stores(settings, redis, past) as found:
        environment = EnvironmentSecrets(process_environment())
        yield SecretControl(secret_store(settings, redis, found.secrets), environment, found.versions)


@asynccontextmanager
async def open_offboarding(settings: Settings, past: str = "") -> AsyncIterator[Offboarding]:
    """All that is stored of a tenant; `past` is why somebody writes past the record."""
    async with open_redis(settings) as redis, stores(settings, redis, past) as found:
        tokens = TokenControl(found.tokens, found.versions)
        secrets = secret_store(settings, redis, found.secrets)
        yield Offboarding(found.versions, _groups(settings, redis), tokens, secrets)


@asynccontextmanager
async def open_sealing(settings: Settings) -> AsyncIterator[TenantsKeys]:
    """Tenants' own keys; changes are noted in the audit log, where there is a record."""
    async with open_redis(settings) as redis, noting(settings) as log:
        sealing = sealing_control(settings, redis)
        yield sealing if log is None else NotedSealing(sealing, log.note, log.attempts)


@asynccontextmanager
async def open_sender_pins(settings: Settings) -> AsyncIterator[SenderPins]:
    """The pins of what tenants' senders seal to."""
    async with open_redis(settings) as redis:
        yield sender_pins(settings, redis)


def _groups(settings: Settings, redis: Connection) -> GroupStore:
    return GroupStore(redis, reading_vault(settings, redis))


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
