"""Who may speak for tenants, by the settings; what that leaves open is logged once, at the start."""

from typing import Final

import structlog

from router.app.compose import Base
from router.errors import ConfigurationError
from router.roles.ingest.origins import Origins, Unsigned

_NO_KEY: Final = "set ALERT_ROUTER_SIGNING__KEY of every gateway, worker and command; see docs/operations.md#signing"
_UNSIGNED: Final = (
    "set ALERT_ROUTER_KAFKA__UNSIGNED=bound-only, and bind a topic to each tenant with producers of its own"
)


def record_origins(base: Base) -> Origins:
    """Whose records a worker takes.

    Raises:
        ConfigurationError: nothing could be taken, since nobody signs.
    """
    kafka = base.settings.kafka
    unsigned = Unsigned(kafka.unsigned)
    if base.signatures.ring is None and unsigned is Unsigned.BOUND_ONLY:
        raise ConfigurationError(
            "ALERT_ROUTER_KAFKA__UNSIGNED=bound-only wants ALERT_ROUTER_SIGNING__KEY: without it nothing is signed"
        )
    return Origins(base.metrics, base.signatures.ring, unsigned, kafka.bound_topics)


def warn_if_nothing_is_signed(base: Base) -> None:
    """Log once that whoever can write to Kafka or Redis speaks for any tenant."""
    if base.signatures.ring is None:
        _log().warning("nothing_is_signed", remedy=_NO_KEY)


def warn_of_unsigned(base: Base) -> None:
    """Log once what a worker takes that anybody could have forged."""
    warn_if_nothing_is_signed(base)
    if base.signatures.ring is not None and Unsigned(base.settings.kafka.unsigned) is Unsigned.ACCEPT:
        _log().warning("unsigned_records_are_taken", remedy=_UNSIGNED)


def _log() -> structlog.stdlib.BoundLogger:
    log: structlog.stdlib.BoundLogger = structlog.get_logger("router.app")
    return log
