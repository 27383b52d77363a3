"""How to reach Kafka: the arguments that producer, consumer and admin client share."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)
from aiokafka.helpers import create_ssl_context

from router.adapters.kafka.unpack import UNPACKED_MAX

ANSWER_S: Final = 5.0
FORBIDDEN: Final = (
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
    ClusterAuthorizationFailedError,
)
"""The login has no right to it."""
RIGHTS: Final = "give the login of ALERT_ROUTER_KAFKA__SASL_USERNAME its rights, as deploy/kafka/acls.sh does"


@dataclass(frozen=True, slots=True)
class KafkaConnection:
    """Bootstrap servers and security, as plain values."""

    bootstrap_servers: str
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = "SCRAM-SHA-512"
    sasl_username: str | None = None
    sasl_password: str | None = field(default=None, repr=False)
    ssl_cafile: Path | None = None

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for any client of aiokafka."""
        return {
            "bootstrap_servers": self.bootstrap_servers,
            "security_protocol": self.security_protocol,
            "ssl_context": self.ssl_context(),
            **self._sasl(),
        }

    def ssl_context(self) -> ssl.SSLContext | None:
        """How to check the broker's certificate; None without TLS."""
        if not self.security_protocol.endswith("SSL"):
            return None
        context: ssl.SSLContext = create_ssl_context(cafile=str(self.ssl_cafile) if self.ssl_cafile else None)
        return context

    @property
    def logs_in(self) -> bool:
        """Whether brokers want a login."""
        return self.security_protocol.startswith("SASL_")

    def _sasl(self) -> dict[str, Any]:
        if not self.logs_in:
            return {}
        return {
            "sasl_mechanism": self.sasl_mechanism,
            "sasl_plain_username": self.sasl_username,
            "sasl_plain_password": self.sasl_password,
        }


@dataclass(frozen=True, slots=True)
class ConsumerOptions:
    """How to consume the inbound topics."""

    topics: tuple[str, ...]
    group_id: str
    max_records: int
    batch_timeout_ms: int
    fetch_max_wait_ms: int
    session_timeout_ms: int
    drain_s: float
    """Seconds that a batch in hand may take before partitions are given away."""
    max_unpacked: int = UNPACKED_MAX
    instance_id: str | None = None
    gap_wait_s: float = 0
    """Seconds that a record is waited for whose place the broker has passed over."""

    @property
    def answer_s(self) -> float:
        """Seconds that Kafka may take for an answer: several are waited for while a process stops."""
        return min(self.drain_s, ANSWER_S)
