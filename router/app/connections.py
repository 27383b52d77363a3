"""Clients of the engines and of Slack, made from the settings; nothing is opened yet."""

from collections.abc import Mapping

from router.adapters.crypto.sealing import load_sealer
from router.adapters.crypto.signing import SigningRing, load_signing_ring
from router.adapters.environment import EnvironmentSecrets
from router.adapters.redis.connection import Connection
from router.adapters.redis.secrets import SecretRepository
from router.adapters.redis.signatures import Signatures, Unsigned
from router.control.secrets import SecretStore
from router.control.tenant_secrets import TenantSecrets
from router.diagnostic import Diagnostic
from router.errors import ConfigurationError
from router.ports.secrets import SealedTexts
from router.settings import Settings


def redis_connection(settings: Settings) -> Connection:
    """A connection to Redis.

    Raises:
        ConfigurationError: its URL is not set, or not valid.
    """
    if settings.redis.url is None:
        raise ConfigurationError("ALERT_ROUTER_REDIS__URL is not set: name a server, or try `alert-router up`")
    try:
        return Connection(settings.redis.url.get_secret_value(), cluster=settings.redis.cluster)
    except ValueError as error:
        raise ConfigurationError(Diagnostic(str(error), source="ALERT_ROUTER_REDIS__URL")) from None


def secret_store(settings: Settings, redis: Connection, texts: SealedTexts | None = None) -> SecretStore:
    """The store of tenants' secrets, with the keys of the settings; `texts` where they are not read from Redis.

    Raises:
        ConfigurationError: the keys cannot be read.
    """
    key = settings.secrets.key
    sealer = load_sealer(key.get_secret_value() if key else None, settings.secrets.key_file)
    return SecretStore(SecretRepository(redis) if texts is None else texts, sealer)


def signing_ring(settings: Settings) -> SigningRing | None:
    """What signs what passes through Kafka and Redis; None where no key is configured.

    Raises:
        ConfigurationError: the keys cannot be read.
    """
    key = settings.signing.key
    return load_signing_ring(key.get_secret_value() if key else None, settings.signing.key_file)


def signatures(settings: Settings) -> Signatures:
    """What signs and verifies what is stored in Redis.

    Raises:
        ConfigurationError: the keys cannot be read.
    """
    return Signatures(signing_ring(settings), Unsigned(settings.signing.unsigned_stored))


def tenant_secrets(settings: Settings, redis: Connection, environment: Mapping[str, str]) -> TenantSecrets:
    """Tenants' secrets as a worker looks them up.

    Raises:
        ConfigurationError: the keys of the store cannot be read.
    """
    return TenantSecrets(EnvironmentSecrets(environment), secret_store(settings, redis))
