"""What seals and opens tenants' data, made from the settings."""

import os
from collections.abc import Callable
from functools import partial

from prometheus_client import CollectorRegistry

from router.adapters.crypto.envelope import GcmCipher
from router.adapters.crypto.hpke import public_keys, recipient
from router.adapters.crypto.naming import TenantNames
from router.adapters.redis.connection import Connection
from router.adapters.redis.resealing import RedisSealedValues
from router.adapters.redis.tenant_keys import KeyRepository
from router.app.key_services import key_service
from router.app.pools import held_topics
from router.app.retention import kept_in_topics
from router.control.sealing import SealedData, SealingControl
from router.control.sender_pins import SenderPins
from router.core.model.alert import TenantId
from router.core.model.instant import HOUR, Span
from router.observe.metrics import Metrics, SealingMetrics
from router.ports.kafka import RecordLog
from router.ports.sealing import KEY_BYTES, Recipient, Vault
from router.roles.key_making import KeyMaking, SealedTenants
from router.roles.keyring import Keyring, Uses
from router.roles.sealed import Opening, SealedLog
from router.settings import Settings


def build_keyring(
    settings: Settings,
    redis: Connection,
    is_sealed: Callable[[TenantId], bool],
    metrics: Metrics,
    opener: Callable[[bytes], Recipient] | None = recipient,
) -> Keyring:
    """The keys of all tenants, as a process that runs has them; without `opener` it opens nothing of senders."""
    stored, service = KeyRepository(redis), key_service(settings)
    keyring = Keyring(stored, service, Uses(GcmCipher, TenantNames, opener), is_sealed, metrics.sealing)
    for state in keyring.measure():
        metrics.sealing.keys.labels(state).set_function(partial(_count, keyring, state))
    return keyring


def reading_vault(
    settings: Settings, redis: Connection, is_sealed: Callable[[TenantId], bool] = lambda _: False
) -> Vault:
    """The same for one command, which as a rule only reads."""
    metrics = SealingMetrics(CollectorRegistry())
    return Keyring(
        KeyRepository(redis), key_service(settings), Uses(GcmCipher, TenantNames, recipient), is_sealed, metrics
    )


def naming_vault(settings: Settings, redis: Connection) -> Vault:
    """The same for what is looked for by names, of whichever tenant has them; nothing is written with it.

    Without a key service there is none, and nobody is asked: the control API's login may not read tenants' keys.
    """
    has_names = key_service(settings) is not None
    return reading_vault(settings, redis, lambda _: has_names)


def build_key_making(settings: Settings, redis: Connection, keyring: Keyring, tenants: SealedTenants) -> KeyMaking:
    """What a worker does about keys."""
    life = Span(round(settings.sealing.rotate_days * 24 * HOUR))
    return KeyMaking(KeyRepository(redis), key_service(settings), keyring, tenants, _fresh, life)


def sealed_log(settings: Settings, records: RecordLog, vault: Vault) -> SealedLog:
    """What seals the bodies that are appended."""
    kafka = settings.kafka
    return SealedLog(records, vault, kafka.bound_topics, frozenset({*held_topics(kafka), kafka.dead_letter_topic}))


def opening(settings: Settings, vault: Vault) -> Opening:
    """What opens the bodies that are read."""
    return Opening(vault, settings.kafka.bound_topics)


def sealing_control(settings: Settings, redis: Connection) -> SealingControl:
    """Tenants' keys, for one command."""
    kept = Span(max(kept_in_topics(settings).values()))
    sealed = SealedData(RedisSealedValues(redis), reading_vault(settings, redis), kept)
    return SealingControl(KeyRepository(redis), key_service(settings), _fresh, sealed)


def sender_pins(settings: Settings, redis: Connection) -> SenderPins:
    """The pins of what tenants' senders seal to, for one command."""
    return SenderPins(KeyRepository(redis), key_service(settings), public_keys)


def _fresh() -> bytes:
    return os.urandom(KEY_BYTES)


def _count(keyring: Keyring, state: str) -> int:
    return keyring.measure()[state]
